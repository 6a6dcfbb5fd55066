"""models.classification.comparison: choosing among ways to classify, judged by labels that the choice did not see."""

from __future__ import annotations

import numpy as np
import pytest

from models.classification.comparison import Candidates, Comparison, best_candidate, compare, macro_f1

CLASSES = ("good", "pore")


def candidates_of(right: dict[str, np.ndarray], labels: np.ndarray, folds: np.ndarray) -> Candidates:
    """Candidates that are right where told, and rather sure of what they say."""
    answers = [np.where(hits, labels, 1 - labels) for hits in right.values()]
    logits = 3.0 * np.eye(2, dtype=np.float32)[np.stack(answers)]
    return Candidates(tuple(right), logits, np.arange(len(labels)), labels, folds)


@pytest.fixture
def labels() -> np.ndarray:
    return np.arange(100) % 2


@pytest.fixture
def folds() -> np.ndarray:
    return np.arange(100) // 20


def test_a_clearly_better_candidate_is_chosen(labels, folds):
    right = {"first": np.arange(100) % 10 < 6, "second": np.arange(100) % 10 < 9}
    chosen = compare(candidates_of(right, labels, folds), CLASSES)
    assert chosen.best == 1
    assert chosen.scores == {"first": pytest.approx(0.6, abs=0.01), "second": pytest.approx(0.9, abs=0.01)}
    assert chosen.evaluation.accuracy == pytest.approx(0.9)
    assert chosen.calibration.temperature > 0


def test_a_slightly_better_one_is_not(labels, folds):
    right = {"first": np.arange(100) >= 10, "second": np.arange(100) >= 8}
    assert compare(candidates_of(right, labels, folds), CLASSES).best == 0


def test_of_several_better_ones_the_best_is_chosen(labels):
    rows = [np.where(np.arange(100) < wrong, 1 - labels, labels) for wrong in (50, 20, 10, 30)]
    assert best_candidate(np.stack(rows), labels) == 2


def test_a_candidate_that_wins_in_one_fold_alone_does_not_flatter_the_figures(labels, folds):
    """It is chosen by all the labels, and judged in that fold by what would have been chosen without it."""
    first = np.arange(100) % 4 < 2
    lucky = np.where(folds == 0, True, first)
    chosen = compare(candidates_of({"first": first, "lucky": lucky}, labels, folds), CLASSES)
    assert chosen.best == 1
    assert chosen.scores["lucky"] > 0.55
    assert chosen.evaluation.accuracy == pytest.approx(0.5)


def test_figures_come_from_the_answers_that_are_kept(labels, folds):
    right = {"first": np.arange(100) % 10 < 7, "second": np.arange(100) % 10 < 5}
    chosen = compare(candidates_of(right, labels, folds), CLASSES)
    assert np.mean(chosen.predicted == labels) == pytest.approx(chosen.evaluation.accuracy)
    assert chosen.evaluation.images == 100
    assert ((chosen.confidence > 0.5) & (chosen.confidence <= 1)).all()


def test_with_nothing_held_out_the_first_is_taken():
    nothing = np.zeros(0, dtype=np.int64)
    empty = Candidates(("first", "second"), np.zeros((2, 0, 2), np.float32), nothing, nothing, nothing)
    chosen = compare(empty, CLASSES)
    assert (chosen.best, chosen.calibration, chosen.evaluation) == (0, None, None)
    assert "nothing could be held out" in chosen.notice("Head").text


def test_candidates_stand_one_after_the_other(labels, folds):
    one = candidates_of({"a": labels == 0, "b": labels == 1}, labels, folds)
    other = candidates_of({"c": labels >= 0}, labels, folds)
    both = other.before(one)
    assert both.names == ("c", "a", "b")
    np.testing.assert_array_equal(both.logits[1:], one.logits)


def test_the_choice_is_told_with_the_figures():
    told = Comparison(1, 1.0, None, np.zeros(40), np.zeros(40), {"texture": 0.5, "places": 0.875}).notice("Judged by")
    assert told.text == "Judged by: places. Macro F1 out of fold on 40 labels: 87.5%; not taken: 50.0% (texture)."


def test_of_many_candidates_the_best_are_told():
    scores = {"a": 0.5, "b": 0.9, "c": 0.7, "d": 0.6, "e": 0.4}
    told = Comparison(0, 1.0, None, np.zeros(40), np.zeros(40), scores).notice("Head")
    figures = "50.0%; not taken: 90.0% (b), 70.0% (c), 2 others at most 60.0%."
    assert told.text == f"Head: a. Macro F1 out of fold on 40 labels: {figures}"


def test_macro_f1_is_that_of_the_classes_that_occur():
    sklearn = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(0)
    labels, predicted = rng.integers(0, 3, 60), rng.integers(0, 4, 60)
    expected = sklearn.f1_score(labels, predicted, labels=[0, 1, 2], average="macro")
    assert macro_f1(predicted, labels) == pytest.approx(expected)
    assert macro_f1(np.zeros(0), np.zeros(0)) == 0


def test_candidates_among_other_labels(labels, folds):
    candidates = candidates_of({"first": np.arange(100) >= 10}, labels, folds).among(np.array([3, 50, 200]))
    assert candidates.held_out.tolist() == [3, 50]
    assert candidates.labels.tolist() == labels[[3, 50]].tolist()
    assert candidates.folds.tolist() == [0, 2]
    assert candidates.logits.argmax(2)[0].tolist() == [1 - labels[3], labels[50]]
