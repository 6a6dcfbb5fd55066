"""Means with 95 % intervals over seeds or draws, and paired differences between two ways to classify."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.evaluation.evaluate import wilson_interval
from models.evaluation.paired_difference import PairedDifference

CONFIDENCE = 0.95
ROUNDING = 1e-9  # values that differ by less are equal: a mean of equal ones is a hair off


@dataclass(frozen=True)
class Estimate:
    """A mean with its 95 % interval, all 0 to 1 (a difference: -1 to 1), and what the interval is over, in words."""

    mean: float
    low: float
    high: float
    over: str


def share_estimate(values: Sequence[Sequence[float]], *, images: int) -> Estimate:
    """Of a share of right answers: one sequence of draws a seed, each on `images` unseen images.

    Student's t over the seeds' means, or over the draws of a single seed. Where there is one value, or where all are
    equal (such as 100 %), the interval of so many images takes its place: equal draws are no certainty.

    Raises:
        ValueError: there are no values.
    """
    mean, spread, over = _mean_and_spread(values)
    if spread == 0.0:
        low, high = wilson_interval(round(mean * images), images)
        return Estimate(mean, low, high, f"{images} images")
    return Estimate(mean, max(0.0, mean - spread), min(1.0, mean + spread), over)


def mean_estimate(values: Sequence[Sequence[float]], *, lowest: float = 0.0) -> Estimate:
    """Of any other figure from `lowest` to 1; where there is one value the limits are NaN.

    Raises:
        ValueError: there are no values.
    """
    mean, spread, over = _mean_and_spread(values)
    if over == "one value":
        return Estimate(mean, float("nan"), float("nan"), over)
    return Estimate(mean, max(lowest, mean - spread), min(1.0, mean + spread), over)


def paired_difference(first: Sequence[Sequence[float]], second: Sequence[Sequence[float]]) -> Estimate:
    """First less second, seed by seed and draw by draw, both measured with the same labels on the same images.

    Raises:
        ValueError: they are not of the same seeds and draws.
    """
    return mean_estimate([np.subtract(a, b).tolist() for a, b in zip(first, second, strict=True)], lowest=-1.0)


def paired_difference_over_images(first_right: np.ndarray, second_right: np.ndarray) -> Estimate:
    """First less second share of right answers (n,) bool, on the same n images, with its interval over them."""
    difference = PairedDifference.of(first_right, second_right)
    return Estimate(difference.value, *difference.interval(CONFIDENCE), f"{difference.images} images")


def _mean_and_spread(values: Sequence[Sequence[float]]) -> tuple[float, float, str]:
    """Mean, half the width of its interval, and what that is over."""
    if not values or not all(values):
        raise ValueError("a mean needs at least one value")
    samples = [float(np.mean(draws)) for draws in values]
    over = f"{len(samples)} seeds"
    if len(samples) == 1:
        samples = list(values[0])
        over = f"{len(samples)} draws"
    mean = float(np.mean(samples))
    if len(samples) == 1:
        return mean, 0.0, "one value"
    if max(samples) - min(samples) < ROUNDING:
        return mean, 0.0, over
    from scipy import stats

    quantile = stats.t.ppf((1 + CONFIDENCE) / 2, len(samples) - 1)
    return mean, float(quantile * np.std(samples, ddof=1) / np.sqrt(len(samples))), over
