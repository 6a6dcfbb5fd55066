"""One generator in a thread of its own, beside the job queue: for what a page needs while a job runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from inspector.ui.background.worker import Ended, Worker

EVENTS_AT_ONCE = 2  # taken before the window may draw again


class BackgroundRead(QObject):
    """Reads one thing at a time; beginning another drops the rest of the one before.

    Signals: `arrived` for every event, then `ended` with its Ended, unless it was stopped.
    """

    arrived = Signal(object)
    ended = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker: Worker | None = None

    @property
    def is_busy(self) -> bool:
        """Whether something is being read."""
        return self._worker is not None

    def start(self, events: Callable[[], Iterator[Any]]) -> None:
        """Begin to read."""
        self.stop()
        self._worker = Worker(events, self)
        self._worker.woken.connect(self._on_woken, Qt.ConnectionType.QueuedConnection)
        self._worker.start()

    def stop(self) -> None:
        """Drop what is being read; waits for the event that is under way."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.stop()
            worker.wait()
            worker.deleteLater()

    def _on_woken(self) -> None:
        worker = self._worker
        if worker is None or worker is not self.sender():
            return
        for event in worker.inbox.take(EVENTS_AT_ONCE):
            if isinstance(event, Ended):
                self.stop()
                self.ended.emit(event)
                return
            self.arrived.emit(event)
