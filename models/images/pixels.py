"""Where a learning loop gets its images from: uint8 pixels, all on the device if they fit, else memory-mapped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from models.images.augment import Standardiser
from models.images.shapes import common_shape, groups_of_one_shape, window_shape
from models.images.windows import cut_window

RESIDENT_BYTES = 2 << 30  # in main memory; more than that stays on disk and travels batch by batch
RESIDENT_SHARE = 0.25  # of what a GPU has free
STATISTICS_IMAGES = 2_000
LOADED_AT_ONCE = 64  # images


class ImageStore(Protocol):
    """What is needed of a cache: shapes (n, 2) and uint8 pixels (C, H, W) of images named by content hash."""

    def shapes(self, hashes: Sequence[str]) -> np.ndarray: ...

    def gather(self, hashes: Sequence[str]) -> list[np.ndarray]: ...


class Pixels:
    """N >= 1 images of any size, by position.

    Args:
        store: the cache.
        hashes: content hashes of the images, position by position.
        device: where batches are wanted.

    Attributes:
        hashes: content hashes of the images.
        shapes: (N, 2), height and width of each image.
        channels: of every image.
        common_shape: (h, w) of `whole`.
        window_shape: (h, w) of `windows`.
    """

    def __init__(self, store: ImageStore, hashes: Sequence[str], device: torch.device) -> None:
        self._store = store
        self.hashes = list(hashes)
        self._device = device
        self.shapes = store.shapes(self.hashes)
        self.channels = len(store.gather(self.hashes[:1])[0])
        self.common_shape = common_shape(self.shapes)
        self.window_shape = window_shape(self.shapes)
        self._ends = np.cumsum(self.channels * self.shapes.prod(1))  # in one tensor of all images, in bytes
        self._resident = self._load() if self._ends[-1] <= _resident_limit(device) else None

    def __len__(self) -> int:
        return len(self.hashes)

    def image(self, position: int) -> Tensor:
        """One image at its own resolution: (C, H, W) uint8 on the device."""
        return self._stored(torch.tensor([position]))[0].to(self._device)

    def batches(self, size: int, among: Tensor | None = None) -> Iterator[tuple[Tensor, Tensor]]:
        """All images at their own resolution, or those at positions `among` (n,), in batches of one shape.

        Yields where in `among` (without it: in the pool) the images stand (B,), and uint8 (B, C, H, W). B is at most
        `size`, and less where images are large.
        """
        among = torch.arange(len(self)) if among is None else among
        for group in groups_of_one_shape(self.shapes[among.numpy()], most_images=size):
            places = torch.from_numpy(group)
            yield places, self._stacked(among[places])

    def whole(self, positions: Tensor) -> Tensor:
        """Images at positions (B,), stretched to `common_shape` where they have another: uint8 (B, C, h, w)."""
        if self._are_all(self.common_shape):
            return self._stacked(positions)
        height, width = self.common_shape
        images = [image[None].to(self._device) for image in self._stored(positions)]
        return torch.cat([_resized(image, height=height, width=width) for image in images])

    def windows(self, positions: Tensor, generator: torch.Generator, *, shape: tuple[int, int] | None = None) -> Tensor:
        """A window at a random place of each image at positions (B,), at native resolution: uint8 (B, C, h, w).

        Where all images have the window's shape it is the image, and nothing is drawn. Along an axis in which an image
        is smaller it is continued by mirroring.

        Args:
            shape: (h, w), by default `window_shape`.
        """
        shape = shape or self.window_shape
        if self._are_all(shape):
            return self._stacked(positions)
        places = torch.rand(len(positions), 2, generator=generator).tolist()
        stored = zip(self._stored(positions), places, strict=True)
        return torch.stack([cut_window(image, shape, at=at) for image, at in stored]).to(self._device)

    def sample(self, count: int, generator: torch.Generator) -> Tensor:
        """Positions of at most `count` images, drawn without replacement, in rising order."""
        return torch.randperm(len(self), generator=generator)[:count].sort().values

    def standardiser(self) -> Standardiser:
        """Mean and deviation of each channel, measured on at most 2,000 images, always the same ones."""
        positions = self.sample(STATISTICS_IMAGES, torch.Generator().manual_seed(0))
        total = torch.zeros(2, self.channels, dtype=torch.float64, device=self._device)
        for part in positions.split(LOADED_AT_ONCE):
            for image in self._stored(part):
                values = image.to(self._device).flatten(1).double()  # (C, pixels); sums of whole numbers are exact
                total += torch.stack([values.sum(1), values.square().sum(1)])
        mean, square = total.cpu() / int(self.shapes[positions.numpy()].prod(1).sum())
        deviation = (square - mean.square()).clamp(min=0).sqrt().clamp(min=1.0)  # an all-black pool divides by 1
        return Standardiser(tuple(mean.tolist()), tuple(deviation.tolist()))

    def _load(self) -> Tensor:
        """All images in one tensor, one after the other."""
        every = np.empty(self._ends[-1], np.uint8)
        end = 0
        for start in range(0, len(self), LOADED_AT_ONCE):
            for image in self._store.gather(self.hashes[start : start + LOADED_AT_ONCE]):
                every[end : end + image.size] = image.reshape(-1)
                end += image.size
        return torch.from_numpy(every).to(self._device)

    def _are_all(self, shape: tuple[int, int]) -> bool:
        return bool((self.shapes == shape).all())

    def _stored(self, positions: Tensor) -> list[Tensor]:
        """Images (C, H, W) where they lie: views of the resident ones, or copies in main memory."""
        chosen = positions.tolist()
        if self._resident is None:
            return [torch.from_numpy(image) for image in self._store.gather([self.hashes[i] for i in chosen])]
        images = []
        for i in chosen:
            (height, width), end = self.shapes[i].tolist(), int(self._ends[i])
            flat = self._resident[end - self.channels * height * width : end]
            images.append(flat.view(self.channels, height, width))
        return images

    def _stacked(self, positions: Tensor) -> Tensor:
        """Images of one shape at positions (B,) -> uint8 (B, C, H, W) on the device."""
        images = torch.stack(self._stored(positions))
        if self._device.type == "cuda" and not images.is_cuda:
            images = images.pin_memory()
        return images.to(self._device, non_blocking=True)


def _resident_limit(device: torch.device) -> int:
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        return int(RESIDENT_SHARE * free)
    return RESIDENT_BYTES


def _resized(images: Tensor, *, height: int, width: int) -> Tensor:
    """uint8 -> uint8, rounded."""
    if images.shape[-2:] == (height, width):
        return images
    return resize_batch(images.float(), height=height, width=width).round().clamp(0, 255).to(torch.uint8)


def resize_batch(images: Tensor, *, height: int, width: int) -> Tensor:
    """Antialiased bilinear resize of (B, C, H, W); no-op when equal."""
    if images.shape[-2:] == (height, width):
        return images
    return F.interpolate(images, (height, width), mode="bilinear", antialias=True, align_corners=False)
