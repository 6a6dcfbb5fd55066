"""What an experiment is asked for, and what it ends with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from inspector.jobs.experiment.plan import PLANS, Plan


@dataclass(frozen=True)
class ExperimentRequest:
    """What the user asked for: a folder of class folders, where the results go, and how much to measure.

    Attributes:
        methods: of pretraining, of those that the preset's plan has; None: all of them.
        features_only: heads on features alone, no networks.
        epochs: of pretraining and of every network, instead of the preset's.
        augment: fields of `AugmentConfig` for pretraining, instead of the preset's.
    """

    folder: Path
    out: Path
    preset: str = "quick"
    seeds: int = 1
    methods: tuple[str, ...] | None = None
    features_only: bool = False
    epochs: int | None = None
    augment: dict[str, float] | None = None
    device: str = "auto"

    def plan(self) -> Plan:
        """What is measured."""
        plan = PLANS[self.preset]
        if self.methods is not None:
            plan = plan.of_methods(self.methods)
        return replace(plan, epochs=self.epochs, features_only=self.features_only, augment=self.augment or {})


@dataclass(frozen=True)
class ExperimentFinished:
    """Where everything lies, and the accuracies by kind of features and amount of labels."""

    report: Path
    results: Path
    pictures: tuple[Path, ...]
    tables: tuple[Path, ...]
    images: int
    unseen: int
    seeds: int
    preset: str
    accuracy: dict[str, dict[str, float]]
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """As `experiment --json` prints it."""
        return {
            **vars(self),
            "report": str(self.report),
            "results": str(self.results),
            "pictures": [str(path) for path in self.pictures],
            "tables": [str(path) for path in self.tables],
            "seconds": round(self.seconds, 3),
        }
