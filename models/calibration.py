"""Does a confidence of 0.9 mean right nine times in ten? Measures it, and fits the temperature that makes it so.

SciPy is imported where it fits something, so that a window can show figures without waiting for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LOG_TEMPERATURE_BOUNDS = (-3.0, 3.0)
MATCH_BOUNDS = (-8.0, 12.0)  # of log T, for logits of any scale
PRIOR_DEVIATION = 1.0  # of log T; about as strong as one label, so that it only matters where labels are few


@dataclass(frozen=True)
class Reliability:
    """Bins of a reliability diagram, by rising confidence; empty bins are left out.

    `confidence` and `accuracy` (b,) are the means of each bin, `images` (b,) int its size.
    """

    confidence: np.ndarray
    accuracy: np.ndarray
    images: np.ndarray


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities (..., K) of logits (..., K), safe for logits of any size."""
    from scipy import special

    return special.softmax(np.asarray(logits), axis=-1)


def reliability(confidence: np.ndarray, correct: np.ndarray, bins: int = 15) -> Reliability:
    """Groups answers into at most `bins` bins of equal mass.

    Args:
        confidence: (n,) float in 0..1, the probability of each given answer.
        correct: (n,) bool.
        bins: upper limit; equal confidences always share a bin, so ties leave fewer.

    Raises:
        ValueError: shapes differ, there are no answers, or a confidence lies outside 0..1.
    """
    confidence = np.asarray(confidence, dtype=np.float64)
    correct = np.asarray(correct, dtype=bool)
    _check_answers(confidence, correct, bins)
    inner_edges = np.quantile(confidence, np.linspace(0, 1, bins + 1)[1:-1])
    bin_of = np.searchsorted(inner_edges, confidence, side="left")
    images = np.bincount(bin_of, minlength=bins)
    used = images > 0
    images = images[used]
    return Reliability(
        confidence=np.bincount(bin_of, weights=confidence, minlength=bins)[used] / images,
        accuracy=np.bincount(bin_of, weights=correct, minlength=bins)[used] / images,
        images=images,
    )


def expected_calibration_error(confidence: np.ndarray, correct: np.ndarray, *, bins: int = 15) -> float:
    """Mean gap between confidence (n,) and accuracy over bins of equal mass, 0 (calibrated) to 1.

    Raises:
        ValueError: as `reliability`.
    """
    diagram = reliability(confidence, correct, bins)
    gaps = np.abs(diagram.confidence - diagram.accuracy)
    return float(np.average(gaps, weights=diagram.images))


def fit_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """The T > 0 for which softmax(logits / T) is calibrated (Guo et al. 2017).

    Minimises the negative log-likelihood of held-out `labels` (n,) int under `logits` (n, K), plus a normal prior on
    log T around 0. Without the prior, labels that are all predicted right would drive T to 0 and every confidence
    to 1. Fewer than two labels say nothing: T is 1.

    Raises:
        ValueError: shapes do not match, a label is not in 0..K-1, or a logit is not finite.
    """
    from scipy import special
    from scipy.optimize import minimize_scalar

    logits = np.asarray(logits, dtype=np.float64)
    labels = np.asarray(labels)
    _check_logits(logits, labels)
    if len(labels) < 2:
        return 1.0

    def penalised_loss(log_temperature: float) -> float:
        scaled = logits * np.exp(-log_temperature)
        likelihood = np.take_along_axis(special.log_softmax(scaled, axis=1), labels[:, None], axis=1)
        return float(0.5 * (log_temperature / PRIOR_DEVIATION) ** 2 - likelihood.sum())

    best = minimize_scalar(penalised_loss, bounds=LOG_TEMPERATURE_BOUNDS, method="bounded")
    return float(np.exp(best.x))


def calibrated_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """A temperature for logits (n, K) of any scale, from held-out labels (n,).

    The discriminant of a thousand features has logits in the hundreds, so the prior of `fit_temperature` must first be
    moved to their scale: to the temperature at which the mean confidence is the accuracy, which is smoothed by one
    right and one wrong answer, since a dozen right ones do not make certainty.

    Raises:
        ValueError: as `fit_temperature`.
    """
    logits, labels = np.asarray(logits, dtype=np.float64), np.asarray(labels)
    _check_logits(logits, labels)
    if not len(labels):
        return 1.0
    right = np.count_nonzero(logits.argmax(1) == labels)
    scale = match_confidence(logits, (right + 1) / (len(labels) + 2))
    return scale * fit_temperature(logits / scale, labels)


def match_confidence(logits: np.ndarray, mean_confidence: float) -> float:
    """Temperature at which the mean confidence of logits (n, K) is the one given, within MATCH_BOUNDS."""
    from scipy.optimize import brentq

    def excess(log_temperature: float) -> float:
        return float(softmax(logits * np.exp(-log_temperature)).max(1).mean()) - mean_confidence

    low, high = MATCH_BOUNDS
    if excess(high) > 0:
        return float(np.exp(high))  # as unsure as can be: even chance is more than what is asked for
    if excess(low) < 0:
        return 1.0
    return float(np.exp(brentq(excess, low, high)))


def _check_answers(confidence: np.ndarray, correct: np.ndarray, bins: int) -> None:
    if confidence.ndim != 1 or confidence.shape != correct.shape:
        raise ValueError(f"confidence {confidence.shape} and correct {correct.shape} must both be (n,)")
    if not len(confidence):
        raise ValueError("calibration needs at least one answer")
    if not ((confidence >= 0) & (confidence <= 1)).all():
        raise ValueError("confidences must lie in 0..1")
    if bins < 1:
        raise ValueError(f"bins must be at least 1, not {bins}")


def _check_logits(logits: np.ndarray, labels: np.ndarray) -> None:
    if logits.ndim != 2 or labels.shape != logits.shape[:1]:
        raise ValueError(f"logits {logits.shape} must be (n, K) and labels {labels.shape} (n,)")
    if not np.isfinite(logits).all():
        raise ValueError("logits must be finite")
    if len(labels) and (labels.min() < 0 or labels.max() >= logits.shape[1]):
        raise ValueError(f"labels must lie in 0..{logits.shape[1] - 1}")
