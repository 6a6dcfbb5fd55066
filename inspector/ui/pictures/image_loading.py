"""Pixels for the screen, read in other threads than the window's, from the decoded cache or else from the file."""

from __future__ import annotations

import threading
import time
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

if TYPE_CHECKING:
    import numpy as np

    from inspector.project import ImageRecord, Project
    from models.images.cache import ImageCache
    from models.images.settings import ImageSettings

LOOK_AGAIN_S = 2.0  # how often a cache that lacks an image is asked whether a job has decoded it meanwhile


class ThumbnailSource:
    """Makes thumbnails of one project's images, as the project sees them. May be shared by threads."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._lock = threading.Lock()
        self._cache: ImageCache | None = None
        self._looked_at_s = 0.0

    def thumbnail(self, record: ImageRecord, size_px: int) -> QImage:
        """The image with a longer side of `size_px` and the shape of its file.

        Raises:
            KnownError: the file is gone, changed or can't be read.
        """
        import numpy as np

        from models.images.reading import resize

        pixels = self._decoded(record.content_hash)
        if pixels is None:
            pixels = self._read(record)
        pixels = self._without_margin(pixels, record)
        interleaved = np.ascontiguousarray(pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0))
        height, width = fitted(height=record.height, width=record.width, size_px=size_px)
        image = to_qimage(resize(interleaved, height=height, width=width))
        return image.convertToFormat(QImage.Format.Format_RGB32)  # what a pixmap takes without work of its own

    def close(self) -> None:
        """Let go of the cache's files."""
        with self._lock:
            if self._cache is not None:
                self._cache.close()

    @cached_property
    def _settings(self) -> ImageSettings:
        """Read once: it looks at every image of the project. Whoever changes the images makes another source."""
        return self._project.image_settings

    def _decoded(self, content_hash: str) -> np.ndarray | None:
        """(C, H, W) as learning sees it; None if no job has decoded the image yet."""
        with self._lock:  # a cache belongs to one thread at a time
            cache = self._cache or self._open()
            now_s = time.monotonic()
            if content_hash not in cache and now_s - self._looked_at_s < LOOK_AGAIN_S:
                return None
            try:
                return cache.image(content_hash)
            except KeyError:
                self._looked_at_s = now_s
                return None

    def _open(self) -> ImageCache:
        from models.images.cache import ImageCache

        self._cache = ImageCache(self._project.cache_folder, self._settings)
        return self._cache

    def _without_margin(self, pixels: np.ndarray, record: ImageRecord) -> np.ndarray:
        """(C, H, W) less what was added to an image that is too narrow to learn from."""
        from models.images.shapes import shape_within

        max_area = self._settings.max_area
        height, width = shape_within(height=record.height, width=record.width, max_area=max_area)
        return pixels[:, :height, :width]

    def _read(self, record: ImageRecord) -> np.ndarray:
        """(C, H, W) as learning sees it, from the first of the image's files that still holds it."""
        from models.images.reading import ImageError, content_hash, prepare, read_bytes

        data = read_bytes(self._project.image_path(record.id))
        if content_hash(data) != record.content_hash:
            raise ImageError("has changed since the import")
        return prepare(data, self._settings)


def fitted(*, height: int, width: int, size_px: int) -> tuple[int, int]:
    """(height, width) scaled so that the longer side is `size_px`, each side at least 1 px."""
    scale = size_px / max(height, width, 1)
    return max(1, round(height * scale)), max(1, round(width * scale))


def to_qimage(pixels: np.ndarray) -> QImage:
    """(H, W) grey or (H, W, 3) RGB uint8 -> an image that owns its memory."""
    import numpy as np

    height, width = pixels.shape[:2]
    kind = QImage.Format.Format_Grayscale8 if pixels.ndim == 2 else QImage.Format.Format_RGB888
    contiguous = np.ascontiguousarray(pixels)
    return QImage(contiguous.data, width, height, contiguous.strides[0], kind).copy()
