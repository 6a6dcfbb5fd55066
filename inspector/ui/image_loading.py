"""Pixels for the screen, read in other threads than the window's: thumbnails from the decoded cache, whole images."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QImage

from models.errors import KnownError
from models.images import ImageError, prepare, read_bytes

if TYPE_CHECKING:
    from inspector.project import ImageRecord, Project
    from models.image_cache import ImageCache

LOOK_AGAIN_S = 2.0  # how often a cache that lacks an image is asked whether a job has decoded it meanwhile


class ThumbnailSource:
    """Reads one image after another for one thread. The decoded cache is asked first, then the file itself."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._cache: ImageCache | None = None
        self._looked_at = float("-inf")

    def read(self, image: ImageRecord, *, side_px: int) -> QImage:
        """The image, its longer side `side_px`.

        Raises:
            KnownError: it cannot be read.
        """
        pixels = self._cached(image.content_hash)
        return to_qimage(fitted(self._decoded(image) if pixels is None else pixels, image, side_px))

    def close(self) -> None:
        """Close the cache's files."""
        if self._cache is not None:
            self._cache.close()

    def _cached(self, content_hash: str) -> np.ndarray | None:
        if self._cache is None or (
            content_hash not in self._cache and time.monotonic() - self._looked_at > LOOK_AGAIN_S
        ):
            self._open()
        if self._cache is None or content_hash not in self._cache:
            return None
        try:
            return self._cache.gather([content_hash])[0]
        except KeyError:  # the cache was emptied meanwhile
            return None

    def _open(self) -> None:
        from models.image_cache import ImageCache

        self.close()
        settings = self._project.image_settings
        self._cache = ImageCache(
            self._project.cache_folder,
            channels=settings.channels,
            height=settings.height,
            width=settings.width,
            scaling=settings.scaling,
        )
        self._looked_at = time.monotonic()

    def _decoded(self, image: ImageRecord) -> np.ndarray:
        settings = self._project.image_settings
        try:
            data = read_bytes(image.path)
        except ImageError:
            data = read_bytes(self._project.image_path(image.id))  # another path of the same image
        return prepare(
            data,
            channels=settings.channels,
            height=settings.height,
            width=settings.width,
            scaling=settings.scaling,
            max_pixels=settings.max_pixels,
        )


def fitted(pixels: np.ndarray, image: ImageRecord, side_px: int) -> np.ndarray:
    """Pixels (C, H, W) of the working size -> (h, w, C) with the image's own aspect, its longer side `side_px`."""
    import cv2

    scale = side_px / max(image.width, image.height)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    resized = cv2.resize(pixels.transpose(1, 2, 0), size, interpolation=cv2.INTER_AREA)
    return resized.reshape(size[1], size[0], pixels.shape[0])


def to_qimage(pixels: np.ndarray) -> QImage:
    """Pixels (H, W), (H, W, 1) or (H, W, 3) uint8 -> an image that owns its memory.

    Raises:
        KnownError: of another shape or type.
    """
    if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3) or (pixels.ndim == 3 and pixels.shape[2] not in (1, 3)):
        raise KnownError(f"Pixels of shape {pixels.shape} and type {pixels.dtype} cannot be shown.")
    is_colour = pixels.ndim == 3 and pixels.shape[2] == 3
    height, width = pixels.shape[:2]
    flat = np.ascontiguousarray(pixels if is_colour else pixels.reshape(height, width))
    kind = QImage.Format.Format_RGB888 if is_colour else QImage.Format.Format_Grayscale8
    return QImage(flat.data, width, height, flat.strides[0], kind).copy()
