"""What jobs tell a window beyond the events of the learning loops (models/events.py)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from inspector.jobs.labelling.basis import LabelBasis
    from models.evaluation.evaluate import Evaluation


@dataclass(frozen=True)
class RunStarted:
    """The run that the events from here on belong to."""

    run: int


@dataclass(frozen=True, eq=False)
class BasisReady:
    """Images can be suggested and guessed from now on; `basis.points` is there if the map was stored."""

    basis: LabelBasis


@dataclass(frozen=True, eq=False)
class MapMoved:
    """The map as it is now: points (n, 2) of the images (n,); `epoch` where a run is the reason."""

    image_ids: np.ndarray
    points: np.ndarray
    epoch: int | None = None


@dataclass(frozen=True, eq=False)
class PrepareFinished:
    """What suggestions, guesses and the map stand on; None where there are too few images."""

    basis: LabelBasis | None


@dataclass(frozen=True, eq=False)
class Validated:
    """How the network of an epoch (from 1) does on the labels that it is watched by."""

    epoch: int
    evaluation: Evaluation


@dataclass(frozen=True)
class DurationEstimated:
    """Seconds by name of the request, of those whose steps are like the probed one's; and what that one was.

    Attributes:
        images_per_second: that the encoder of the probed request learns from.
        parameters: of that encoder.
    """

    seconds: dict[str, float]
    images_per_second: float
    device: str
    method: str
    parameters: int


@dataclass(frozen=True)
class CurvePoint:
    """Accuracy at so many labels, over several draws of them.

    Attributes:
        labels: labels in all that a head was fitted on.
        low, high: of the worst and the best draw.
        images: how many others each draw was judged on.
        which: the features, 'latest encoder', 'random encoder' or 'texture spectrum'.
    """

    labels: int
    accuracy_mean: float
    low: float
    high: float
    images: int
    which: str


@dataclass(frozen=True)
class LabelCurveFinished:
    """Accuracy against labels, for each kind of features in rising order of labels."""

    points: tuple[CurvePoint, ...]
