"""Reading images away from the window's thread: thumbnails, and whole images in the newest-first order a viewer wants.

Knows no widget. Everything here is called in worker threads, but for `LatestImage.load` and its signals.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QThreadPool, Signal
from PySide6.QtGui import QImage

from inspector.project import ImageRecord, Project
from models.errors import KnownError

if TYPE_CHECKING:
    import numpy as np

    from models.image_cache import ImageCache

READING_THREADS = 2

log = logging.getLogger(__name__)


class ThumbnailSource:
    """Makes thumbnails of one project's images: from its decoded images where they are there, else from the file.

    May be shared by threads.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._lock = threading.Lock()
        self._cache: ImageCache | None = None

    def thumbnail(self, record: ImageRecord, size_px: int) -> QImage:
        """The image as the project sees it, its longer side `size_px`, its shape that of the file.

        Raises:
            KnownError: the file is gone, changed or can't be read.
        """
        height, width = fitted(height=record.height, width=record.width, size_px=size_px)
        pixels = self._decoded(record)
        if pixels is None:
            pixels = self._read(record, height, width)
        return to_qimage(_resized(pixels, height, width))

    def close(self) -> None:
        """Let go of the cache's files."""
        with self._lock:
            if self._cache is not None:
                self._cache.close()
                self._cache = None

    def _decoded(self, record: ImageRecord) -> np.ndarray | None:
        """(H, W[, 3]) at the working size; None if the image was not decoded yet."""
        from models.image_cache import ImageCache

        with self._lock:  # a cache belongs to one thread at a time
            if self._cache is None:
                settings = self._project.image_settings
                self._cache = ImageCache(
                    self._project.cache_folder,
                    channels=settings.channels,
                    height=settings.height,
                    width=settings.width,
                    scaling=settings.scaling,
                )
            try:
                return _channels_last(self._cache.gather([record.content_hash])[0])
            except KeyError:
                return None

    def _read(self, record: ImageRecord, height: int, width: int) -> np.ndarray:
        from models.images import ImageError, content_hash, prepare, read_bytes

        settings = self._project.image_settings
        data = read_bytes(self._project.image_path(record.id))
        if content_hash(data) != record.content_hash:
            raise ImageError("has changed since the import")
        return _channels_last(
            prepare(
                data,
                channels=settings.channels,
                height=height,
                width=width,
                scaling=settings.scaling,
                max_pixels=settings.max_pixels,
            )
        )


class LatestImage(QObject):
    """Does one thing at a time in the background for a viewer: an answer to anything but the newest request is dropped.

    `ready` carries what the newest request returned, `failed` the sentence of a KnownError that it raised.
    """

    ready = Signal(object)
    failed = Signal(str)
    _answered = Signal(int, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._newest = 0
        self._answered.connect(self._on_answered, Qt.ConnectionType.QueuedConnection)

    def load(self, read: Callable[[], Any]) -> None:
        """Call `read` in a background thread, in place of whatever was asked before."""
        self._newest += 1
        number = self._newest

        def work() -> None:
            if number != self._newest:
                return
            result, error = None, None
            try:
                result = read()
            except Exception as raised:
                error = raised
            with suppress(RuntimeError):  # the viewer is gone by now
                self._answered.emit(number, result, error)

        _reading_pool().start(work)

    def forget(self) -> None:
        """Drop the answer to what was asked."""
        self._newest += 1

    def _on_answered(self, number: int, result: object, error: Exception | None) -> None:
        if number != self._newest:
            return
        if error is None:
            self.ready.emit(result)
        elif isinstance(error, KnownError):
            self.failed.emit(str(error))
        else:
            raise error


def read_image(path: Path, *, max_pixels: int | None = None) -> np.ndarray:
    """The pixels of a file as it holds them: (H, W) or (H, W, 3), uint8, uint16 or float32.

    Raises:
        KnownError: the file can't be read; the sentence names it.
    """
    from models.images import DEFAULT_MAX_PIXELS, ImageError, decode, read_bytes

    try:
        return decode(read_bytes(path), max_pixels=max_pixels or DEFAULT_MAX_PIXELS).pixels
    except ImageError as error:
        raise KnownError(f"{path.name} cannot be opened: {error}.") from error


def fitted(*, height: int, width: int, size_px: int) -> tuple[int, int]:
    """(height, width) scaled so that the longer side is `size_px`, each side at least 1 px."""
    scale = size_px / max(height, width, 1)
    return max(1, round(height * scale)), max(1, round(width * scale))


def to_qimage(pixels: np.ndarray) -> QImage:
    """(H, W) grey or (H, W, 3) RGB uint8 -> an image in the format that the screen takes fastest, with its own data."""
    import numpy as np

    height, width = pixels.shape[:2]
    kind = QImage.Format.Format_Grayscale8 if pixels.ndim == 2 else QImage.Format.Format_RGB888
    contiguous = np.ascontiguousarray(pixels)
    image = QImage(contiguous.data, width, height, contiguous.strides[0], kind)
    return image.convertToFormat(QImage.Format.Format_RGB32)  # a copy: the array goes


def _reading_pool() -> QThreadPool:
    pool = QThreadPool.globalInstance()
    pool.setMaxThreadCount(max(pool.maxThreadCount(), READING_THREADS))
    return pool


def _channels_last(pixels: np.ndarray) -> np.ndarray:
    """(1, H, W) -> (H, W), (3, H, W) -> (H, W, 3)."""
    return pixels[0] if pixels.shape[0] == 1 else pixels.transpose(1, 2, 0)


def _resized(pixels: np.ndarray, height: int, width: int) -> np.ndarray:
    import numpy as np

    from models.images import resize

    return resize(np.ascontiguousarray(pixels), height=height, width=width)
