"""Calibration error in closed form, and temperatures that are known."""

from __future__ import annotations

import numpy as np
import pytest

from models.evaluation.calibration import (
    calibration_floor,
    distinct,
    expected_calibration_error,
    fit_calibration,
    is_level,
    reliability,
    softmax,
)


def test_softmax_survives_huge_logits():
    probabilities = softmax(np.array([[1e4, 1e4, -1e4], [0.0, 0.0, 0.0]]))
    np.testing.assert_allclose(probabilities, [[0.5, 0.5, 0.0], [1 / 3] * 3])


def test_ece_of_one_bin_is_the_gap_between_confidence_and_accuracy():
    error = expected_calibration_error(np.full(10, 0.9), np.arange(10) < 6)
    assert error == pytest.approx(0.3)


def test_ece_weights_bins_by_their_images():
    confidence = np.repeat([0.2, 1.0], 5)
    correct = np.array([1, 0, 0, 0, 0, 1, 1, 1, 1, 0], dtype=bool)
    assert expected_calibration_error(confidence, correct, bins=2) == pytest.approx(0.5 * 0.0 + 0.5 * 0.2)


def test_ece_does_not_depend_on_the_order_of_tied_images():
    rng = np.random.default_rng(0)
    confidence, correct = np.round(rng.random(200), 1), rng.random(200) < 0.5
    order = rng.permutation(200)
    shuffled = expected_calibration_error(confidence[order], correct[order])
    assert shuffled == pytest.approx(expected_calibration_error(confidence, correct))


def test_reliability_bins_hold_equal_shares():
    diagram = reliability(np.linspace(0.1, 1.0, 100), np.ones(100, dtype=bool), bins=5)
    assert diagram.images.tolist() == [20] * 5
    assert (np.diff(diagram.confidence) > 0).all()


@pytest.mark.parametrize("confidence", [[], [0.5, 1.1], [0.5, np.nan], [0.5]])
def test_reliability_refuses_what_is_no_confidence(confidence):
    correct = np.zeros(0 if not confidence else 2, dtype=bool)
    with pytest.raises(ValueError, match=r"confidence|answer"):
        reliability(np.array(confidence), correct)


def test_the_floor_is_what_exact_confidence_shows_by_chance():
    confidence = np.random.default_rng(7).uniform(0.5, 1.0, 3000)
    few, many = calibration_floor(confidence[:150]), calibration_floor(confidence)
    assert 0.05 < few < 0.12
    assert 0.01 < many < 0.03
    assert calibration_floor(np.ones(20)) == 0.0


def test_answers_about_one_image_share_their_luck():
    confidence = np.random.default_rng(7).uniform(0.5, 1.0, 150)
    repeated, images = np.tile(confidence, 5), np.tile(np.arange(150), 5)
    assert calibration_floor(repeated, images) == pytest.approx(calibration_floor(confidence), rel=0.05)
    assert calibration_floor(repeated) < 0.6 * calibration_floor(repeated, images)


@pytest.mark.parametrize("temperature", [0.4, 1.0, 5.0, 300.0])
def test_calibration_finds_the_scale_of_the_logits(temperature):
    logits, labels = drawn(4000, temperature=temperature)
    found = fit_calibration(logits, labels)
    assert found.temperature == pytest.approx(temperature, rel=0.1)
    assert found.uniform < 0.03


@pytest.mark.parametrize("slips", [0.0, 0.1])
def test_calibrated_confidence_means_what_it_says(slips):
    logits, labels = drawn(4000, temperature=4.0)
    labels[: int(slips * 4000)] = np.random.default_rng(3).integers(0, 5, int(slips * 4000))
    found = fit_calibration(logits[::2], labels[::2])
    confidence = found.probabilities(logits[1::2]).max(1)
    assert expected_calibration_error(confidence, logits[1::2].argmax(1) == labels[1::2]) < 0.025


def test_a_few_right_answers_do_not_make_certainty():
    logits = np.eye(3)[np.arange(30) % 3] * 4.0
    probabilities = fit_calibration(logits, np.arange(30) % 3).probabilities(logits)
    assert 0.95 < probabilities.max(1).mean() < 0.99


def test_the_mean_confidence_of_the_images_to_come_is_the_accuracy_expected():
    logits, labels = drawn(40, temperature=1.0)
    reference, _ = drawn(500, temperature=3.0, seed=9)
    found = fit_calibration(logits, labels, accuracy=0.7, reference=reference)
    assert found.probabilities(reference).max(1).mean() == pytest.approx(0.7, abs=0.005)


def test_without_labels_the_expected_accuracy_is_enough():
    reference, _ = drawn(50, temperature=3.0)
    found = fit_calibration(np.zeros((0, 5)), np.zeros(0, dtype=int), accuracy=0.6, reference=reference)
    assert found.probabilities(reference).max(1).mean() == pytest.approx(0.6, abs=0.005)


@pytest.mark.parametrize(
    ("logits", "labels"),
    [([[0.0, 1.0]], [0, 1]), ([[0.0, 1.0]], [2]), ([[0.0, 1.0]], [-1]), ([[0.0, np.inf]], [0])],
)
def test_calibration_refuses_labels_that_do_not_fit(logits, labels):
    with pytest.raises(ValueError, match=r"logits|labels"):
        fit_calibration(np.array(logits), np.array(labels))


def drawn(n: int, *, temperature: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Logits (n, 5) that are calibrated at a temperature, and labels (n,)."""
    rng = np.random.default_rng(seed)
    calibrated = rng.normal(scale=2.0, size=(n, 5))
    labels = (softmax(calibrated).cumsum(axis=1) > rng.random((n, 1))).argmax(axis=1)
    return calibrated * temperature, labels


def test_an_answer_between_two_classes_is_not_taken_for_an_image_that_can_not_be_judged():
    even = distinct(np.array([[0.5, 0.5, 0.0], [0.2, 0.4, 0.4], [0.7, 0.2, 0.1]]))
    assert not is_level(*np.sort(even.round(6), axis=1)[:, :-3:-1].T).any()
    assert even.sum(1) == pytest.approx(1)
    assert even[2].tolist() == [0.7, 0.2, 0.1]
