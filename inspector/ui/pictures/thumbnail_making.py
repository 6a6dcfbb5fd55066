"""The threads behind the thumbnails: what is wanted, newest first, and what was made, with one wake-up for all."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QThread
from PySide6.QtGui import QImage

from inspector.project import ImageRecord
from inspector.ui.pictures.image_loading import ThumbnailSource
from models.errors import KnownError

MAX_WAITING = 512  # more than a large screen shows of the smallest; what scrolled away is dropped

Key = tuple[int, int]  # image id, longer side in device pixels

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Request:
    """A thumbnail to make."""

    key: Key
    record: ImageRecord
    source: ThumbnailSource


class Exchange:
    """Between the window and the makers. `wake` is called in a maker's thread when there is something to take."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._condition = threading.Condition()
        self._wanted: OrderedDict[Key, Request] = OrderedDict()
        self._in_work: set[Key] = set()
        self._made: list[tuple[Key, QImage | None]] = []
        self._is_closed = False

    @property
    def is_closed(self) -> bool:
        """Whether nothing is made any more."""
        return self._is_closed

    @property
    def is_busy(self) -> bool:
        """Whether something is wanted, in work, or made and not taken."""
        with self._condition:
            return bool(self._wanted or self._in_work or self._made)

    def ask(self, request: Request) -> None:
        """Put a request before all others, unless it is in work."""
        with self._condition:
            if request.key in self._in_work or self._is_closed:
                return
            self._wanted[request.key] = request
            self._wanted.move_to_end(request.key)
            if len(self._wanted) > MAX_WAITING:
                self._wanted.popitem(last=False)
            self._condition.notify()

    def next_request(self) -> Request | None:
        """The newest request, waited for; None once the exchange is closed."""
        with self._condition:
            while not self._wanted and not self._is_closed:
                self._condition.wait()
            if self._is_closed:
                return None
            key, request = self._wanted.popitem(last=True)
            self._in_work.add(key)
            return request

    def deliver(self, key: Key, image: QImage | None) -> None:
        """Hand over what was made; None if it could not be."""
        with self._condition:
            must_wake = not self._made and not self._is_closed
            self._made.append((key, image))
        if must_wake:
            self._wake()

    def take(self) -> list[tuple[Key, QImage | None]]:
        """All that was made since the last call."""
        with self._condition:
            taken, self._made = self._made, []
            self._in_work.difference_update(key for key, _ in taken)
            return taken

    def close(self) -> None:
        """Let the makers end after what they have in work."""
        with self._condition:
            self._is_closed = True
            self._wanted.clear()
            self._condition.notify_all()


class Maker(QThread):
    """One of the threads that make thumbnails; ends when the exchange is closed."""

    def __init__(self, exchange: Exchange, parent: QObject) -> None:
        super().__init__(parent)
        self._exchange = exchange

    def run(self) -> None:
        """The thread's work; not to be called."""
        while (request := self._exchange.next_request()) is not None:
            self._exchange.deliver(request.key, _made(request))


def _made(request: Request) -> QImage | None:
    """None if there is none: a tile that failed, for whatever reason, must not end the making of all others."""
    try:
        return request.source.thumbnail(request.record, request.key[1])
    except (KnownError, OSError) as error:
        log.info("no thumbnail of %s: %s", request.record.path, error)
    except Exception:
        log.exception("no thumbnail of %s", request.record.path)
    return None
