"""Reading an experiment's measurements: values by seed, estimates, and pooled answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from inspector.jobs.experiment.intervals import (
    Estimate,
    mean_estimate,
    paired_difference,
    paired_difference_over_images,
    share_estimate,
)
from inspector.jobs.experiment.measuring import CONFIDENCE_UNITS, Answers
from inspector.jobs.experiment.plan import Plan, Row, Task
from models.evaluation.calibration import calibration_floor, expected_calibration_error
from models.evaluation.evaluate import Evaluation, evaluate

MEASURES = ("accuracy", "macro_f1", "ece")


@dataclass(frozen=True)
class PooledCalibration:
    """Expected calibration error of so many answers, 0 to 1, and the one that exact confidence would show by chance."""

    error: float
    floor: float
    answers: int


@dataclass(frozen=True, eq=False)
class Measured:
    """All measurements of an experiment of `seeds` seeds, by the key of their task; `images` judged each."""

    plan: Plan
    seeds: int
    classes: tuple[str, ...]
    images: int
    measurements: dict[str, dict[str, Any]]

    def of(self, kind: str, row: Row, amount: str = "", mode: str = "", *, seed: int = 0) -> dict[str, Any] | None:
        """What one task measured; None where it was left out."""
        found = self.measurements.get(Task(kind, seed, row, amount, mode).key)
        return None if found is None or "left_out" in found else found

    def values(
        self, kind: str, row: Row, amount: str, mode: str = "", *, measure: str = "accuracy", total: int | None = None
    ) -> list[list[float]]:
        """A list of draws for each seed; empty where it was not measured. `total`: of clicks."""
        return list(self._by_seed(kind, row, amount, mode, measure=measure, total=total).values())

    def _by_seed(
        self, kind: str, row: Row, amount: str, mode: str = "", *, measure: str = "accuracy", total: int | None = None
    ) -> dict[int, list[float]]:
        """The draws of each seed in which it was measured."""
        by_seed = {}
        for seed in range(self.seeds):
            found = self.of(kind, row, amount, mode, seed=seed)
            scores = None if found is None else found["by_total"].get(str(total)) if total else found["scores"]
            if scores:
                by_seed[seed] = [score[measure] for score in scores]
        return by_seed

    def estimate(
        self, kind: str, row: Row, amount: str, mode: str = "", *, measure: str = "accuracy", total: int | None = None
    ) -> Estimate | None:
        """Mean and interval; None where it was not measured."""
        values = self.values(kind, row, amount, mode, measure=measure, total=total)
        if not values:
            return None
        return share_estimate(values, images=self.images) if measure != "ece" else mean_estimate(values)

    def difference(self, kind: str, first: Row, second: Row, amount: str) -> Estimate | None:
        """Accuracy of the first less that of the second, with an interval over seeds or draws, or over the images.

        Over the images where there is a single draw, or where all differ alike: that is no certainty. Of the seeds that
        both have: a stopped experiment has fewer of some, and a seed may leave too few images. None where there is no
        such seed.
        """
        a, b = (self._by_seed(kind, row, amount) for row in (first, second))
        shared = [seed for seed in a if seed in b]
        if not shared:
            return None
        paired = paired_difference([a[seed] for seed in shared], [b[seed] for seed in shared])
        if paired.low < paired.high:
            return paired
        one, other = (self.pooled(kind, row, amount, seeds=shared) for row in (first, second))
        assert one is not None
        assert other is not None
        return paired_difference_over_images(one.predicted == one.true, other.predicted == other.true)

    def pooled(
        self, kind: str, row: Row, amount: str, mode: str = "", *, seeds: Sequence[int] | None = None
    ) -> Answers | None:
        """The answers of the first draw of every seed, or of these, one after the other; None where not measured."""
        of_seeds = range(self.seeds) if seeds is None else seeds
        found = [self.of(kind, row, amount, mode, seed=seed) for seed in of_seeds]
        parts = [Answers.from_json(each["answers"]) for each in found if each is not None]
        if not parts:
            return None
        names = ("true", "predicted", "confidence")
        return Answers(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))

    def calibration(self, row: Row, amount: str) -> PooledCalibration | None:
        """Of the answers of all draws and seeds together; None where it was not measured."""
        draws = [
            (seed, draw)
            for seed in range(self.seeds)
            for draw in (self.of("labels", row, amount, seed=seed) or {}).get("calibration", [])
        ]
        if not draws:
            return None
        confidence = np.concatenate([np.array(draw["confidence"]) / CONFIDENCE_UNITS for _, draw in draws])
        right = np.concatenate([np.array(draw["right"], dtype=bool) for _, draw in draws])
        unseen = max(len(draw["right"]) for _, draw in draws)
        images = np.concatenate([seed * unseen + np.arange(len(draw["right"])) for seed, draw in draws])
        return PooledCalibration(
            error=expected_calibration_error(confidence, right),
            floor=calibration_floor(confidence, images),
            answers=len(right),
        )

    def evaluation(self, kind: str, row: Row, amount: str, mode: str = "") -> Evaluation | None:
        """The same, scored. With several seeds an image may be in it more than once, judged by different models."""
        answers = self.pooled(kind, row, amount, mode)
        if answers is None:
            return None
        return evaluate(answers.true, answers.predicted, answers.confidence, self.classes)

    def reasons(self) -> list[str]:
        """What could not be measured on these images, a sentence for each seed and reason."""
        left_out: dict[tuple[str, str], dict[str, None]] = {}
        for key, found in self.measurements.items():
            if "left_out" in found:
                seed, parts = key.split(": ", maxsplit=1)
                kind, *_, amount = parts.split(" / ")
                left_out.setdefault((seed, found["left_out"]), {})[f"{kind} ({amount})"] = None
        return [f"{seed}, {', '.join(tasks)}: {reason}" for (seed, reason), tasks in left_out.items()]
