"""Where a learning loop gets its images from: uint8 pixels, whole on the device if they fit, else memory-mapped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from models.augment import Standardiser

RESIDENT_BYTES = 2 << 30  # in main memory; more than that stays on disk and travels batch by batch
RESIDENT_SHARE = 0.25  # of what a GPU has free
STATISTICS_IMAGES = 2_000


class ImageStore(Protocol):
    """What is needed of a cache: uint8 pixels (n, C, H, W) of images named by content hash."""

    def gather(self, hashes: Sequence[str]) -> np.ndarray: ...


class Pixels:
    """N images of one size, by position.

    Args:
        store: the cache.
        hashes: content hashes of the images, position by position.
        device: where batches are wanted.
    """

    def __init__(self, store: ImageStore, hashes: Sequence[str], device: torch.device) -> None:
        self._store = store
        self._hashes = list(hashes)
        self._device = device
        self._resident: Tensor | None = None
        first = store.gather(self._hashes[:1])
        self.shape: tuple[int, int, int] = (first.shape[1], first.shape[2], first.shape[3])
        if first.nbytes * len(self._hashes) <= _resident_limit(device):
            self._resident = torch.from_numpy(store.gather(self._hashes)).to(device)

    def __len__(self) -> int:
        return len(self._hashes)

    def batch(self, positions: Tensor) -> Tensor:
        """Images at positions (B,) -> uint8 (B, C, H, W) on the device."""
        if self._resident is not None:
            return self._resident[positions.to(self._device)]
        pixels = torch.from_numpy(self._store.gather([self._hashes[i] for i in positions.tolist()]))
        if self._device.type == "cuda":
            pixels = pixels.pin_memory()
        return pixels.to(self._device, non_blocking=True)

    def batches(self, size: int) -> Iterator[Tensor]:
        """All images in order, `size` at a time."""
        for positions in torch.arange(len(self)).split(size):
            yield self.batch(positions)

    def sample(self, count: int, generator: torch.Generator) -> Tensor:
        """Positions of at most `count` images, drawn without replacement, in rising order."""
        return torch.randperm(len(self), generator=generator)[:count].sort().values

    def standardiser(self) -> Standardiser:
        """Mean and deviation of each channel, measured on at most 2,000 images, always the same ones."""
        positions = self.sample(STATISTICS_IMAGES, torch.Generator().manual_seed(0))
        total = torch.zeros(2, self.shape[0], dtype=torch.float64)
        for part in positions.split(256):
            values = self.batch(part).transpose(0, 1).flatten(1).double().cpu()  # (C, pixels)
            total += torch.stack([values.sum(1), values.square().sum(1)])
        mean, square = total / (len(positions) * self.shape[1] * self.shape[2])
        deviation = (square - mean.square()).clamp(min=0).sqrt().clamp(min=1.0)  # an all-black pool divides by 1
        return Standardiser(tuple(mean.tolist()), tuple(deviation.tolist()))


def _resident_limit(device: torch.device) -> int:
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        return int(RESIDENT_SHARE * free)
    return RESIDENT_BYTES


def resize_batch(images: Tensor, *, height: int, width: int) -> Tensor:
    """Antialiased bilinear resize of (B, C, H, W); no-op when equal."""
    if images.shape[-2:] == (height, width):
        return images
    return F.interpolate(images, (height, width), mode="bilinear", antialias=True, align_corners=False)
