"""What the methods of pretraining brought where it was measured: figures of `inspector experiment`, kept in resources/.

tests/benchmarks/method_figures.py writes the file; nothing in it is typed by hand. Imports nothing heavy.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

FILE_NAME = "method_figures.json"
LABELS = "5 a class"  # at which the window compares methods
WORTH = 0.01  # a point: by how much a hybrid must beat the better single method
ENCODER, FUSED = "encoder", "fused"


@dataclass(frozen=True)
class Share:
    """A mean with its 95 % interval: an accuracy, or a difference of two."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Judged:
    """By how many images that no step had seen a method was judged, each counted once, and by how many seeds."""

    images: int
    seeds: int


@dataclass(frozen=True)
class MeasuredPreset:
    """What experiments with one preset measured on the same images.

    Attributes:
        images: how they are called.
        judged: by method, as in `accuracy`.
        accuracy: by method ('none': texture spectrum without pretraining), kind of features and amount of labels.
        minutes: of pretraining the encoder alone, by method.
        hybrid_gain: of the hybrid's encoder over that of the better single method, at `LABELS`; None: not measured.
    """

    preset: str
    images: str
    device: str
    judged: dict[str, Judged]
    accuracy: dict[str, dict[str, dict[str, Share]]]
    minutes: dict[str, float]
    hybrid_over: str
    hybrid_gain: Share | None

    def share(self, method: str, features: str, labels: str = LABELS) -> Share | None:
        """None where it was not measured."""
        return self.accuracy.get(method, {}).get(features, {}).get(labels)

    @property
    def hybrid_pays(self) -> bool:
        """Whether the hybrid beats the better single method by a point, and not by chance."""
        return self.hybrid_gain is not None and self.hybrid_gain.mean >= WORTH and self.hybrid_gain.low > 0

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> MeasuredPreset:
        """What tests/benchmarks/method_figures.py wrote."""
        accuracy = {
            method: {
                features: {labels: Share(*limits) for labels, limits in by_labels.items()}
                for features, by_labels in by_features.items()
            }
            for method, by_features in stored["accuracy"].items()
        }
        judged = {method: Judged(**found) for method, found in stored["judged"].items()}
        gain = None if stored["hybrid_gain"] is None else Share(*stored["hybrid_gain"])
        return cls(**{**stored, "judged": judged, "accuracy": accuracy, "hybrid_gain": gain})


def measured_presets() -> dict[tuple[str, str], MeasuredPreset]:
    """Every experiment that is kept, by preset and kind of device ('cpu', 'cuda')."""
    text = resources.files("resources").joinpath(FILE_NAME).read_text(encoding="utf-8")
    found = [MeasuredPreset.from_json(stored) for stored in json.loads(text)]
    return {(measured.preset, measured.device): measured for measured in found}


def figures_for(method: str, preset: str) -> MeasuredPreset | None:
    """An experiment that measured the method: of the preset if there is one, of the quickest otherwise."""
    found = [each for each in measured_presets().values() if each.share(method, ENCODER) is not None]
    return next((each for each in found if each.preset == preset), found[0] if found else None)
