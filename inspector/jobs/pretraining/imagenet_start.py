"""The ImageNet weights that a pretraining run begins with."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.jobs.pool.imagenet_weights import WeightsReady, download_weights, find_weights, stored_weights
from models.events import Progress

if TYPE_CHECKING:
    from inspector.jobs.pretraining.request import PretrainRequest


def imagenet_start(request: PretrainRequest) -> Generator[Progress | WeightsReady, None, Path]:
    """Returns torchvision's weights, checked; downloads them first where that was asked for and there are none.

    Raises:
        KnownError: there are none; they could not be downloaded; they are no ResNet-18 of torchvision.
    """
    from models.encoders.imagenet import imagenet_encoder

    if request.download and request.imagenet_weights is None and stored_weights() is None:
        yield from download_weights()
    weights = find_weights(request.imagenet_weights)
    imagenet_encoder(weights, channels=3)  # before a run begins
    return weights
