"""The jobs of a window: one runs, others wait, and every page hears of them here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from inspector.ui.background.worker import Ended, Worker
from inspector.ui.state.job_progress import JobProgress, Shown

EVENTS_AT_ONCE = 100  # taken before the window may draw again
SILENT_KINDS = {"prepare", "probe", "forecast"}  # start again by themselves; nobody is asked before they stop


@dataclass(frozen=True)
class Job:
    """Something to do in the background.

    Attributes:
        kind: 'import', 'prepare', 'pretrain', 'train', 'evaluate', 'classify', ...; what pages look for.
        title: what it is in words, 'Pretraining'.
        detail: of which, 'SimCLR, run 5'.
        start: makes the generator of its events; called in the thread that runs it.
        page: the page to which it belongs.
        keeps: what stays when it is stopped, for the question at closing: 'Stop it at a checkpoint and close?'
    """

    kind: str
    title: str
    detail: str
    start: Callable[[], Iterator[Any]]
    page: str
    keeps: str = "Stop it and close?"


@dataclass
class Entry:
    """A job that waits or runs. `state` is 'waiting', 'running', 'paused' or 'stopping'."""

    id: int
    job: Job
    state: str = "waiting"
    progress: JobProgress = field(default_factory=JobProgress)

    @property
    def shown(self) -> Shown:
        """How far it is."""
        return self.progress.shown


@dataclass(frozen=True)
class LastJob:
    """The job that ended last."""

    id: int
    job: Job
    ended: Ended


class JobQueue(QObject):
    """Runs jobs one after another, in the order in which they were submitted unless a user changes it.

    Signals: `changed` whenever what runs, waits or ended last is another; `progressed` when the running job's `shown`
    is; `event_arrived(id, event)` for every event; `ended(id, Ended)` once for each job that ran. Pages ignore ids that
    are not theirs. While `ended` is delivered nothing starts and `changed` waits: otherwise whoever hears of the end
    last would hear first that its job is gone.
    """

    changed = Signal()
    progressed = Signal()
    event_arrived = Signal(int, object)
    ended = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.current: Entry | None = None
        self.waiting: list[Entry] = []
        self.last: LastJob | None = None
        self._worker: Worker | None = None
        self._is_ending = False
        self._count = 0

    def submit(self, job: Job) -> int:
        """Start a job, or have it wait; returns its id."""
        self._count += 1
        self.waiting.append(Entry(self._count, job))
        number = self._count
        self._start_next()
        self._say_changed()
        return number

    def find(self, kind: str) -> Entry | None:
        """The running or else the first waiting job of a kind."""
        entries = [*([self.current] if self.current else []), *self.waiting]
        return next((entry for entry in entries if entry.job.kind == kind), None)

    def pause(self) -> None:
        """Hold the running job after its next event."""
        if self._worker is not None and self.current is not None and self.current.state == "running":
            self._worker.pause()
            self.current.state = "paused"
            self.current.progress.pause()
            self.changed.emit()

    def resume(self) -> None:
        """Go on with a paused job."""
        if self._worker is not None and self.current is not None and self.current.state == "paused":
            self._worker.resume()
            self.current.state = "running"
            self.current.progress.resume()
            self.changed.emit()

    def stop(self, job_id: int | None = None) -> None:
        """Stop the running job after its next event, or take a waiting one out; without an id the running one."""
        if self.current is not None and job_id in (None, self.current.id):
            if self._worker is not None and self.current.state != "stopping":
                self.current.state = "stopping"
                self._worker.stop()
        else:
            self.waiting = [entry for entry in self.waiting if entry.id != job_id]
        self._say_changed()

    def move_up(self, job_id: int) -> None:
        """Let a waiting job change places with the one before it."""
        at = next((i for i, entry in enumerate(self.waiting) if entry.id == job_id), 0)
        if at > 0:
            self.waiting[at - 1], self.waiting[at] = self.waiting[at], self.waiting[at - 1]
            self._say_changed()

    def stop_all(self) -> None:
        """Stop the running job and drop those that wait."""
        self.waiting.clear()
        self.stop()

    def wait(self, limit_ms: int) -> bool:
        """Block until the running job's thread has ended; whether it has. Its last events are still delivered."""
        if self._worker is None:
            return True
        worker = self._worker
        has_ended = worker.wait(limit_ms)
        while has_ended and self._worker is worker:
            self._on_woken()
        return has_ended

    def _start_next(self) -> None:
        if self._worker is not None or self._is_ending or not self.waiting:
            return
        self.current = self.waiting.pop(0)
        self.current.state = "running"
        self._worker = Worker(self.current.job.start, self)
        self._worker.woken.connect(self._on_woken, Qt.ConnectionType.QueuedConnection)
        self._worker.start()

    def _on_woken(self) -> None:
        worker, entry = self._worker, self.current
        if worker is None or entry is None:
            return
        has_progressed = False
        for event in worker.inbox.take(EVENTS_AT_ONCE):
            if isinstance(event, Ended):
                self._end(worker, entry, event)
                return
            has_progressed |= entry.progress.take(event)
            self.event_arrived.emit(entry.id, event)
        if has_progressed:
            self.progressed.emit()

    def _end(self, worker: Worker, entry: Entry, ended: Ended) -> None:
        worker.wait()
        worker.deleteLater()
        self._worker = self.current = None
        self.last = LastJob(entry.id, entry.job, ended)
        self._is_ending = True
        try:
            self.ended.emit(entry.id, ended)
        finally:
            self._is_ending = False
        self._start_next()
        self.changed.emit()

    def _say_changed(self) -> None:
        if not self._is_ending:
            self.changed.emit()
