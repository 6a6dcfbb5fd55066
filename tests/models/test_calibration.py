"""Calibration error in closed form, and temperatures that are known."""

from __future__ import annotations

import numpy as np
import pytest

from models.calibration import expected_calibration_error, fit_temperature, reliability, softmax


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


@pytest.mark.parametrize("temperature", [0.4, 1.0, 5.0])
def test_temperature_is_recovered(temperature):
    rng = np.random.default_rng(1)
    calibrated = rng.normal(scale=2.0, size=(4000, 5))
    labels = (softmax(calibrated).cumsum(axis=1) > rng.random((4000, 1))).argmax(axis=1)
    assert fit_temperature(calibrated * temperature, labels) == pytest.approx(temperature, rel=0.1)


def test_temperature_lowers_the_calibration_error():
    rng = np.random.default_rng(2)
    calibrated = rng.normal(scale=2.0, size=(2000, 4))
    labels = (softmax(calibrated).cumsum(axis=1) > rng.random((2000, 1))).argmax(axis=1)
    logits = calibrated * 4
    correct = logits.argmax(axis=1) == labels
    before = expected_calibration_error(softmax(logits).max(axis=1), correct)
    after = expected_calibration_error(softmax(logits / fit_temperature(logits, labels)).max(axis=1), correct)
    assert after < 0.25 * before


def test_perfect_separation_does_not_collapse_the_temperature():
    logits = np.eye(3)[np.arange(30) % 3] * 4.0
    temperature = fit_temperature(logits, np.arange(30) % 3)
    assert 0.2 < temperature < 1.0
    assert softmax(logits / temperature).max() < 1.0 - 1e-6


def test_one_label_leaves_the_logits_as_they_are():
    assert fit_temperature(np.array([[3.0, 1.0]]), np.array([0])) == 1.0


@pytest.mark.parametrize(
    ("logits", "labels"),
    [([[0.0, 1.0]], [0, 1]), ([[0.0, 1.0]], [2]), ([[0.0, 1.0]], [-1]), ([[0.0, np.inf]], [0])],
)
def test_temperature_refuses_labels_that_do_not_fit(logits, labels):
    with pytest.raises(ValueError, match=r"logits|labels"):
        fit_temperature(np.array(logits), np.array(labels))
