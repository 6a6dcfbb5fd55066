"""What was measured epoch by epoch, as curves: from events as they come, or from what a run logged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from inspector.project import RunEvent
from models.evaluation.evaluate import wilson_interval
from models.events import EpochDone

# Of models.finetuning.finetune, which would bring torch with it.
PATIENCE, PAPER_PATIENCE = 10, 30
EPOCHS, PAPER_EPOCHS = 40, 30


def patience_of(config: Mapping[str, Any]) -> int:
    """Epochs without gain after which a run with this configuration stops."""
    return PAPER_PATIENCE if _is_paper_head(config) else PATIENCE


def planned_epochs(config: Mapping[str, Any]) -> int:
    """Epochs that a run with this configuration takes if it does not stop early."""
    return int(config.get("epochs") or 0) or (PAPER_EPOCHS if _is_paper_head(config) else EPOCHS)


def _is_paper_head(config: Mapping[str, Any]) -> bool:
    return config.get("preset") == "paper" and config.get("mode") != "finetune"


@dataclass
class EpochHistory:
    """Figures by epoch (from 1); one that an epoch does not have is no number there.

    `images` counts the labels that each epoch is judged by, 0 while that is not known.
    """

    planned: int = 0
    images: int = 0
    epochs: list[int] = field(default_factory=list)
    metrics: list[Mapping[str, float]] = field(default_factory=list)

    @classmethod
    def from_log(cls, events: Iterable[RunEvent], *, planned: int) -> EpochHistory:
        """What a run logged as 'epoch'."""
        made = cls(planned)
        for event in events:
            made.add(EpochDone(int(event.data["epoch"]), planned, event.data))
        return made

    def add(self, event: EpochDone) -> None:
        """An epoch is over."""
        self.planned = max(self.planned, event.epochs, event.epoch)
        self.images = int(event.metrics.get("validation_images", self.images))
        self.epochs.append(event.epoch)
        self.metrics.append(event.metrics)

    def __bool__(self) -> bool:
        """Whether there is an epoch."""
        return bool(self.epochs)

    def values(self, name: str) -> list[float]:
        """One figure of all epochs."""
        return [float(metrics.get(name, float("nan"))) for metrics in self.metrics]

    def accuracy_limits(self) -> tuple[list[float], list[float]]:
        """The 95 % interval of each epoch's validation accuracy, low and high; empty while `images` is not known."""
        if not self.images:
            return [], []
        limits = [
            wilson_interval(round(accuracy * self.images), self.images)
            for accuracy in self.values("validation_accuracy")
        ]
        return [low for low, _ in limits], [high for _, high in limits]

    @property
    def without_gain(self) -> int:
        """Epochs since the best one."""
        return int(self.metrics[-1].get("epochs_without_gain", 0)) if self.metrics else 0

    @property
    def best_epoch(self) -> int | None:
        """The epoch whose weights are kept so far."""
        return self.epochs[-1] - self.without_gain if self.epochs else None

    @property
    def best_loss(self) -> float | None:
        """The lowest validation loss so far."""
        best = self.best_epoch
        return None if best is None else self.values("validation_loss")[self.epochs.index(best)]
