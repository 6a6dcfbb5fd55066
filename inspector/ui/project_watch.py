"""Whether the project's folder is still there, and whether another program has changed it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QRunnable, QThreadPool, QTimer, Signal

from inspector.ui.session import Session
from models.errors import KnownError

INTERVAL_MS = 2_000


class ProjectWatch(QObject):
    """`lost` and `found` when the folder goes and comes back; what other programs write is read in.

    A drive that is gone can keep who asks for it waiting for seconds, so another thread asks.
    """

    lost = Signal()
    found = Signal()

    def __init__(self, session: Session, parent: QObject | None = None, *, interval_ms: int = INTERVAL_MS) -> None:
        super().__init__(parent)
        self._session = session
        self._is_there = True
        self._version = session.project.data_version()
        self._look: _Look | None = None
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._timer = QTimer(self, interval=interval_ms)
        self._timer.timeout.connect(self._on_time)
        self._timer.start()

    def stop(self) -> None:
        """End it."""
        self._timer.stop()
        self._pool.waitForDone()

    def _on_time(self) -> None:
        if self._pool.activeThreadCount():
            return
        self._look = _Look(self._session.project.folder)
        self._look.answers.seen.connect(self._on_seen)
        self._pool.start(self._look)

    def _on_seen(self, is_there: bool) -> None:
        if is_there != self._is_there:
            self._is_there = is_there
            (self.found if is_there else self.lost).emit()
        elif is_there and self._timer.isActive():
            self._read_in()

    def _read_in(self) -> None:
        try:
            version = self._session.project.data_version()
        except KnownError:
            return  # it is being written; the next look will tell
        if version != self._version:
            self._version = version
            self._session.refresh()


class _Answers(QObject):
    seen = Signal(bool)


class _Look(QRunnable):
    """One look at the folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.setAutoDelete(False)
        self.answers = _Answers()
        self._folder = folder

    def run(self) -> None:
        try:
            is_there = self._folder.is_dir()
        except OSError:
            is_there = False
        self.answers.seen.emit(is_there)
