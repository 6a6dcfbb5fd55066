"""What is said of a training run."""

from __future__ import annotations

from inspector.project import RunEvent
from inspector.ui.run_words import Fact, rule_facts

WHOLE = RunEvent("rule", "", {"chosen": "the labelled images alone, equal class shares", "macro_f1_out_of_fold": {}})
PLACES = RunEvent("places", "", {"chosen": "the 3 most unusual places", "macro_f1_out_of_fold": {}})


def test_a_run_by_the_whole_image_says_so():
    assert rule_facts([WHOLE]) == [Fact("Judged by", "Whole image; the labelled images alone, equal class shares")]


def test_places_count_where_they_were_chosen():
    assert rule_facts([WHOLE, PLACES]) == [Fact("Judged by", "3 most unusual places")]


def test_a_run_that_chose_nothing_says_nothing():
    assert rule_facts([RunEvent("epoch", "", {"epoch": 1})]) == []
