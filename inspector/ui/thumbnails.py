"""Small pictures of a project's images: made in other threads, the newest wish first, kept within a bound of memory."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage, QPainter, QPixmap

from inspector.project import ImageRecord
from inspector.ui.icons import pixmap as icon_pixmap
from inspector.ui.image_loading import ThumbnailSource
from inspector.ui.session import Session
from inspector.ui.theme import theme
from models.errors import KnownError

SIDES_PX = (64, 128, 256, 512)  # made at the next larger of these
KEPT_BYTES = 64 << 20
WAITING = 600  # wishes; older ones belong to tiles that have scrolled away
THREADS = 2
MARK_PX = 20

Wish = tuple[int, int]  # image id, side in device pixels


class Thumbnails(QObject):
    """`ready` carries the id of an image whose pixmap can be had now."""

    ready = Signal(int)
    _woken = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._kept: OrderedDict[Wish, QPixmap] = OrderedDict()
        self._bytes = 0
        self._failed: set[int] = set()
        self._loader = _Loader(lambda: ThumbnailSource(session.project), self._woken.emit)
        self._woken.connect(self._on_woken, Qt.ConnectionType.QueuedConnection)
        theme.changed.connect(self._forget_failed)

    @property
    def is_busy(self) -> bool:
        """Whether pictures are on their way."""
        return self._loader.is_busy

    def pixmap(self, image_id: int, size_px: int) -> QPixmap | None:
        """A picture with a side of at least `size_px`; None while it is on its way, a mark if it cannot be read."""
        ratio = QGuiApplication.instance().devicePixelRatio()  # type: ignore[union-attr]
        wish = (image_id, _side(round(size_px * ratio)))
        kept = self._kept.get(wish)
        if kept is not None:
            self._kept.move_to_end(wish)
            return kept
        if image_id in self._failed:
            return self._keep(wish, _mark(wish[1]))
        row = self._session.row_of.get(image_id)
        if row is not None:
            self._loader.ask(wish, self._session.images[row])
        return None

    def has_failed(self, image_id: int) -> bool:
        """Whether the image could not be read."""
        return image_id in self._failed

    def retry(self) -> None:
        """Forget which images could not be read: their drive may be back."""
        self._forget_failed()
        self._failed.clear()

    def stop(self) -> None:
        """End the threads."""
        self._loader.stop()

    def _on_woken(self) -> None:
        for wish, image in self._loader.take():
            if image is None:
                self._failed.add(wish[0])
            else:
                self._keep(wish, QPixmap.fromImage(image))
            self.ready.emit(wish[0])

    def _keep(self, wish: Wish, picture: QPixmap) -> QPixmap:
        self._kept[wish] = picture
        self._bytes += _bytes_of(picture)
        while self._bytes > KEPT_BYTES and len(self._kept) > 1:
            _, dropped = self._kept.popitem(last=False)
            self._bytes -= _bytes_of(dropped)
        return picture

    def _forget_failed(self) -> None:
        for wish in [wish for wish in self._kept if wish[0] in self._failed]:
            self._bytes -= _bytes_of(self._kept.pop(wish))


class _Loader:
    """Threads that take the newest wish. Results wait until they are taken, with one wake-up for all."""

    def __init__(self, make_source: Callable[[], ThumbnailSource], wake: Callable[[], None]) -> None:
        self._make_source, self._wake = make_source, wake
        self._changed = threading.Condition()
        self._wishes: OrderedDict[Wish, ImageRecord] = OrderedDict()
        self._made: deque[tuple[Wish, QImage | None]] = deque()
        self._working: set[Wish] = set()
        self._is_over = False
        self._threads: list[threading.Thread] = []

    @property
    def is_busy(self) -> bool:
        with self._changed:
            return bool(self._wishes or self._working or self._made)

    def ask(self, wish: Wish, image: ImageRecord) -> None:
        with self._changed:
            if wish in self._working or self._is_over:
                return
            self._wishes[wish] = image
            self._wishes.move_to_end(wish)
            if len(self._wishes) > WAITING:
                self._wishes.popitem(last=False)
            if not self._threads:
                self._threads = [threading.Thread(target=self._work, name=f"thumbnails-{i}") for i in range(THREADS)]
                for thread in self._threads:
                    thread.start()
            self._changed.notify()

    def take(self) -> list[tuple[Wish, QImage | None]]:
        with self._changed:
            made = list(self._made)
            self._made.clear()
            self._working.difference_update(wish for wish, _ in made)
        return made

    def stop(self) -> None:
        with self._changed:
            self._is_over = True
            self._wishes.clear()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        source = self._make_source()
        try:
            while (todo := self._next()) is not None:
                wish, image = todo
                self._deliver(wish, _read(source, image, wish[1]))
        finally:
            source.close()

    def _next(self) -> tuple[Wish, ImageRecord] | None:
        with self._changed:
            while not self._wishes and not self._is_over:
                self._changed.wait()
            if self._is_over:
                return None
            wish, image = self._wishes.popitem(last=True)
            self._working.add(wish)
            return wish, image

    def _deliver(self, wish: Wish, image: QImage | None) -> None:
        with self._changed:
            must_wake = not self._made
            self._made.append((wish, image))
            if self._is_over:
                return
        if must_wake:
            self._wake()


def _read(source: ThumbnailSource, image: ImageRecord, side_px: int) -> QImage | None:
    try:
        return source.read(image, side_px=side_px)
    except (KnownError, OSError):
        return None


def _side(size_px: int) -> int:
    return next((side for side in SIDES_PX if side >= size_px), SIDES_PX[-1])


def _bytes_of(picture: QPixmap) -> int:
    return picture.width() * picture.height() * 4


def _mark(side_px: int) -> QPixmap:
    """What stands for an image that cannot be read."""
    made = QPixmap(QSize(side_px, side_px))
    made.fill(theme.colour("well"))
    with QPainter(made) as painter:
        mark = icon_pixmap("error", size_px=MARK_PX, token="bad")
        painter.drawPixmap((side_px - MARK_PX) // 2, (side_px - MARK_PX) // 2, mark)
    return made
