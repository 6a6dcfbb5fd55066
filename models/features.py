"""What a classifier, a suggestion and the map read of an image: named blocks of numbers.

Blocks: the encoder's last map pooled by mean and by deviation, averaged over dihedral views; the texture spectrum,
global and local, at each patch size. Each number passes a power transform fitted on the pool. Two ways to join them:
`unit_blocks` for neighbours (each block scaled to unit length and weighted), `joined` for linear heads (as they are).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from models.augment import Standardiser, dihedral_views
from models.device import autocast
from models.encoders import Encoder
from models.events import Progress
from models.pixels import Pixels, resize_batch
from models.texture import TextureSpectrum

FEATURE_PX = 128  # side of a square of the area at which the encoder looks; 160 to 256 px gained nothing
VIEWS = 8
BATCH = 64
TEXTURE_WEIGHT = 0.7  # of the global blocks together, and of the local ones, beside 1 for each of the encoder's
Blocks = dict[str, np.ndarray]


def feature_size(height: int, width: int, encoder: Encoder) -> tuple[int, int]:
    """Size at which the encoder reads an image: the area of FEATURE_PX squared, the image's aspect, whole tiles."""
    if encoder.spec.kind == "vit" and encoder.spec.tile_px > FEATURE_PX:
        return encoder.spec.tile_px, encoder.spec.tile_px
    multiple = encoder.spec.tile_px or 16
    scale = FEATURE_PX / math.sqrt(height * width)
    return tuple(max(multiple, round(side * scale / multiple) * multiple) for side in (height, width))


@dataclass
class EncoderFeatures:
    """The encoder's part: uint8 images -> 'encoder_mean' and 'encoder_deviation' of the last map, over its positions.

    Args:
        views: how many of the 8 dihedral views are averaged.
    """

    encoder: Encoder
    standardiser: Standardiser
    views: int = VIEWS

    @torch.inference_mode()
    def __call__(self, images: Tensor) -> dict[str, Tensor]:
        """Describe uint8 images (B, C, H, W): block name -> (B, D) float32."""
        self.encoder.eval()
        height, width = feature_size(*images.shape[-2:], self.encoder)
        small = resize_batch(self.standardiser(images), height=height, width=width)
        mean = deviation = torch.zeros(())
        with autocast(images.device):
            for view in dihedral_views(small, self.views):
                values = self.encoder.forward_map(view.contiguous()).flatten(2).float()
                mean = mean + values.mean(2) / self.views
                deviation = deviation + values.std(2, correction=0) / self.views
        return {"encoder_mean": mean, "encoder_deviation": deviation}


Part = EncoderFeatures | TextureSpectrum


def describe(images: Tensor, parts: Sequence[Part]) -> Blocks:
    """Describe uint8 images (B, C, H, W) by every part: block name -> (B, D) float32."""
    return {name: values.cpu().numpy() for part in parts for name, values in part(images).items()}


def extract(pixels: Pixels, parts: Sequence[Part], *, stage: str = "features") -> Iterator[Progress | Blocks]:
    """Describe all images, batch by batch: progress, and the blocks (N, D) last."""
    batches: list[Blocks] = []
    done = 0
    for images in pixels.batches(BATCH):
        batches.append(describe(images, parts))
        done += len(images)
        yield Progress(stage, done, len(pixels))
    yield {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}


@dataclass
class PowerTransform:
    """Yeo-Johnson transform of each number, then zero mean and unit deviation (Yeo and Johnson, 2000, eq. 2.1).

    Fitted by scikit-learn; applied here, so that classification does not import it.
    """

    exponent: dict[str, np.ndarray] = field(default_factory=dict)  # block -> (D,)
    mean: dict[str, np.ndarray] = field(default_factory=dict)
    scale: dict[str, np.ndarray] = field(default_factory=dict)

    @classmethod
    def fit(cls, blocks: Blocks, *, max_images: int = 5_000) -> PowerTransform:
        """Fit on the pool's blocks (N, D), on at most `max_images` of them, evenly spread."""
        from sklearn.preprocessing import PowerTransformer

        fitted = cls()
        for name, values in blocks.items():
            rows = values[:: max(1, math.ceil(len(values) / max_images))].astype(np.float64)
            centre, spread = rows.mean(0), np.maximum(rows.std(0), 1e-9)
            transformer = PowerTransformer().fit((rows - centre) / spread)
            exponent = np.clip(transformer.lambdas_, -5, 5)  # a nearly constant number can run away
            raw = _yeo_johnson((rows - centre) / spread, exponent)
            fitted.exponent[name] = np.stack([exponent, centre, spread]).astype(np.float32)
            fitted.mean[name] = raw.mean(0).astype(np.float32)
            fitted.scale[name] = np.maximum(raw.std(0), 1e-6).astype(np.float32)
        return fitted

    def __call__(self, blocks: Blocks) -> Blocks:
        """Transform blocks (n, D) of any images."""
        out = {}
        for name, (exponent, centre, spread) in self.exponent.items():
            raw = _yeo_johnson((blocks[name] - centre) / spread, exponent)
            out[name] = np.clip((raw - self.mean[name]) / self.scale[name], -10, 10).astype(np.float32)
        return out


def _yeo_johnson(x: np.ndarray, exponent: np.ndarray) -> np.ndarray:
    """Yeo and Johnson (2000), eq. 2.1, vectorised over (n, D) with exponents (D,)."""
    magnitude = np.log1p(np.abs(x))
    positive = _box_cox_of_log(magnitude, exponent)
    negative = -_box_cox_of_log(magnitude, 2 - exponent)
    return np.where(x >= 0, positive, negative)


def _box_cox_of_log(log_value: np.ndarray, exponent: np.ndarray) -> np.ndarray:
    """(exp(exponent * log_value) - 1) / exponent, and its limit log_value at exponent 0."""
    near_zero = np.abs(exponent) < 1e-6
    safe = np.where(near_zero, 1.0, exponent)
    return np.where(near_zero, log_value, np.expm1(safe * log_value) / safe)


def joined(blocks: Blocks) -> np.ndarray:
    """Blocks -> (n, sum of D), for linear heads."""
    return np.concatenate([blocks[name] for name in sorted(blocks)], axis=1)


def unit_blocks(blocks: Blocks) -> np.ndarray:
    """Blocks -> (n, sum of D) whose inner product is a weighted mean of the blocks' cosines: for neighbours.

    The result has unit length, so its inner products are cosines again.
    """
    weighted = [block_weight(name, blocks) * _unit(blocks[name]) for name in sorted(blocks)]
    return _unit(np.concatenate(weighted, axis=1))


def block_weight(name: str, blocks: Blocks) -> float:
    """Weight of one block: 1 for each of the encoder's, TEXTURE_WEIGHT for each of the spectrum's."""
    return 1.0 if name.startswith("encoder") else TEXTURE_WEIGHT


def _unit(values: np.ndarray) -> np.ndarray:
    return values / np.maximum(np.linalg.norm(values, axis=1, keepdims=True), 1e-12)
