"""The course of a run, from its events as they come or from its log: what the four small plots draw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from models.events import EpochDone, StepDone

STEPS_KEPT = 2_000


@dataclass
class EpochSeries:
    """Values by epoch, the learning rate by parts of epochs while a run is live.

    `knn_start` is the kNN score before the first step, if it was measured.
    """

    epochs: int = 0
    loss: dict[float, float] = field(default_factory=dict)
    knn: dict[float, float] = field(default_factory=dict)
    knn_images: dict[float, int] = field(default_factory=dict)
    knn_start: float | None = None
    rank: dict[float, float] = field(default_factory=dict)
    rate: dict[float, float] = field(default_factory=dict)
    images_per_second: float = 0.0

    @classmethod
    def of_log(cls, epochs: int, rows: Iterable[Mapping[str, Any]]) -> EpochSeries:
        """From the logged epochs of a run."""
        made = cls(epochs)
        for row in rows:
            made._take_metrics(float(row["epoch"]), row)
        return made

    def take(self, event: object) -> bool:
        """Take an event in; whether it was one."""
        if isinstance(event, StepDone):
            self.epochs = event.epochs or self.epochs
            at = event.step / max(event.steps, 1) * self.epochs
            self.rate[at] = event.learning_rate
            self.images_per_second = event.images_per_second
            while len(self.rate) > STEPS_KEPT:
                del self.rate[next(iter(self.rate))]
            return True
        if isinstance(event, EpochDone):
            self.epochs = event.epochs
            self._take_metrics(float(event.epoch), event.metrics)
            return True
        return False

    def _take_metrics(self, epoch: float, metrics: Mapping[str, Any]) -> None:
        named = {
            "loss": self.loss,
            "knn_accuracy": self.knn,
            "effective_rank": self.rank,
            "learning_rate": self.rate,
        }
        for name, series in named.items():
            if name in metrics:
                series[epoch] = float(metrics[name])
        if "knn_images" in metrics:
            self.knn_images[epoch] = int(metrics["knn_images"])
        if "knn_start" in metrics:
            self.knn_start = float(metrics["knn_start"])

    def is_complete(self) -> bool:
        """Whether the last of the planned epochs is done."""
        return bool(self.loss) and max(self.loss) >= self.epochs > 0

    def is_above_start(self) -> bool:
        """Whether the last kNN score is known to beat that before the first step, beyond chance."""
        from models.evaluation.evaluate import wilson_interval

        epoch, score = [*self.knn.items()][-1] if self.knn else (0.0, 0.0)
        images = self.knn_images.get(epoch)
        if self.knn_start is None or not images:
            return False
        return wilson_interval(round(score * images), images)[0] > self.knn_start
