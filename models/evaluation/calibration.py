"""Does a confidence of 0.9 mean right nine times in ten? Measures it, and fits what makes it so.

SciPy is imported where it fits something, so that a window can show figures without waiting for it.
n answers, K classes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MATCH_BOUNDS = (-8.0, 12.0)  # of log T, for logits of any scale
# Errors that no logit foretells, as a share of all errors: tried, the first unless the labels are for another by more
# than one nat.
UNFORESEEN_SHARES = (0.25, 0.0, 0.1, 0.5)
LEAST_GAIN = 1.0
LEVEL = 1e-5  # how far apart the probabilities of an image may be that no class can be told of
ROUNDED = 1e-6  # as results are written
AHEAD = 3e-5  # of the likeliest class, at least, where one can be told


@dataclass(frozen=True)
class Calibration:
    """Logits to probabilities: (1 - u) softmax(logits / T) + u / K.

    Attributes:
        temperature: T > 0 (Guo et al., 2017, section 4.2).
        uniform: u in 0..1, mixed with even chances: a temperature alone, set by the mean confidence, calls some wrong
            answers certain.
    """

    temperature: float = 1.0
    uniform: float = 0.0

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        """Logits (..., K) -> probabilities (..., K)."""
        return (1 - self.uniform) * softmax(logits / self.temperature) + self.uniform / logits.shape[-1]


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


def levelled(probabilities: np.ndarray) -> np.ndarray:
    """Probabilities (n, K) of images unlike all that was learned from: in the same order, but about as likely."""
    return LEVEL * probabilities + (1 - LEVEL) / probabilities.shape[-1]


def distinct(probabilities: np.ndarray) -> np.ndarray:
    """Probabilities (n, K) whose likeliest class is always farther ahead than `levelled` leaves it, if only by a hair.

    An image that was judged and found equally likely of two classes is not one that could not be judged.
    """
    first, second = np.sort(probabilities, axis=1)[:, :-3:-1].T
    close = np.flatnonzero(is_level(first, second))
    apart = probabilities.copy()
    apart[close, probabilities[close].argmax(1)] += AHEAD
    apart[close] /= 1 + AHEAD
    return apart


def is_level(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Whether the probabilities of the likeliest two classes, each (n,), are as near as `levelled` makes them."""
    return np.asarray(first) - np.asarray(second) <= LEVEL + 2 * ROUNDED


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


def calibration_floor(
    confidence: np.ndarray, images: np.ndarray | None = None, *, bins: int = 15, draws: int = 200, seed: int = 0
) -> float:
    """Mean `expected_calibration_error` of answers that are right exactly as often as their confidence (n,) says.

    So much of a measured error is chance.

    Args:
        images: (n,) int, the image that each answer is about: answers about one image share their luck, since what is
            hard for one classifier is for the next. Without them each answer is about an image of its own.
    """
    rng = np.random.default_rng(seed)
    of_image = np.arange(len(confidence)) if images is None else np.unique(images, return_inverse=True)[1]
    errors = []
    for _ in range(draws):
        luck = rng.random(of_image.max() + 1)[of_image]
        errors.append(expected_calibration_error(confidence, luck < confidence, bins=bins))
    return float(np.mean(errors))


def fit_calibration(
    logits: np.ndarray, labels: np.ndarray, *, accuracy: float | None = None, reference: np.ndarray | None = None
) -> Calibration:
    """The calibration whose mean confidence is the accuracy to be expected.

    The temperature is set by the mean, not by the likelihood of the labels: with a few dozen of them a single sure
    error would make every answer unsure. The labels' likelihood chooses how many errors come unforeseen.

    Args:
        logits: (n, K) for which the labels (n,) were held out, of any scale.
        labels: (n,) int; there may be none if `accuracy` and `reference` are given.
        accuracy: of the answers to come; without it, the share of right answers among these, smoothed (Jeffreys).
        reference: logits (m, K) of images like those to come, whose mean confidence is set; without them, `logits`.

    Raises:
        ValueError: shapes do not match, a label is not in 0..K-1, or a logit is not finite.
    """
    logits, labels = np.asarray(logits, dtype=np.float64), np.asarray(labels)
    _check_logits(logits, labels)
    if accuracy is None:
        accuracy = smoothed_share(np.count_nonzero(logits.argmax(1) == labels), len(labels))
    reference = logits if reference is None else np.asarray(reference, dtype=np.float64)
    if not len(reference):
        return Calibration()
    tried = [_matched(reference, accuracy, share) for share in UNFORESEEN_SHARES]
    likelihood = np.array([_log_likelihood(calibration.probabilities(logits), labels) for calibration in tried])
    likelihood[1:] -= LEAST_GAIN
    return tried[int(likelihood.argmax())]


def _matched(reference: np.ndarray, accuracy: float, unforeseen_share: float) -> Calibration:
    uniform = unforeseen_share * (1 - accuracy)
    softmax_mean = (accuracy - uniform / reference.shape[1]) / (1 - uniform)
    return Calibration(match_confidence(reference, softmax_mean), uniform)


def smoothed_share(right: int, of: int) -> float:
    """Expected share of right answers after `right` of `of` were (Jeffreys' prior): neither 0 nor 1."""
    return (right + 0.5) / (of + 1)


def _log_likelihood(probabilities: np.ndarray, labels: np.ndarray) -> float:
    return float(np.log(np.maximum(probabilities[np.arange(len(labels)), labels], 1e-300)).sum())


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
