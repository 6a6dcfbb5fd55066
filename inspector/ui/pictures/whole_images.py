"""Whole images, decoded in another thread; an answer that comes too late is dropped."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from models.errors import KnownError
from models.images.reading import decode, read_bytes, resize, to_uint8, value_range
from models.images.settings import Scaling

KEPT = 4  # images that were decoded ahead
STRETCH_PERCENTILES = (1.0, 99.0)
SAMPLED = 200_000  # pixels that decide on the stretch
SMALLEST_LEVEL_PX = 1024  # longer side from which on no smaller level is made

Key = tuple[Path, Scaling | None]


@dataclass(frozen=True, eq=False)
class LoadedImage:
    """An image ready to be drawn at any zoom.

    Attributes:
        pixels: (H, W) or (H, W, 3) uint8.
        limits: the grey levels that a stretch makes black and white; None for colour.
        levels: the pixels, and below them each level at half the size, so that drawing a huge image small is quick.
    """

    pixels: np.ndarray
    limits: tuple[int, int] | None
    levels: tuple[np.ndarray, ...]

    @classmethod
    def of(cls, pixels: np.ndarray) -> LoadedImage:
        """With the limits and levels of these pixels."""
        flat = pixels[..., 0] if pixels.ndim == 3 and pixels.shape[2] == 1 else pixels
        return cls(flat, stretch_limits(flat) if flat.ndim == 2 else None, tuple(_levels(flat)))

    def level_for(self, zoom: float) -> int:
        """The smallest level that need not be enlarged at a zoom (screen pixels an image pixel)."""
        level = 0
        while level + 1 < len(self.levels) and zoom * 2 ** (level + 1) <= 1:
            level += 1
        return level


def read_whole(path: Path, scaling: Scaling | None) -> LoadedImage:
    """A file at its own size.

    Args:
        scaling: how 16-bit and float values become 8 bits; what it has no range for is shown by this image's own.

    Raises:
        KnownError: it cannot be read.
    """
    pixels = decode(read_bytes(path)).pixels
    if pixels.dtype != np.uint8:
        limits = getattr(scaling, pixels.dtype.name, None) or value_range(pixels)
        pixels = to_uint8(pixels, Scaling(uint16=limits, float32=limits))
    return LoadedImage.of(pixels)


def stretch_limits(pixels: np.ndarray) -> tuple[int, int]:
    """Grey levels between which nearly all of an image (H, W) lies."""
    step = max(1, pixels.size // SAMPLED)
    low, high = np.percentile(pixels.reshape(-1)[::step], STRETCH_PERCENTILES)
    return int(low), int(max(high, low + 1))


def stretched(pixels: np.ndarray, limits: tuple[int, int]) -> np.ndarray:
    """Grey pixels (H, W) with the limits at 0 and 255."""
    low, high = limits
    table = np.clip((np.arange(256) - low) * (255.0 / (high - low)), 0, 255).astype(np.uint8)
    return table[pixels]


def _levels(pixels: np.ndarray) -> Iterator[np.ndarray]:
    yield pixels
    while max(pixels.shape[:2]) > SMALLEST_LEVEL_PX and min(pixels.shape[:2]) > 1:
        pixels = resize(pixels, height=pixels.shape[0] // 2, width=pixels.shape[1] // 2)
        yield pixels


class WholeImages(QObject):
    """Answers the newest `load` alone, by `loaded` (LoadedImage) or `failed` (a sentence)."""

    loaded = Signal(object)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wanted: Key | None = None
        self._kept: OrderedDict[Key, LoadedImage] = OrderedDict()
        self._under_way: dict[Key, _Reading] = {}
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(2)

    def load(self, path: Path, scaling: Scaling | None) -> None:
        """Read a file; one that is read already is answered at once."""
        self._wanted = (path, scaling)
        kept = self._kept.pop(self._wanted, None)
        if kept is not None:
            self.loaded.emit(kept)
        else:
            self._read(self._wanted)

    def preload(self, path: Path, scaling: Scaling | None) -> None:
        """Read a file that will be asked for soon."""
        if (path, scaling) not in self._kept:
            self._read((path, scaling))

    def forget(self) -> None:
        """Nothing is wanted any more."""
        self._wanted = None

    def _read(self, key: Key) -> None:
        if key in self._under_way:
            return
        reading = _Reading(key)
        reading.answers.done.connect(self._on_done)
        self._under_way[key] = reading
        self._pool.start(reading)

    def _on_done(self, key: Key, image: LoadedImage | None, reason: str) -> None:
        self._under_way.pop(key, None)
        if key == self._wanted:
            if image is None:
                self.failed.emit(reason)
            else:
                self.loaded.emit(image)
        elif image is not None:
            self._kept[key] = image
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)


class _Answers(QObject):
    done = Signal(object, object, str)


class _Reading(QRunnable):
    """One file."""

    def __init__(self, key: Key) -> None:
        super().__init__()
        self.setAutoDelete(False)
        self.answers = _Answers()
        self._key = key

    def run(self) -> None:
        path, scaling = self._key
        try:
            image, reason = read_whole(path, scaling), ""
        except (KnownError, OSError) as error:
            image, reason = None, f"{path.name} cannot be opened: {error}."
        self.answers.done.emit(self._key, image, reason)
