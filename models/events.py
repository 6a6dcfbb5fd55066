"""What a learning loop tells whoever iterates it.

Every loop in this package is a generator of these small frozen dataclasses. They are plain data (numbers, strings,
NumPy arrays), so that they can be logged, sent through a Qt signal or pickled to another process.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Progress:
    """A stage of known length moved on: `done` of `total` units of `stage` ('import', 'features', ...)."""

    stage: str
    done: int
    total: int
    unit: str = "images"


@dataclass(frozen=True)
class Notice:
    """Something that the user should read: one sentence."""

    text: str
    warning: bool = False


@dataclass(frozen=True)
class StepDone:
    """One optimiser step, in epoch `epoch` (from 0) of `epochs`. `images_per_second` counts images, not crops."""

    step: int
    steps: int
    epoch: int
    loss: float
    learning_rate: float
    images_per_second: float
    epochs: int = 0


@dataclass(frozen=True)
class EpochDone:
    """One pass over the images, with whatever was measured at its end (loss, effective_rank, knn_accuracy, ...)."""

    epoch: int
    epochs: int
    metrics: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Embedding:
    """Embeddings of some images for the map: `vectors` (n, D) float32 of the images at `positions` (n,)."""

    epoch: int
    positions: np.ndarray
    vectors: np.ndarray


@dataclass(frozen=True)
class Validation:
    """What a classifier says after an epoch (from 1) of the labelled images that it is watched by.

    `true` and `predicted` (n,) are class indices, `confidence` (n,) the probability of each answer.
    """

    epoch: int
    true: np.ndarray
    predicted: np.ndarray
    confidence: np.ndarray


@dataclass(frozen=True)
class Views:
    """Augmented crops as the network sees them: `pixels` (n, V, H, W, C) uint8."""

    epoch: int
    pixels: np.ndarray


@dataclass(frozen=True)
class Reconstruction:
    """A masked autoencoder's view of some crops, each (n, H, W, C) uint8."""

    epoch: int
    original: np.ndarray
    masked: np.ndarray
    reconstructed: np.ndarray


@dataclass(frozen=True)
class CheckpointSaved:
    """A whole checkpoint lies at `path`."""

    path: str
    step: int


@dataclass(frozen=True)
class MoreTime:
    """Whether twice the time would pay: `outcome` is 'pays', 'hardly' or 'unknown', and a sentence says why."""

    outcome: str
    sentence: str


@dataclass(frozen=True)
class PretrainDone:
    """The run is over and its encoder lies at `path`. `images_per_second` counts source images."""

    path: str
    images: int
    epochs: int
    seconds: float
    images_per_second: float
    parameters: int
    device: str
