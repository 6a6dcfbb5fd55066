"""From folders of image files to the uint8 pixels that everything else reads.

`walk` finds the files, `read_bytes` reads one, `prepare` turns its bytes into an array with the project's channels.
Import, cache and batch classification all go through `prepare`, so that they see the same pixels.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from models.errors import KnownError
from models.images.decoding import DEFAULT_MAX_PIXELS, Decoded, ImageError, decode, to_grey
from models.images.settings import ImageSettings, Scaling
from models.images.shapes import MIN_SIDE, shape_within
from models.storage.system_path import system_path
from models.system.free_memory import memory_for_one_image

__all__ = [
    "DEFAULT_MAX_PIXELS",
    "IMAGE_SUFFIXES",
    "Decoded",
    "ImageError",
    "content_hash",
    "decode",
    "padded",
    "prepare",
    "read_bytes",
    "resize",
    "to_grey",
    "to_uint8",
    "value_range",
    "walk",
]

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp"})
MAX_FILE_BYTES = 4 * 2**30  # a file is read whole; 200 megapixels of four 32-bit channels fit
_RANGE_PERCENTILES = (0.1, 99.9)  # dead and glaring pixels shall not decide
_SCALED_AT_ONCE = 2**20  # values; all of a very large image as float32 would take several times its own memory
_RANGE_SAMPLE = 200_000  # pixels; enough for a 0.1 percentile that is steady to a grey level


def walk(folder: Path) -> Iterator[Path]:
    """All paths below `folder` that are named like an image, in sorted order, each as `folder / ...`.

    Nothing is opened and nothing is left out, hidden names included: whatever is no regular file is for `read_bytes` to
    refuse with its reason. Links to folders are followed, each folder is entered once, under its own name if it lies
    below `folder`. A sub-folder that can't be listed is itself yielded, so that it is reported among the unreadable.

    Raises:
        KnownError: `folder` is missing, is no folder or can't be listed.
    """
    folder = Path(folder)
    root = os.path.realpath(folder)
    try:
        pending = _listed(folder)
    except FileNotFoundError:
        raise KnownError(f"{folder}: there is no such folder") from None
    except NotADirectoryError:
        raise KnownError(f"{folder} is a file, not a folder; name the folder that holds the images") from None
    except OSError as error:
        raise KnownError(f"{folder} can't be listed: {error.strerror}") from None
    entered = {root}
    while pending:
        path, is_folder = pending.pop()
        is_named_like_image = path.suffix.lower() in IMAGE_SUFFIXES
        if is_named_like_image:
            yield path
        if not is_folder or not _is_new_folder(path, root, entered):
            continue
        try:
            pending += _listed(path)
        except OSError:
            if not is_named_like_image:
                yield path


def read_bytes(path: Path) -> bytes:
    """All bytes of a regular file, and of nothing else: opening a pipe or a device could wait for ever.

    Raises:
        ImageError: with the reason, such as 'is a folder' or 'permission denied'.
    """
    name = system_path(path)
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        _check_regular(name.stat(), name)
        with memory_for_one_image(), os.fdopen(os.open(name, flags), "rb") as file:
            _check_regular(os.fstat(file.fileno()), name)  # it may have been replaced since
            return file.read()
    except FileNotFoundError:
        raise ImageError("is gone") from None
    except OSError as error:
        raise ImageError((error.strerror or "can't be read").lower()) from error


def content_hash(data: bytes) -> str:
    """SHA-256 in hexadecimal: what an image is known by, wherever it lies."""
    return hashlib.sha256(data).hexdigest()


def value_range(pixels: np.ndarray) -> tuple[float, float]:
    """Robust range of one image's values, for the project to merge over its first import."""
    values = pixels.reshape(-1)
    step = values.size // _RANGE_SAMPLE | 1  # odd, so that an even width does not leave out whole columns
    low, high = np.percentile(values[::step], _RANGE_PERCENTILES)
    return float(low), float(high)


def to_uint8(pixels: np.ndarray, scaling: Scaling) -> np.ndarray:
    """Map uint16 and float32 pixels linearly to 0..255, clipped; uint8 pixels come back as they are.

    Raises:
        ValueError: `scaling` has no range for this type of pixels.
    """
    if pixels.dtype == np.uint8:
        return pixels
    limits = getattr(scaling, pixels.dtype.name, None)
    if limits is None:
        raise ValueError(f"no value range for {pixels.dtype.name} pixels")
    low, high = limits
    scale = np.float32(255 / ((high - low) or 1))
    levels = np.empty(pixels.shape, np.uint8)
    values, scaled = pixels.reshape(-1), levels.reshape(-1)
    for start in range(0, values.size, _SCALED_AT_ONCE):
        block = (values[start : start + _SCALED_AT_ONCE].astype(np.float32) - np.float32(low)) * scale
        scaled[start : start + _SCALED_AT_ONCE] = np.clip(np.rint(block), 0, 255)
    return levels


def resize(pixels: np.ndarray, *, height: int, width: int) -> np.ndarray:
    """(H, W[, 3]) -> (height, width[, 3]): averaged where it shrinks, so that fine texture does not alias."""
    if pixels.shape[:2] == (height, width):
        return pixels
    shrinks = height <= pixels.shape[0] and width <= pixels.shape[1]
    return cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)


def padded(pixels: np.ndarray) -> np.ndarray:
    """(H, W[, 3]) continued by mirroring, at the bottom and at the right, so that no side is below `MIN_SIDE`."""
    below, beside = (max(0, MIN_SIDE - side) for side in pixels.shape[:2])
    if not below and not beside:
        return pixels
    return cv2.copyMakeBorder(pixels, 0, below, 0, beside, cv2.BORDER_REFLECT_101)  # a single line is repeated


def prepare(data: bytes, settings: ImageSettings) -> np.ndarray:
    """The bytes of an image file -> (channels, height, width) uint8, C-contiguous.

    Height and width are the file's own, but scaled down to `max_area` px and padded where a side is below `MIN_SIDE`.

    Raises:
        ImageError: the file can't be used, is of a depth that the project has no value range for, or needs more
            memory than is free.
    """
    with memory_for_one_image():
        return _prepared(decode(data, max_pixels=settings.max_pixels), settings)


def _prepared(decoded: Decoded, settings: ImageSettings) -> np.ndarray:
    try:
        pixels = to_uint8(decoded.pixels, settings.scaling)
    except ValueError:
        raise ImageError(f"has {decoded.depth} pixels, for which no value range was found at the import") from None
    if settings.channels == 1:
        pixels = to_grey(pixels)
    height, width = shape_within(height=pixels.shape[0], width=pixels.shape[1], max_area=settings.max_area)
    pixels = padded(resize(pixels, height=height, width=width))
    if settings.channels == 1:
        return np.ascontiguousarray(pixels[None])
    if pixels.ndim == 2:
        return np.repeat(pixels[None], 3, axis=0)
    return np.ascontiguousarray(pixels.transpose(2, 0, 1))


def _listed(folder: Path) -> list[tuple[Path, bool]]:
    """What lies in `folder` and whether each is a folder; last name first, as a stack wants it."""
    with os.scandir(system_path(folder)) as entries:
        ordered = sorted(entries, key=lambda entry: entry.name, reverse=True)
    return [(folder / entry.name, _is_folder(entry)) for entry in ordered]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except PermissionError:  # it is tried then, fails, and is reported
        return True
    except OSError:  # a link to itself, for one
        return False


def _is_new_folder(path: Path, root: str, entered: set[str]) -> bool:
    """Whether to enter `path`: not when it was, nor when it is a link to what lies below `root` under its own name."""
    real = os.path.realpath(path)
    is_link = real != str(Path(os.path.realpath(path.parent), path.name))
    if real in entered or (is_link and Path(real).is_relative_to(root)):
        return False
    entered.add(real)
    return True


def _check_regular(status: os.stat_result, name: Path) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise ImageError("is a folder" if os.access(name, os.R_OK | os.X_OK) else "is a folder that can't be listed")
    if not stat.S_ISREG(status.st_mode):
        raise ImageError("is no regular file")
    if status.st_size > MAX_FILE_BYTES:
        raise ImageError(f"is over the limit of {MAX_FILE_BYTES / 2**30:g} GB a file")
