"""Crops around the unusual places of images: the instances of multiple-instance learning, whose bag is the image.

Dimensions: n images, P places, C channels.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from models.events import Progress
from models.images.pixels import Pixels
from models.small_defects.anomaly_detector import PLACES, AnomalyDetector, Places

INSTANCE_PX = 72  # side of what the network sees of a place, at native resolution
CUT_PX = 108  # side of what is kept of it, to be shifted, turned and scaled
SHIFT_PX = 6.0
SCALE = 0.18  # e to the power of plus or minus
TURN_DEGREES = 12.0  # deviation about a right angle
BATCH = 16


@dataclass(frozen=True)
class Bags:
    """Instances of n images: the P most unusual places of each, and one at random as the last.

    Attributes:
        crops: uint8 (n, P + 1, C, CUT_PX, CUT_PX), continued by mirroring beyond the image's edge: a seam there would
            be the most unusual thing of the crop.
        logits: (n, P) of an anomaly, -inf where the image is too small for so many places.
    """

    crops: Tensor
    logits: Tensor

    def __len__(self) -> int:
        return len(self.crops)


def gather_bags(
    pixels: Pixels, positions: np.ndarray, detector: AnomalyDetector, *, seed: int = 0
) -> Generator[Progress, None, Bags]:
    """Cut the instances of the images at positions (n,)."""
    rng = np.random.default_rng(seed)
    crops = torch.empty(len(positions), PLACES + 1, pixels.channels, CUT_PX, CUT_PX, dtype=torch.uint8)
    logits = torch.empty(len(positions), PLACES)
    done = 0
    for among, images in pixels.batches(BATCH, torch.from_numpy(positions)):
        places = detector.places(images)
        height, width = images.shape[-2:]
        extra = torch.from_numpy(rng.uniform(0, (height, width), (len(images), 1, 2))).long()
        centres = torch.cat([places.centres.cpu(), extra], dim=1)
        for i, image, around in zip(among.tolist(), images.cpu(), centres, strict=True):
            crops[i] = cut(image, around, side_px=CUT_PX)
        logits[among] = places.logits.cpu()
        done += len(images)
        yield Progress("unusual places", done, len(positions))
    return Bags(crops, logits)


def bag_bytes(channels: int) -> int:
    """Bytes that the crops of one image take."""
    return (PLACES + 1) * channels * CUT_PX**2


def cut(image: Tensor, centres: Tensor, *, side_px: int) -> Tensor:
    """Crops of an image (C, H, W) around centres (P, 2), y and x in px, mirrored beyond it: (P, C, side, side)."""
    height, width = image.shape[1:]
    around = torch.arange(side_px, device=image.device) - side_px // 2
    return torch.stack(
        [image[:, _reflected(y + around, height)][:, :, _reflected(x + around, width)] for y, x in centres.tolist()]
    )


def _reflected(places: Tensor, length: int) -> Tensor:
    """Places along an axis, of which those beyond its ends are led back as by mirrors there."""
    period = max(1, 2 * (length - 1))
    places = places.remainder(period)
    return torch.minimum(places, period - places)


def instances_of(images: Tensor, places: Places, *, count: int) -> Tensor:
    """What the network sees of the `count` most unusual places: (B, C, H, W) -> (B, count, C, S, S) uint8."""
    centres = places.centres[:, :count]
    return torch.stack([cut(image, c, side_px=INSTANCE_PX) for image, c in zip(images, centres, strict=True)])


def moved(crops: Tensor, generator: torch.Generator, *, flips: bool, right_angles: bool) -> Tensor:
    """uint8 crops (n, C, CUT_PX, CUT_PX), shifted, turned, mirrored, scaled: (n, C, INSTANCE_PX, INSTANCE_PX) float."""
    n = len(crops)

    def uniform() -> Tensor:
        return torch.rand(n, generator=generator) * 2 - 1

    quarters = torch.randint(4, (n,), generator=generator) * right_angles
    angle = quarters * (math.pi / 2) + torch.randn(n, generator=generator) * math.radians(TURN_DEGREES)
    signs = torch.randint(2, (2, n), generator=generator) * 2 - 1
    mirror_x, mirror_y = signs if flips else torch.ones(2, n)
    reach = INSTANCE_PX / CUT_PX * torch.exp(SCALE * uniform())
    cosine, sine = angle.cos() * reach, angle.sin() * reach
    shift = SHIFT_PX / (CUT_PX / 2)
    rows = [
        torch.stack([cosine * mirror_x, -sine * mirror_y, shift * uniform()], dim=1),
        torch.stack([sine * mirror_x, cosine * mirror_y, shift * uniform()], dim=1),
    ]
    theta = torch.stack(rows, dim=1).to(crops.device)
    grid = F.affine_grid(theta, [n, crops.shape[1], INSTANCE_PX, INSTANCE_PX], align_corners=False)
    return F.grid_sample(crops.float(), grid, mode="bilinear", padding_mode="reflection", align_corners=False)
