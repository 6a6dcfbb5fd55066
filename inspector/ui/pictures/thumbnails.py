"""Small pictures of a project's images, made in the background; no source file is read in the window's thread."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QObject, Qt, QThread, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPixmap

from inspector.project import Change
from inspector.ui import icons
from inspector.ui.pictures.image_loading import ThumbnailSource
from inspector.ui.pictures.thumbnail_making import Exchange, Key, Maker, Request
from inspector.ui.state.session import Session
from inspector.ui.theme import theme

THREADS = 2
MEMORY_BYTES = 64 << 20
ERROR_MARK_PX = 20


class Thumbnails(QObject):
    """Hands out thumbnails of the session's images. `ready` carries the id of an image whose thumbnail is there now."""

    ready = Signal(int)
    _woken = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._source = ThumbnailSource(session.project)
        self._kept = PixmapStore(MEMORY_BYTES)
        self._failed: set[int] = set()
        self._error_tiles: dict[int, QPixmap] = {}
        self._exchange = Exchange(self._woken.emit)
        self._makers: list[Maker] = []
        self._woken.connect(self._on_woken, Qt.ConnectionType.QueuedConnection)
        session.changed.connect(self._on_session_changed)
        theme.changed.connect(self._error_tiles.clear)

    @property
    def is_busy(self) -> bool:
        """Whether thumbnails are on their way."""
        return self._exchange.is_busy

    def pixmap(self, image_id: int, size_px: int) -> QPixmap | None:
        """The image, its longer side `size_px` (times the screen's density); None while it is on its way.

        While one of this size is made there may come one of another size, to be drawn scaled. For an image that can't
        be read it is a tile with an error mark.
        """
        key = (image_id, round(size_px * _density()))
        if image_id in self._failed:
            return self._error_tile(key[1])
        found = self._kept.get(key)
        if found is not None:
            return found
        if image_id in self._session.row_of:
            self._exchange.ask(Request(key, self._session.image(image_id), self._source))
            self._start()
        return self._kept.of_any_size(image_id)

    def has_failed(self, image_id: int) -> bool:
        """Whether the image could not be read when its thumbnail was made."""
        return image_id in self._failed

    def stop(self) -> None:
        """End the threads; what is there can still be had."""
        self._exchange.close()
        for maker in self._makers:
            maker.wait()
        self._makers.clear()
        self._source.close()

    def _start(self) -> None:
        if not self._makers and not self._exchange.is_closed:
            self._makers = [Maker(self._exchange, self) for _ in range(THREADS)]
            for maker in self._makers:
                maker.start(QThread.Priority.LowPriority)

    def _on_woken(self) -> None:
        ready: dict[int, None] = {}
        for key, image in self._exchange.take():
            if image is None:
                self._failed.add(key[0])
            else:
                self._kept.put(key, QPixmap.fromImage(image))
            ready[key[0]] = None
        for image_id in ready:
            self.ready.emit(image_id)

    def _on_session_changed(self, change: Change) -> None:
        if change.images:  # a value range may have been added, a vanished file may be back
            self._source = ThumbnailSource(self._session.project)
            self._failed.clear()

    def _error_tile(self, size_px: int) -> QPixmap:
        if size_px not in self._error_tiles:
            drawn = QPixmap(size_px, size_px)
            drawn.fill(theme.colour("well"))
            with QPainter(drawn) as painter:
                at = (size_px - ERROR_MARK_PX) // 2
                painter.drawPixmap(at, at, icons.pixmap("error", size_px=ERROR_MARK_PX, token="bad"))
            self._error_tiles[size_px] = drawn
        return self._error_tiles[size_px]


class PixmapStore:
    """The thumbnails that were used last, as many as the memory allows."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._pixmaps: OrderedDict[Key, QPixmap] = OrderedDict()
        self._newest_size_px: dict[int, int] = {}
        self.byte_count = 0

    def get(self, key: Key) -> QPixmap | None:
        """A thumbnail of exactly this size."""
        found = self._pixmaps.get(key)
        if found is not None:
            self._pixmaps.move_to_end(key)
        return found

    def of_any_size(self, image_id: int) -> QPixmap | None:
        """The thumbnail of an image that was made last."""
        size_px = self._newest_size_px.get(image_id)
        return None if size_px is None else self._pixmaps.get((image_id, size_px))

    def put(self, key: Key, pixmap: QPixmap) -> None:
        """Keep a thumbnail, and let go of those that were not used for longest."""
        replaced = self._pixmaps.pop(key, None)
        self.byte_count += _byte_count(pixmap) - (0 if replaced is None else _byte_count(replaced))
        self._pixmaps[key] = pixmap
        self._newest_size_px[key[0]] = key[1]
        while self.byte_count > self._limit_bytes and len(self._pixmaps) > 1:
            (image_id, size_px), dropped = self._pixmaps.popitem(last=False)
            self.byte_count -= _byte_count(dropped)
            if self._newest_size_px.get(image_id) == size_px:
                del self._newest_size_px[image_id]


def _byte_count(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * pixmap.depth() // 8


def _density() -> float:
    application = QGuiApplication.instance()
    return application.devicePixelRatio() if isinstance(application, QGuiApplication) else 1.0
