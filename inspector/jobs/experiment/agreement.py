"""Does what was measured agree with the paper? One plain sentence a number."""

from __future__ import annotations

import math

from inspector.jobs.experiment.intervals import Estimate
from inspector.jobs.experiment.paper_numbers import PaperNumber
from models.evaluate import wilson_interval

ROUNDING = 0.005  # the paper gives two digits
SMALL_POINTS = 0.05  # what is shown as 0.0 points


def agreement(paper: PaperNumber, ours: Estimate) -> str:
    """Compare the paper's number, as far as its images bear it, with ours and its interval.

    A number without its images is taken as exact but for its rounding.
    """
    low, high = _paper_limits(paper)
    points = 100 * (ours.mean - paper.value)
    if _overlap(low, high, ours):
        if abs(points) < SMALL_POINTS:
            return "Agrees: the same figure."
        return (
            f"Agrees within chance: ours is {abs(points):.1f} points {_direction(points)}{_bearing(paper, low, high)}."
        )
    return (
        f"Does not agree: ours is {abs(points):.1f} points {_direction(points)}, more than chance explains"
        f"{_bearing(paper, low, high)}."
    )


def _paper_limits(paper: PaperNumber) -> tuple[float, float]:
    if paper.images is None:
        return paper.value - ROUNDING, paper.value + ROUNDING
    return wilson_interval(round(paper.value * paper.images), paper.images)


def _overlap(low: float, high: float, ours: Estimate) -> bool:
    ours_low = ours.mean if math.isnan(ours.low) else ours.low
    ours_high = ours.mean if math.isnan(ours.high) else ours.high
    return ours_low <= high and low <= ours_high


def _direction(points: float) -> str:
    return "higher" if points > 0 else "lower"


def _bearing(paper: PaperNumber, low: float, high: float) -> str:
    """What the paper's images bear, as a clause."""
    if paper.images is None:
        return ""
    return f" (the paper's {paper.images:,} images bear {100 * low:.1f} to {100 * high:.1f} %)"
