"""Does what was measured agree with the paper? One plain sentence a number."""

from __future__ import annotations

import math

from inspector.jobs.experiment.intervals import Estimate
from inspector.jobs.experiment.paper_numbers import PaperNumber
from models.evaluation.evaluate import wilson_interval

ROUNDING = 0.005  # the paper gives two digits
SAME_POINTS = 0.05  # what is shown as 0.0 points
CLOSE_POINTS = 5.0  # a larger gap that chance may explain is no agreement either: the images are too few


def agreement(paper: PaperNumber, ours: Estimate) -> str:
    """Compare the paper's number, as far as its images bear it, with ours and its interval.

    A number without its images is taken as exact but for its rounding.
    """
    low, high = _paper_limits(paper)
    points = 100 * (ours.mean - paper.value)
    gap = f"ours is {abs(points):.1f} points {'higher' if points > 0 else 'lower'}"
    bearing = _bearing(paper, low, high)
    if not _overlap(low, high, ours):
        return f"Does not agree: {gap}, more than chance explains{bearing}."
    if abs(points) < SAME_POINTS:
        return "Agrees: the same figure."
    if abs(points) <= CLOSE_POINTS:
        return f"Agrees within chance: {gap}{bearing}."
    few = "images" if ours.over.endswith("images") else "seeds or draws"
    return f"Not settled: {gap}, which so few {few} can show by chance{bearing}."


def _paper_limits(paper: PaperNumber) -> tuple[float, float]:
    if paper.images is None:
        return paper.value - ROUNDING, paper.value + ROUNDING
    return wilson_interval(round(paper.value * paper.images), paper.images)


def _overlap(low: float, high: float, ours: Estimate) -> bool:
    ours_low = ours.mean if math.isnan(ours.low) else ours.low
    ours_high = ours.mean if math.isnan(ours.high) else ours.high
    return ours_low <= high and low <= ours_high


def _bearing(paper: PaperNumber, low: float, high: float) -> str:
    """What the paper's images bear, as a clause."""
    if paper.images is None:
        return ""
    return f" (the paper's {paper.images:,} images bear {100 * low:.1f} to {100 * high:.1f} %)"
