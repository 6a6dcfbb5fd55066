"""Thumbnails of files that belong to no project: made by path in the background, the newest request first."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from pathlib import Path

import cv2
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication, QImage, QPixmap

from inspector.ui.pictures.image_loading import to_qimage
from inspector.ui.pictures.whole_images import read_whole
from models.errors import KnownError
from models.images.reading import resize
from models.images.settings import Scaling

REMEMBERED_BYTES = 48 << 20
WAITING = 256  # requests; those that scrolled away long ago are dropped
THREADS = 2

Key = tuple[Path, int, Scaling | None]


class PathThumbnails(QObject):
    """Asks for pixmaps get None at first; `arrived` says that some are there now.

    Threads run from the first request on until `stop`, which whoever hides the pictures calls.
    """

    arrived = Signal()
    _made = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pixmaps: OrderedDict[Key, QPixmap | None] = OrderedDict()
        self._bytes = 0
        self._changed = threading.Condition()
        self._wanted: deque[Key] = deque()
        self._asked: set[Key] = set()
        self._done: list[tuple[Key, QImage | None]] = []
        self._threads: list[threading.Thread] = []
        self._is_over = False
        self._made.connect(self._on_made)

    @property
    def is_busy(self) -> bool:
        """Whether some are on their way."""
        return bool(self._asked)

    def pixmap(self, path: Path, size_px: int, *, scaling: Scaling | None) -> QPixmap | None:
        """The picture within a square of `size_px`, its aspect kept; None if it is on its way or can't be made.

        `scaling` is as `whole_images.read_whole` takes it.
        """
        key = (path, size_px, scaling)
        if key in self._pixmaps:
            self._pixmaps.move_to_end(key)
            return self._pixmaps[key]
        if key not in self._asked:
            self._ask(key)
        return None

    def stop(self) -> None:
        """Drop all requests and wait for the threads; a later request starts them again."""
        with self._changed:
            self._is_over = True
            self._wanted.clear()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        self._on_made()
        self._asked.clear()

    def _ask(self, key: Key) -> None:
        self._asked.add(key)
        with self._changed:
            self._is_over = False
            self._wanted.append(key)
            if len(self._wanted) > WAITING:
                self._asked.discard(self._wanted.popleft())
            self._changed.notify()
        if not self._threads:
            ratio = QGuiApplication.instance().devicePixelRatio()  # type: ignore[union-attr]
            self._threads = [
                threading.Thread(target=self._work, args=(ratio,), name="pictures") for _ in range(THREADS)
            ]
            for thread in self._threads:
                thread.start()

    def _work(self, ratio: float) -> None:
        cv2.setNumThreads(1)
        while (key := self._next()) is not None:
            path, size_px, scaling = key
            image = thumbnail(path, size_px=round(size_px * ratio), scaling=scaling)
            if image is not None:
                image.setDevicePixelRatio(ratio)
            with self._changed:
                self._done.append((key, image))
                is_first = len(self._done) == 1
            if is_first:
                self._made.emit()

    def _next(self) -> Key | None:
        """The newest request; None once nothing is wanted any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._wanted or self._is_over)
            return None if self._is_over else self._wanted.pop()

    def _on_made(self) -> None:
        with self._changed:
            done, self._done = self._done, []
        for key, image in done:
            self._asked.discard(key)
            self._pixmaps[key] = None if image is None else QPixmap.fromImage(image)
            self._bytes += 0 if image is None else image.sizeInBytes()
        while self._bytes > REMEMBERED_BYTES:
            _, dropped = self._pixmaps.popitem(last=False)
            self._bytes -= 0 if dropped is None else dropped.width() * dropped.height() * dropped.depth() // 8
        if done:
            self.arrived.emit()


def thumbnail(path: Path, *, size_px: int, scaling: Scaling | None) -> QImage | None:
    """A picture within a square, None where the file can't be read."""
    try:
        pixels = read_whole(path, scaling).pixels
    except (KnownError, OSError):
        return None
    height, width = pixels.shape[:2]
    scale = size_px / max(height, width)
    return to_qimage(resize(pixels, height=max(1, round(height * scale)), width=max(1, round(width * scale))))
