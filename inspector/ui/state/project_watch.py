"""Whether the project's folder is still there, and what another program has changed in it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QObject, QRunnable, QThreadPool, QTimer, Signal

from inspector.project import Change, Project
from inspector.project.marks import Marks
from inspector.ui.state.records_reading import Records, read_records
from inspector.ui.state.session import EVERYTHING, Session
from models.errors import KnownError

INTERVAL_MS = 2_000
REST = 20  # times as long as the pages took to follow, before the next look: an import goes on for minutes


class ProjectWatch(QObject):
    """`lost` and `found` when the folder goes and comes back; what other programs write is read in.

    Another thread looks, and reads what has changed: a drive that is gone can keep who asks for it waiting for
    seconds, and so can a large project.
    """

    lost = Signal()
    found = Signal()

    def __init__(self, session: Session, parent: QObject | None = None, *, interval_ms: int = INTERVAL_MS) -> None:
        super().__init__(parent)
        self._session = session
        self._is_there = True
        self._known = Known(session.project.data_version())
        self._is_outdated = False
        self._look: _Look | None = None
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        session.changed.connect(self._on_session_changed)
        self._interval_ms = interval_ms
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
        self._is_outdated = False
        self._look = _Look(self._session, self._known)
        self._look.answers.seen.connect(self._on_seen)
        self._pool.start(self._look)

    def _on_session_changed(self, change: Change) -> None:
        """What a look is reading now may be older than what the session has just read."""
        self._is_outdated |= replace(change, labels=frozenset()) != Change()

    def _on_seen(self, seen: Seen) -> None:
        if seen.is_there != self._is_there:
            self._is_there = seen.is_there
            (self.found if seen.is_there else self.lost).emit()
        elif seen.known is not None and self._timer.isActive() and not self._is_outdated:
            self._known = seen.known
            started = time.monotonic()
            self._session.take_in(seen.change, seen.records)
            took_ms = round(1000 * (time.monotonic() - started))
            self._timer.start(max(self._interval_ms, REST * took_ms))


@dataclass(frozen=True)
class Known:
    """As of when the session knows the project. `marks` is None before the first look."""

    version: int
    marks: Marks | None = None


@dataclass(frozen=True)
class Seen:
    """What a look has found. `known` is None if nothing is new."""

    is_there: bool
    known: Known | None = None
    change: Change = field(default_factory=Change)
    records: Records = field(default_factory=Records)


class _Answers(QObject):
    seen = Signal(object)


class _Look(QRunnable):
    """One look at the folder."""

    def __init__(self, session: Session, known: Known) -> None:
        super().__init__()
        self.setAutoDelete(False)
        self.answers = _Answers()
        self._session, self._known = session, known

    def run(self) -> None:
        try:
            is_there = self._session.project.folder.is_dir()
            seen = self._read() if is_there else Seen(is_there)
        except OSError:
            seen = Seen(is_there=False)
        except KnownError:
            seen = Seen(is_there=True)  # it is being written; the next look will tell
        self.answers.seen.emit(seen)

    def _read(self) -> Seen:
        before = self._known
        version = self._session.project.data_version()
        if version == before.version and before.marks is not None:
            return Seen(is_there=True)
        # A connection of its own: the window need not wait until all is read.
        with Project.open(self._session.project.folder, read_only=True) as project:
            known = Known(version, project.marks())
            if version == before.version:
                return Seen(True, known)
            change = self._changed(project, before.marks, known.marks)
            return Seen(True, known, change, read_records(project, change))

    def _changed(self, project: Project, before: Marks | None, after: Marks) -> Change:
        """With the labels alone that the session does not have yet: what it wrote itself is in the marks too."""
        change = EVERYTHING if before is None else project.change_between(before, after)
        if change.classes:  # a class may have another name, and so all of its labels
            labels = project.labels()
            candidates = frozenset(labels) | frozenset(self._session.labels)
        else:
            labels, candidates = project.labels(change.labels), change.labels
        known = self._session.labels
        return replace(change, labels=frozenset(i for i in candidates if labels.get(i) != known.get(i)))
