"""The one bridge from a job, a generator of events, to the window.

The thread iterates the generator and closes it, between two events; closing it from elsewhere fails while it runs.
Events lie in an inbox from which the window takes them, so that however many come, one wake-up is on its way at most.
Steps and progress are thinned to what a person can see; of all other events none is lost.
"""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal

from inspector.jobs.running.failures import sentence
from inspector.jobs.running.staying_awake import staying_awake
from inspector.ui.background.threads import STACK_BYTES
from models.events import Progress, StepDone

THINNED = (StepDone, Progress)
INTERVAL_S = 0.1
UNEXPECTED = "Something went wrong. Everything that was saved before is still there."

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ended:
    """How a job ended: 'finished', 'cancelled' or 'failed'.

    Attributes:
        result: the last event of a finished job.
        message: why a failed job failed, in one sentence.
        details: the traceback of an error that nobody foresaw.
    """

    outcome: str
    result: Any = None
    message: str = ""
    details: str = ""
    seconds: float = 0.0


class Inbox:
    """Events from one thread to another; of THINNED ones the first at once, then the newest of each interval."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._lock = threading.Lock()
        self._events: deque[Any] = deque()
        self._held: dict[type, Any] = {}
        self._sent_at: dict[type, float] = {}
        self._is_awake = False

    def put(self, event: Any) -> None:
        """Leave an event for the window."""
        kind = type(event)
        if kind in THINNED:
            now = time.monotonic()
            if now - self._sent_at.get(kind, 0.0) < INTERVAL_S:
                self._held[kind] = event
                return
            self._sent_at[kind] = now
            self._held.pop(kind, None)
            self._deliver(event)
        else:
            self.flush()
            self._deliver(event)

    def flush(self) -> None:
        """Deliver what is held back, so that the last of it is never lost."""
        for event in self._held.values():
            self._deliver(event)
        self._held.clear()

    def take(self, limit: int) -> list[Any]:
        """At most `limit` events that wait; if more do, another wake-up follows."""
        with self._lock:
            taken = [self._events.popleft() for _ in range(min(limit, len(self._events)))]
            self._is_awake = bool(self._events)
        if self._is_awake:
            self._wake()
        return taken

    def _deliver(self, event: Any) -> None:
        with self._lock:
            self._events.append(event)
            must_wake, self._is_awake = not self._is_awake, True
        if must_wake:
            self._wake()


class Worker(QThread):
    """Runs one job. `woken`: take its events; the last of them is its Ended, and there is exactly one."""

    woken = Signal()

    def __init__(self, start_events: Callable[[], Iterator[Any]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.inbox = Inbox(self.woken.emit)
        self._start_events = start_events
        self._stop = threading.Event()
        self._may_go_on = threading.Event()
        self._may_go_on.set()
        self.setStackSize(STACK_BYTES)

    def pause(self) -> None:
        """Wait after the event that comes next."""
        self._may_go_on.clear()

    def resume(self) -> None:
        """Go on after a pause."""
        self._may_go_on.set()

    def stop(self) -> None:
        """End after the event that comes next; the job writes what it keeps."""
        self._stop.set()
        self._may_go_on.set()

    def run(self) -> None:
        """The thread's work; not to be called."""
        started = time.monotonic()
        try:
            with staying_awake():
                ended = self._iterate()
        except BaseException as error:
            ended = _failed(error)
        self.inbox.flush()
        self.inbox.put(Ended(ended.outcome, ended.result, ended.message, ended.details, time.monotonic() - started))

    def _iterate(self) -> Ended:
        if self._stop.is_set():
            return Ended("cancelled")
        events = self._start_events()
        last = None
        try:
            for event in events:
                last = event
                self.inbox.put(event)
                self._may_go_on.wait()
                if self._stop.is_set():
                    return Ended("cancelled")
        finally:
            close = getattr(events, "close", None)
            if close is not None:
                close()
        return Ended("finished", last)


def _failed(error: BaseException) -> Ended:
    message = sentence(error)
    details = "".join(traceback.format_exception(error))
    # Its frames hold tensors, and with them the memory of the graphics card.
    with suppress(Exception):
        traceback.clear_frames(error.__traceback__)
    if message is not None:
        return Ended("failed", message=message)
    log.error("a job failed: %s", details)
    return Ended("failed", message=UNEXPECTED, details=details)
