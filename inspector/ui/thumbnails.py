"""Small pictures of a project's images, made in the background; no source file is read in the window's thread."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QThread, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from inspector.project import Change, ImageRecord
from inspector.ui import icons
from inspector.ui.image_loading import ThumbnailSource
from inspector.ui.session import Session
from inspector.ui.theme import theme

THREADS = 2
MEMORY_BYTES = 64 << 20
MAX_WAITING = 512  # more than a large screen shows of the smallest; what scrolled away is dropped
ERROR_ICON_SHARE = 0.3  # of the tile's side

Key = tuple[int, int]  # image id, longer side in device pixels


@dataclass(frozen=True)
class _Request:
    key: Key
    record: ImageRecord
    source: ThumbnailSource


class Thumbnails(QObject):
    """Hands out thumbnails of the session's images. `ready` carries the id of an image whose thumbnail is there now."""

    ready = Signal(int)
    _woken = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._source = ThumbnailSource(session.project)
        self._made = _Pixmaps(MEMORY_BYTES)
        self._failed: set[int] = set()
        self._exchange = _Exchange(self._woken.emit)
        self._woken.connect(self._on_woken, Qt.ConnectionType.QueuedConnection)
        self._makers: list[_Maker] = []
        session.changed.connect(self._on_session_changed)
        theme.changed.connect(self._failed_icon_changed)
        self._error_icons: dict[int, QPixmap] = {}

    @property
    def is_busy(self) -> bool:
        """Whether thumbnails are on their way."""
        return self._exchange.is_busy

    def pixmap(self, image_id: int, size_px: int, *, ratio: float = 1.0) -> QPixmap | None:
        """The image with a longer side of `size_px`, times `ratio` on dense screens; None while it is on its way.

        While one of this size is made, one of another size may come, to be drawn scaled. Of an image that can't be
        read it is an error mark.
        """
        key = (image_id, round(size_px * ratio))
        if image_id in self._failed:
            return self._error_icon(key[1])
        found = self._made.get(key)
        if found is not None:
            return found
        if image_id in self._session.row_of:
            self._exchange.ask(_Request(key, self._session.image(image_id), self._source))
            self._start()
        return self._made.of_any_size(image_id)

    def is_failed(self, image_id: int) -> bool:
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
            self._makers = [_Maker(self._exchange, self) for _ in range(THREADS)]
            for maker in self._makers:
                maker.start(QThread.Priority.LowPriority)

    def _on_woken(self) -> None:
        ready = []
        for key, image in self._exchange.take():
            if image is None:
                self._failed.add(key[0])
            else:
                self._made.put(key, QPixmap.fromImage(image))
            ready.append(key[0])
        for image_id in dict.fromkeys(ready):
            self.ready.emit(image_id)

    def _on_session_changed(self, change: Change) -> None:
        if change.images:  # a value range may have been added, a vanished file may be back
            self._source = ThumbnailSource(self._session.project)
            self._failed.clear()

    def _error_icon(self, size_px: int) -> QPixmap:
        if size_px not in self._error_icons:
            drawn = QPixmap(size_px, size_px)
            drawn.fill(QColor(theme.colour("well")))
            mark_px = max(14, round(size_px * ERROR_ICON_SHARE))
            mark = icons.pixmap("error", size_px=mark_px, token="bad")
            with QPainter(drawn) as painter:
                at = (size_px - mark_px) // 2
                painter.drawPixmap(at, at, mark_px, mark_px, mark)
            self._error_icons[size_px] = drawn
        return self._error_icons[size_px]

    def _failed_icon_changed(self) -> None:
        self._error_icons.clear()


class _Pixmaps:
    """The thumbnails that were used last, as many as the memory allows."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._bytes = 0
        self._pixmaps: OrderedDict[Key, QPixmap] = OrderedDict()
        self._latest_size: dict[int, int] = {}

    def get(self, key: Key) -> QPixmap | None:
        found = self._pixmaps.get(key)
        if found is not None:
            self._pixmaps.move_to_end(key)
        return found

    def of_any_size(self, image_id: int) -> QPixmap | None:
        size_px = self._latest_size.get(image_id)
        return None if size_px is None else self._pixmaps.get((image_id, size_px))

    def put(self, key: Key, pixmap: QPixmap) -> None:
        self._bytes += _byte_count(pixmap)
        replaced = self._pixmaps.pop(key, None)
        self._bytes -= 0 if replaced is None else _byte_count(replaced)
        self._pixmaps[key] = pixmap
        self._latest_size[key[0]] = key[1]
        while self._bytes > self._limit_bytes and len(self._pixmaps) > 1:
            (image_id, size_px), dropped = self._pixmaps.popitem(last=False)
            self._bytes -= _byte_count(dropped)
            if self._latest_size.get(image_id) == size_px:
                del self._latest_size[image_id]


def _byte_count(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * pixmap.depth() // 8


class _Exchange:
    """Between the window and the makers: what is wanted, newest first, and what was made, with one wake-up for all."""

    def __init__(self, wake: object) -> None:
        self._wake = wake
        self._condition = threading.Condition()
        self._wanted: OrderedDict[Key, _Request] = OrderedDict()
        self._in_work: set[Key] = set()
        self._made: list[tuple[Key, QImage | None]] = []
        self.is_closed = False

    @property
    def is_busy(self) -> bool:
        with self._condition:
            return bool(self._wanted or self._in_work or self._made)

    def ask(self, request: _Request) -> None:
        with self._condition:
            if request.key in self._in_work:
                return
            self._wanted[request.key] = request
            self._wanted.move_to_end(request.key)
            if len(self._wanted) > MAX_WAITING:
                self._wanted.popitem(last=False)
            self._condition.notify()

    def next_request(self) -> _Request | None:
        """Waits for one; None once it is closed."""
        with self._condition:
            while not self._wanted and not self.is_closed:
                self._condition.wait()
            if self.is_closed:
                return None
            key, request = self._wanted.popitem(last=True)
            self._in_work.add(key)
            return request

    def deliver(self, key: Key, image: QImage | None) -> None:
        with self._condition:
            is_first = not self._made
            self._made.append((key, image))
        if is_first and not self.is_closed:
            self._wake()  # type: ignore[operator]

    def take(self) -> list[tuple[Key, QImage | None]]:
        with self._condition:
            taken, self._made = self._made, []
            self._in_work.difference_update(key for key, _ in taken)
            return taken

    def close(self) -> None:
        with self._condition:
            self.is_closed = True
            self._wanted.clear()
            self._condition.notify_all()


class _Maker(QThread):
    """One of the threads that make thumbnails."""

    def __init__(self, exchange: _Exchange, parent: QObject) -> None:
        super().__init__(parent)
        self._exchange = exchange

    def run(self) -> None:
        """The thread's work; not to be called."""
        while (request := self._exchange.next_request()) is not None:
            self._exchange.deliver(request.key, _made(request))


def _made(request: _Request) -> QImage | None:
    """None for whatever reason there is none: a tile that failed must not end the thread that makes all others."""
    try:
        return request.source.thumbnail(request.record, request.key[1])
    except Exception as error:
        log_failure(request, error)
        return None


def log_failure(request: _Request, error: Exception) -> None:
    """Leave the reason in the log: expected ones briefly, others with what is needed to find them."""
