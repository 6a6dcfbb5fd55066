"""Scores against scikit-learn, intervals against SciPy."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, precision_recall_fscore_support

from models.evaluation.evaluate import Evaluation, evaluate, f1_intervals, macro_f1_interval, wilson_interval

CLASSES = ("crazing", "inclusion", "patches", "scratches")


@pytest.fixture
def answers() -> tuple[np.ndarray, np.ndarray]:
    """True and predicted classes of 300 images; 'scratches' never occurs but is answered."""
    rng = np.random.default_rng(3)
    true = rng.integers(0, 3, size=300)
    predicted = np.where(rng.random(300) < 0.7, true, rng.integers(0, 4, size=300))
    return true, predicted


def test_scores_equal_scikit_learn(answers):
    true, predicted = answers
    result = evaluate(true, predicted, None, CLASSES)
    expected = precision_recall_fscore_support(true, predicted, labels=range(4), zero_division=0)
    ours = [[s.precision, s.recall, s.f1, s.support] for s in result.per_class]
    np.testing.assert_allclose(np.array(ours).T, np.array(expected))
    np.testing.assert_array_equal(result.confusion, confusion_matrix(true, predicted, labels=range(4)))
    assert result.accuracy == pytest.approx(accuracy_score(true, predicted))


def test_macro_f1_is_that_of_the_classes_present(answers):
    true, predicted = answers
    expected = f1_score(true, predicted, labels=[0, 1, 2], average="macro")
    assert evaluate(true, predicted, None, CLASSES).macro_f1 == pytest.approx(expected)


def test_json_has_the_promised_keys_and_plain_values(answers):
    true, predicted = answers
    result = json.loads(json.dumps(evaluate(true, predicted, np.full(300, 0.8), CLASSES).to_json()))
    keys = {"images", "accuracy", "macro_f1", "interval", "per_class", "confusion", "classes", "calibration"}
    assert set(result) == keys
    assert set(result["per_class"]["patches"]) == {"precision", "recall", "f1", "support"}
    assert result["calibration"]["ece"] == pytest.approx(abs(0.8 - result["accuracy"]))


def test_calibration_error_is_absent_without_confidences(answers):
    assert evaluate(*answers, None, CLASSES).to_json()["calibration"] == {"ece": None}


@pytest.mark.parametrize(("correct", "total"), [(0, 10), (1, 1), (72, 72), (339, 360), (5000, 9999)])
def test_wilson_equals_scipy(correct, total):
    expected = binomtest(correct, total).proportion_ci(method="wilson")
    assert wilson_interval(correct, total) == pytest.approx((expected.low, expected.high), abs=1e-12)


@pytest.mark.parametrize(("correct", "total"), [(0, 0), (2, 1), (-1, 3)])
def test_wilson_refuses_what_is_no_proportion(correct, total):
    with pytest.raises(ValueError, match="no proportion"):
        wilson_interval(correct, total)


def test_bootstrap_holds_the_macro_f1_and_repeats_itself(answers):
    result = evaluate(*answers, None, CLASSES)
    lower, upper = macro_f1_interval(result.confusion)
    assert lower < result.macro_f1 < upper
    assert 0.05 < upper - lower < 0.2
    assert (lower, upper) == macro_f1_interval(result.confusion)


def test_a_perfect_score_keeps_an_interval():
    assert macro_f1_interval(np.diag([10, 10, 10])) == wilson_interval(30, 30)


def test_no_right_answer_is_no_certainty():
    assert macro_f1_interval(np.array([[0, 6], [6, 0]])) == wilson_interval(0, 12)


def test_fewer_images_widen_the_interval():
    confusion = np.array([[40, 10], [5, 45]])
    few, many = macro_f1_interval(confusion), macro_f1_interval(confusion * 10)
    assert few[1] - few[0] > 2.5 * (many[1] - many[0])


def test_each_class_has_its_own_interval():
    confusion = np.array([[18, 2, 0, 0], [3, 17, 0, 0], [0, 0, 20, 0], [0, 0, 0, 0]])
    limits = f1_intervals(confusion)
    assert limits[0, 0] < 36 / 41 < limits[0, 1]
    assert 0.85 < limits[2, 0] < 0.95
    assert limits[2, 1] == 1
    assert np.isnan(limits[3]).all()


def test_a_class_that_is_never_recognised_keeps_an_interval():
    limits = f1_intervals(np.array([[0, 12], [0, 20]]))
    assert limits[0, 0] == 0
    assert 0 < limits[0, 1] < 0.4


@pytest.mark.parametrize("per_class", [3, 10, 40])
def test_f1_limits_hold_the_true_f1_as_often_as_stated(per_class):
    rng = np.random.default_rng(per_class)
    held = []
    for _ in range(300):
        confused = rng.dirichlet(np.full(4, 0.5), size=4) * rng.beta(0.7, 4, size=4)[:, None]
        shares = confused + np.diag(1 - confused.sum(1))  # of answers by true class (row)
        true = 2 * np.diagonal(shares) / (shares.sum(0) + shares.sum(1))
        counts = np.stack([rng.multinomial(per_class, row) for row in shares])
        limits = f1_intervals(counts, confidence=0.9)
        held += ((limits[:, 0] <= true) & (true <= limits[:, 1])).tolist()
    assert 0.87 <= np.mean(held) <= 0.97


def test_three_labels_of_a_class_leave_its_f1_wide_open():
    low, high = f1_intervals(np.diag([3, 3]), confidence=0.9)[0]
    assert low < 0.75
    assert high == 1


def test_stored_figures_are_read_back(answers):
    result = evaluate(*answers, np.full(300, 0.7), CLASSES)
    again = Evaluation.from_json(json.loads(json.dumps(result.to_json())))
    assert again.to_json() == result.to_json()
    assert again.per_class == result.per_class


@pytest.mark.parametrize(
    ("true", "predicted", "message"),
    [([], [], "at least one image"), ([0, 1], [0], "must both be"), ([0], [4], "0..3"), ([-1], [0], "0..3")],
)
def test_answers_that_do_not_fit_are_refused(true, predicted, message):
    with pytest.raises(ValueError, match=message):
        evaluate(np.array(true, dtype=int), np.array(predicted, dtype=int), None, CLASSES)


def test_figures_under_other_names():
    evaluation = evaluate(np.array([0, 0, 1]), np.array([0, 1, 1]), np.array([0.9, 0.6, 0.8]), ["a", "b"])
    renamed = evaluation.renamed({"a": "A"})
    assert renamed.classes == ("A", "b")
    assert replace(renamed, classes=("a", "b")).to_json() == evaluation.to_json()


def test_figures_of_classes_that_have_become_one():
    evaluation = evaluate(np.array([0, 0, 1, 2]), np.array([0, 1, 2, 0]), np.full(4, 0.9), ["a", "b", "c"])
    merged = evaluation.renamed({"a": "c"})
    assert merged.classes == ("c", "b")
    assert merged.confusion.tolist() == [[2, 1], [1, 0]]
    assert (merged.accuracy, merged.ece, merged.images) == (0.5, None, 4)
