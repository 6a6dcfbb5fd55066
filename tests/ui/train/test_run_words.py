"""What is said of a training run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from inspector.project import RunEvent, RunRecord
from inspector.ui.run_words import Fact, protocol_of, rule_facts, run_title

WHOLE = RunEvent("rule", "", {"chosen": "the labelled images alone, equal class shares", "macro_f1_out_of_fold": {}})
PLACES = RunEvent("places", "", {"chosen": "the 3 most unusual places", "macro_f1_out_of_fold": {}})


def test_a_run_by_the_whole_image_says_so():
    assert rule_facts([WHOLE]) == [Fact("Judged by", "Whole image; the labelled images alone, equal class shares")]


def test_a_title_says_what_a_run_judges_by():
    run = RunRecord(3, "train", "finished", {"features": "fused"}, {"places": None}, "", None, None, Path("runs/3"))
    assert run_title(run) == "Run 3 · frozen encoder"
    assert run_title(replace(run, metrics={"places": "the most unusual place"})) == "Run 3 · unusual places"


def test_places_count_where_they_were_chosen():
    assert rule_facts([WHOLE, PLACES]) == [Fact("Judged by", "3 most unusual places")]


def test_a_run_that_chose_nothing_says_nothing():
    assert rule_facts([RunEvent("epoch", "", {"epoch": 1})]) == []


@pytest.mark.parametrize(("kept", "title"), [("frozen", "kept frozen"), ("fine-tuned", "fine-tuned")])
def test_a_title_says_which_encoder_was_kept(kept, title):
    run = RunRecord(8, "train", "finished", {"mode": "finetune"}, {"kept": kept}, "", None, None, Path("runs/8"))
    assert run_title(run) == f"Run 8 · {title}"


def test_facts_say_which_encoder_was_kept():
    frozen, tuned = (RunEvent("kept", "", {"kept": kept}) for kept in ("frozen", "fine-tuned"))
    assert rule_facts([PLACES, frozen]) == [Fact("Kept", "Frozen encoder"), *rule_facts([PLACES])]
    assert rule_facts([WHOLE, tuned]) == [Fact("Kept", "Fine-tuned encoder")]


def test_the_protocol_says_why_it_was_kept():
    metrics = {"validation": {"protocol": "Judged once."}, "kept_verdict": "Kept: the frozen encoder."}
    run = RunRecord(8, "train", "finished", {}, metrics, "", None, None, Path("runs/8"))
    assert protocol_of(run) == "Kept: the frozen encoder. Judged once."
    assert protocol_of(replace(run, metrics={})) == ""
