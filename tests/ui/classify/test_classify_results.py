"""Columns, filters and words of the Classify page, without a window."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from inspector.ui.pages.classify.answer_bars import OTHERS, with_others
from inspector.ui.pages.classify.classification import Classification, free_results_file, remember, remembered
from inspector.ui.pages.classify.result_filter import LEAST_SURE, ResultFilter, matching, ordered
from inspector.ui.pages.classify.results import Answer, Results
from inspector.ui.pages.classify.review_queue import ReviewQueue
from inspector.ui.pages.classify.review_share import ReviewShare, lowest_confidence, spread
from models.prediction.results_csv import HEADER, Result, encode_rows, needs_review, read_results


def filled_results(rows: int) -> Results:
    results = Results()
    confidences = np.round(np.random.default_rng(0).uniform(0.2, 1, rows), 6).tolist()
    results.append([Result(f"{i:06}.png", f"c{i % 6}", p, "c6", round(1 - p, 6)) for i, p in enumerate(confidences)])
    return results


def test_rows_come_out_as_they_went_in(rows):
    results = Results()
    results.append(rows[:4])
    results.append(rows[4:])
    assert list(results.rows(0.6, decided_by={})) == rows


@pytest.mark.parametrize("review_below", [0.0, 0.55, 0.8, 1.0])
def test_the_columns_judge_as_the_csv_does(rows, review_below):
    results = Results()
    results.append(rows)
    assert [row.needs_review for row in results.rows(review_below, decided_by={})] == [
        needs_review(row.confidence, review_below=review_below) for row in rows
    ]


@pytest.mark.parametrize(
    ("decided", "confidence", "second", "second_confidence"),
    [("a", 0.5, "b", 0.3), ("b", 0.3, "a", 0.5), ("new", None, "a", 0.5)],
)
def test_a_decided_row_has_its_label_and_the_likeliest_other_class(decided, confidence, second, second_confidence):
    results = Results()
    results.append([Result("x.png", "a", 0.5, "b", 0.3)])
    results.decide({0: decided})
    (row,) = results.rows(0.6, decided_by={0: "anna"})
    assert row == Result("x.png", decided, confidence, second, second_confidence, needs_review=False, decided_by="anna")
    results.decide({0: None})
    assert list(results.rows(0.6, decided_by={})) == [Result("x.png", "a", 0.5, "b", 0.3)]


def test_a_file_that_cannot_be_read_stays_one_whatever_its_label(rows):
    results = Results()
    results.append(rows)
    results.decide({9: "crazing"})
    assert list(results.rows(0.6, decided_by={}))[9] == rows[9]


def test_a_stored_csv_comes_back(rows, tmp_path):
    (tmp_path / "r.csv").write_bytes(HEADER + encode_rows(rows))
    assert [row for block in read_results(tmp_path / "r.csv", block_rows=3) for row in block] == rows


def test_filters_of_20_000_rows_are_quick():
    results = filled_results(20_000)
    started = time.perf_counter()
    shown = matching(results, ResultFilter("c3", only_review=True), review_below=0.5)
    shown = ordered(results, shown, LEAST_SURE)
    assert time.perf_counter() - started < 0.1
    assert np.all(np.diff(results.confidences[shown]) >= 0)
    assert set(shown % 6) == {3}


def test_the_spread_counts_every_confidence_once():
    found = spread(np.array([0.1, 0.5, 0.999, 1.0, np.nan]), lowest=0.1)
    assert (found.counts.sum(), found.counts[0], found.counts[-1]) == (4, 1, 2)


@pytest.mark.parametrize(("classes", "lowest"), [(1, 0.0), (2, 0.5), (3, 0.3), (6, 0.1), (10, 0.1), (12, 0.0)])
def test_the_axis_begins_below_the_least_confidence(classes, lowest):
    assert lowest_confidence(classes) == pytest.approx(lowest)


def test_share_in_words():
    assert ReviewShare(1136, 12480).text == "1,136 of 12,480, 9.1 %"
    assert ReviewShare().text == ""


def test_the_rest_of_the_probability_is_shown():
    assert with_others([Answer("a", 0.5), Answer("b", 0.3)])[-1] == Answer(OTHERS, pytest.approx(0.2))
    assert with_others([Answer("a", 0.998), Answer("b", 0.001)])[-1].class_name == "b"


def test_results_never_take_a_name_that_is_taken(tmp_path):
    first = free_results_file(tmp_path, Path("/line2/coils"), date(2026, 11, 24))
    assert first == tmp_path / "results" / "coils 2026-11-24.csv"
    first.parent.mkdir()
    first.with_name(f"{first.name}.partial").touch()
    assert free_results_file(tmp_path, Path("/line2/coils"), date(2026, 11, 24)).name == "coils 2026-11-24 (2).csv"


def test_classifications_are_remembered_newest_first_and_once(project, tmp_path):
    first, second = (Classification(tmp_path, tmp_path / "m", n, tmp_path / f"{n}.csv", 0.6) for n in (1, 2))
    for entry in (first, second, first):
        remember(project, entry)
    assert remembered(project) == [first, second]


def test_the_queue_stays_within_its_ends():
    queue = ReviewQueue([5, 7])
    queue.back()
    assert (queue.current, queue.previous, queue.following) == (5, None, 7)
    queue.advance()
    queue.advance()
    queue.advance()
    assert (queue.current, queue.previous, queue.position) == (None, 7, 2)


@pytest.fixture
def names() -> dict[str, str]:
    """What classes are called today; to be changed by a test."""
    return {}


@pytest.fixture
def told(names) -> Results:
    """Three rows of a model, and a file that can't be read."""
    results = Results(lambda wanted: {name: names.get(name, name) for name in wanted})
    results.append([Result("0.png", "a", 0.5, "b", 0.3), Result("1.png", "b", 0.6, "c", 0.2)])
    results.append([Result("2.png", "c", 0.7, "a", 0.1), Result("z.png", error="is empty")])
    return results


def test_classes_are_called_as_today(told, names):
    assert not told.follow_names()
    names |= {"a": "A"}
    told.decide({1: "A"})
    assert told.follow_names()
    assert told.counts() == {"A": 1, "b": 1, "c": 1}
    assert told.answers(2) == [Answer("c", 0.7), Answer("A", 0.1)]
    assert not told.follow_names()
    told.append([Result("3.png", "a", 0.9, "b", 0.1)])
    assert told.counts()["A"] == 2


def test_classes_that_have_become_one_add_up_and_can_be_two_again(told, names):
    before = list(told.rows(0.6, decided_by={}))
    names |= {"a": "b"}
    told.follow_names()
    assert told.counts() == {"b": 2, "c": 1}
    assert told.answers(0) == [Answer("b", pytest.approx(0.8))]
    assert told.need_review(0.7).tolist() == [False, True, False, True]
    assert next(told.rows(0.6, decided_by={})) == Result("0.png", "b", pytest.approx(0.8), needs_review=False)
    names.clear()
    told.follow_names()
    assert list(told.rows(0.6, decided_by={})) == before


def test_a_row_of_which_no_class_can_be_told_stays_so(names):
    names |= {"a": "b"}
    results = Results(lambda wanted: {name: names.get(name, name) for name in wanted})
    results.append([Result("0.png", "a", 0.333335, "b", 0.333333)])
    assert results.unfamiliar().tolist() == [True]
    assert results.answers(0) == [Answer("b", 0.333335)]
