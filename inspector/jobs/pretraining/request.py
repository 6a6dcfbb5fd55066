"""What a pretraining run is asked for, and the settings that follow from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.jobs.pool.imagenet_weights import IMAGENET
from models.encoders.spec import IMAGENET_WIDTH
from models.errors import KnownError
from models.pretraining.config import DEFAULT_METHOD

if TYPE_CHECKING:
    from models.pretraining.config import PretrainConfig


@dataclass(frozen=True)
class PretrainRequest:
    """What the user asked for.

    Attributes:
        overrides: fields of PretrainConfig that replace the preset's.
        augment: fields of AugmentConfig that do.
        start_from: 'random', 'imagenet', a run's number or an encoder file.
        imagenet_weights: the file for 'imagenet'; None: the one on this machine.
        download: whether it may be downloaded where there is none.
    """

    method: str = DEFAULT_METHOD
    preset: str = "quick"
    overrides: dict[str, Any] | None = None
    augment: dict[str, float] | None = None
    size_px: int | None = None
    width: int | None = None
    right_angles: bool = True
    flips: bool = True
    minutes: float | None = None
    start_from: str = "random"
    imagenet_weights: Path | None = None
    download: bool = False
    device: str = "auto"

    def config(self, channels: int) -> PretrainConfig:
        """The preset with what the user changed; ValueError if it makes no sense."""
        from models.pretraining.config import preset

        config = preset(self.method, self.preset, channels=channels)
        spec, augment = config.encoder, replace(config.augment, **(self.augment or {}))
        if self.size_px is not None:
            augment = replace(augment, size_px=self.size_px)
            spec = replace(spec, tile_px=self.size_px if spec.tile_px else 0)
        if self.width is not None:
            spec = replace(spec, width=self.width)
        elif self.start_from == IMAGENET and spec.kind == "resnet18":
            spec = replace(spec, width=IMAGENET_WIDTH)
        augment = replace(augment, right_angles=self.right_angles, flips=self.flips)
        return replace(config, encoder=spec, augment=augment, **(self.overrides or {}))


def usable_config(request: PretrainRequest, channels: int) -> PretrainConfig:
    """The settings asked for.

    Raises:
        KnownError: nothing can be built of them.
    """
    import torch

    from models.pretraining.methods import build_objective

    try:
        config = request.config(channels)
        with torch.random.fork_rng(devices=[]):
            build_objective(config)
    except ValueError as error:
        raise KnownError(f"These settings make no sense: {error}.") from error
    if request.start_from == IMAGENET:
        _check_imagenet_start(config)
    return config


def _check_imagenet_start(config: PretrainConfig) -> None:
    """KnownError if an encoder of these settings cannot take ImageNet weights."""
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
