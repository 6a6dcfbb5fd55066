"""Beginning a pretraining run with ImageNet weights: what the settings must be, and getting the file."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.jobs.imagenet_weights import WeightsReady, download_weights, find_weights, stored_weights
from models.encoder_spec import IMAGENET_WIDTH
from models.errors import KnownError
from models.events import Progress

if TYPE_CHECKING:
    from inspector.jobs.pretrain import PretrainRequest
    from models.pretrain_config import PretrainConfig


def check_imagenet_start(config: PretrainConfig) -> None:
    """Make sure that an encoder of these settings can take ImageNet weights.

    Raises:
        KnownError: it cannot.
    """
    if config.encoder.kind != "resnet18":
        raise KnownError(
            f"ImageNet weights are those of a ResNet-18, but {config.method} trains a vision transformer: choose "
            "simclr or hybrid, or start from random weights."
        )
    if config.encoder.width != IMAGENET_WIDTH:
        raise KnownError(
            f"ImageNet weights are of width {IMAGENET_WIDTH}, not {config.encoder.width}: leave the width out, or "
            "start from random weights."
        )


def imagenet_start(request: PretrainRequest) -> Generator[Progress | WeightsReady, None, Path]:
    """Returns torchvision's weights, checked; downloads them first where that was asked for and there are none.

    Raises:
        KnownError: there are none; they could not be downloaded; they are no ResNet-18 of torchvision.
    """
    from models.imagenet import imagenet_encoder

    if request.download and request.imagenet_weights is None and stored_weights() is None:
        yield from download_weights()
    weights = find_weights(request.imagenet_weights)
    imagenet_encoder(weights, channels=3)  # before a run begins
    return weights
