"""What a classifier, a suggestion and the map read of an image: named blocks of numbers.

Blocks: the encoder's last map pooled by mean and by deviation, averaged over dihedral views; the texture spectrum,
global and local, at each patch size. Each number passes a power transform fitted on the pool. Two ways to join them:
`unit_blocks` for neighbours (each block scaled to unit length and weighted), `joined` for linear heads (as they are).
"""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from models.encoders.architectures import Encoder, build_encoder
from models.encoders.spec import EncoderSpec
from models.events import Progress
from models.features.power_transform import Blocks
from models.features.texture import TextureSpectrum
from models.images.augment import Standardiser, dihedral_views
from models.images.pixels import Pixels, resize_batch
from models.system.device import autocast

FEATURE_PX = 128  # side of a square of the area at which the encoder reads a window; 160 to 256 px gained nothing
BATCH = 64
VERSION = 2  # raise it when an encoder's blocks of the same image come out otherwise
READ_PIXELS = 2 * BATCH * FEATURE_PX**2  # read at a time: large images go through the encoder in smaller batches
VIEW_PIXELS = 16 * FEATURE_PX**2  # read of one image in all its dihedral views: large ones get fewer, and at least one
TEXTURE_WEIGHT = 0.7  # of each of the spectrum's blocks, beside 1 for each of the encoder's


def reading_scale(window_shape: tuple[int, int]) -> float:
    """How an encoder that learns from such windows (height, width) reads images: its px for one of theirs."""
    return FEATURE_PX / math.sqrt(math.prod(window_shape))


def feature_size(height: int, width: int, encoder: Encoder, *, scale: float) -> tuple[int, int]:
    """Size at which the encoder reads an image: `scale` times its own, in whole tiles."""
    multiple = encoder.spec.tile_px or 16
    return tuple(max(multiple, round(side * scale / multiple) * multiple) for side in (height, width))


@dataclass
class EncoderFeatures:
    """The encoder's part: uint8 images -> 'encoder_mean' and 'encoder_deviation' of the last map, over its positions.

    Args:
        scale: px that the encoder reads for each px of an image, the same for images of any size.
        flips, right_angles: which dihedral views are averaged; what pretraining kept apart must not be averaged here.
    """

    encoder: Encoder
    standardiser: Standardiser
    scale: float
    flips: bool = True
    right_angles: bool = True

    @torch.inference_mode()
    def __call__(self, images: Tensor) -> dict[str, Tensor]:
        """Describe uint8 images (B, C, H, W): block name -> (B, D) float32."""
        self.encoder.eval()
        height, width = feature_size(*images.shape[-2:], self.encoder, scale=self.scale)
        parts = [
            self._pooled(resize_batch(self.standardiser(part), height=height, width=width))
            for part in images.split(max(1, READ_PIXELS // (height * width)))
        ]
        return {name: torch.cat([part[name] for part in parts]) for name in parts[0]}

    def _pooled(self, small: Tensor) -> dict[str, Tensor]:
        """Standardised images (B, C, h, w), as the encoder reads them -> blocks."""
        views = dihedral_views(small, flips=self.flips, right_angles=self.right_angles)
        views = views[:: math.ceil(len(views) * small.shape[2] * small.shape[3] / VIEW_PIXELS)]
        mean = deviation = torch.zeros(())
        with autocast(small.device):
            for view in views:
                values = self.encoder.forward_map(view.contiguous()).flatten(2).float()
                mean = mean + values.mean(2) / len(views)
                deviation = deviation + values.std(2, correction=0) / len(views)
        return {"encoder_mean": mean, "encoder_deviation": deviation}

    def to_json(self) -> dict[str, Any]:
        """All but the weights, for a weight file's header."""
        return {
            "encoder": self.encoder.spec.to_json(),
            "standardiser": asdict(self.standardiser),
            "scale": self.scale,
            "flips": self.flips,
            "right_angles": self.right_angles,
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> EncoderFeatures:
        """The opposite of `to_json`, with random weights. KeyError, TypeError or ValueError if something is missing."""
        encoder = build_encoder(EncoderSpec(**values["encoder"]))
        standardiser = Standardiser.from_json(values["standardiser"])
        scale = float(values["scale"])
        return cls(encoder, standardiser, scale, bool(values["flips"]), bool(values["right_angles"]))


Part = EncoderFeatures | TextureSpectrum


def describe(images: Tensor, parts: Sequence[Part]) -> Blocks:
    """Describe uint8 images (B, C, H, W) by every part: block name -> (B, D) float32."""
    return {name: values.cpu().numpy() for part in parts for name, values in part(images).items()}


def extract(pixels: Pixels, parts: Sequence[Part], *, stage: str = "features") -> Generator[Progress, None, Blocks]:
    """Describe all images, batch by batch; returns the blocks (N, D), row by row in the order of the positions."""
    blocks: Blocks = {}
    done = 0
    for positions, images in pixels.batches(BATCH):
        for name, values in describe(images, parts).items():
            rows = blocks.setdefault(name, np.empty((len(pixels), values.shape[1]), values.dtype))
            rows[positions.numpy()] = values
        done += len(images)
        yield Progress(stage, done, len(pixels))
    return blocks


def joined(blocks: Blocks) -> np.ndarray:
    """Blocks -> (n, sum of D), for linear heads."""
    return np.concatenate([blocks[name] for name in sorted(blocks)], axis=1)


def unit_blocks(blocks: Blocks) -> np.ndarray:
    """Blocks -> (n, sum of D) whose inner product is the mean of the blocks' cosines, by squared weight.

    The result has unit length, so its inner products are cosines again.
    """
    weighted = [block_weight(name) * _unit(blocks[name]) for name in sorted(blocks)]
    return _unit(np.concatenate(weighted, axis=1))


def block_weight(name: str) -> float:
    """Weight of one block: 1 for each of the encoder's, TEXTURE_WEIGHT for each of the spectrum's."""
    return 1.0 if _is_encoders(name) else TEXTURE_WEIGHT


def without_encoder(blocks: Blocks) -> Blocks:
    """Those blocks that stand beside the encoder's: the spectrum's."""
    return {name: values for name, values in blocks.items() if not _is_encoders(name)}


def columns_beside_encoder(blocks: Blocks) -> np.ndarray:
    """Which columns of `joined` are of those blocks, (sum of D,) bool."""
    return np.concatenate([np.full(blocks[name].shape[1], not _is_encoders(name)) for name in sorted(blocks)])


def _is_encoders(name: str) -> bool:
    return name.startswith("encoder")


def _unit(values: np.ndarray) -> np.ndarray:
    return values / np.maximum(np.linalg.norm(values, axis=1, keepdims=True), 1e-12)
