"""The per-class table as plain rows: figures, intervals, and the range over which the intervals are drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass

from inspector.ui.pages.evaluate.judged import Answer, Judged
from inspector.ui.wording import count, share
from models.evaluation.evaluate import f1_intervals

AXIS_STEP = 0.1


@dataclass(frozen=True)
class ClassRow:
    """A class's figures as texts; `low`, `f1`, `high` are None for a class without images."""

    name: str
    precision: str
    recall: str
    f1_text: str
    images: int
    low: float | None
    f1: float | None
    high: float | None
    examples: tuple[Answer, ...]

    @property
    def sentence(self) -> str:
        """The row as it is read aloud."""
        if self.f1 is None:
            return f"{self.name}: no images to judge it by"
        between = f"{self.low:.2f} to {self.high:.2f}"
        figures = f"precision {self.precision}, recall {self.recall}, F1 {self.f1_text} ({between})"
        return f"{self.name}: {figures}, {count(self.images, 'image')}"


def class_rows(judged: Judged, *, examples: int = 0) -> list[ClassRow]:
    """A row a class, with so many images that were recognised."""
    evaluation = judged.evaluation
    limits = f1_intervals(evaluation.confusion).tolist()
    made = []
    for name, score, (low, high) in zip(evaluation.classes, evaluation.per_class, limits, strict=True):
        known = bool(score.support) and math.isfinite(low)
        made.append(
            ClassRow(
                name=name,
                precision=share(score.precision) if score.support else "–",
                recall=share(score.recall) if score.support else "–",
                f1_text=share(score.f1) if score.support else "–",
                images=score.support,
                low=low if known else None,
                f1=score.f1 if known else None,
                high=high if known else None,
                examples=tuple(judged.right_examples(name, examples)) if examples else (),
            )
        )
    return made


def axis_low(rows: list[ClassRow]) -> float:
    """Where the axis of the intervals begins, so that the whole table zooms together: a multiple of 0.1."""
    lows = [row.low for row in rows if row.low is not None]
    return max(0.0, math.floor(min(lows) / AXIS_STEP + 1e-9) * AXIS_STEP) if lows else 0.0
