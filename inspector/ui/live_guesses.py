"""Guesses that follow every label, and suggestions, computed in a thread of their own; late answers are dropped."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QThread, Signal

from inspector.project import Change
from inspector.ui.session import Session
from inspector.ui.threads import STACK_BYTES

if TYPE_CHECKING:
    from inspector.jobs.basis import LabelBasis

GUESS, SUGGEST, WARM_UP = "guess", "suggest", "warm up"
ORDER = (GUESS, SUGGEST, WARM_UP)  # who labels waits for guesses; the queue still holds a few images


@dataclass(frozen=True)
class _Wish:
    """What is to be computed, on which basis."""

    kind: str
    basis: LabelBasis
    compute: Callable[[], Any]


@dataclass(frozen=True)
class _Answer:
    """What came of a wish: a result, or the error that it ended with."""

    wish: _Wish
    result: Any = None
    error: Exception | None = None


class LiveGuesses(QObject):
    """Keeps `session.guesses` up with the labels and the basis. `suggested` carries what was asked for last."""

    suggested = Signal(list)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._basis: LabelBasis | None = None
        self._thread = _Thread(self)
        self._thread.woken.connect(self._on_woken, Qt.ConnectionType.QueuedConnection)
        session.changed.connect(self._on_changed)
        session.guesses_changed.connect(self._on_guesses_changed)
        self._on_guesses_changed()

    @property
    def is_busy(self) -> bool:
        """Whether an answer is on its way."""
        return self._thread.is_busy

    def request_suggestions(self, count: int, skipped: Collection[int]) -> None:
        """Ask for `count` images worth labelling, none of `skipped`; a wish that still waits is replaced."""
        basis, labels, passed = self._session.basis, dict(self._session.labels), frozenset(skipped)
        if basis is not None:
            self._ask(SUGGEST, basis, lambda: basis.suggest(labels, count=count, skipped=passed))

    def stop(self) -> None:
        """End the thread, after what it computes now."""
        self._thread.stop()

    def _on_changed(self, change: Change) -> None:
        if change.labels or change.classes:
            self._request_guesses()

    def _on_guesses_changed(self) -> None:
        basis = self._session.basis
        if basis is None or (self._basis is not None and _are_alike(basis, self._basis)):
            self._basis = basis
            return
        self._basis = basis
        self._request_guesses()
        self._ask(WARM_UP, basis, basis.warm_up)

    def _request_guesses(self) -> None:
        basis, labels = self._session.basis, dict(self._session.labels)
        if basis is not None:
            self._ask(GUESS, basis, lambda: basis.guess(labels))

    def _ask(self, kind: str, basis: LabelBasis, compute: Callable[[], Any]) -> None:
        self._thread.ask(_Wish(kind, basis, compute))

    def _on_woken(self) -> None:
        for answer in self._thread.take():
            if answer.error is not None:
                raise answer.error
            if self._session.basis is None or not _are_alike(self._session.basis, answer.wish.basis):
                continue
            if answer.wish.kind == GUESS and not self._thread.is_waiting(GUESS):
                self._session.set_guesses(answer.result)
            elif answer.wish.kind == SUGGEST and not self._thread.is_waiting(SUGGEST):
                self.suggested.emit(answer.result)


class _Thread(QThread):
    """Computes wishes. `woken`: there are answers to take, with one wake-up for all of them."""

    woken = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.setStackSize(STACK_BYTES)
        self._changed = threading.Condition()
        self._wishes: dict[str, _Wish] = {}
        self._working: _Wish | None = None
        self._answers: deque[_Answer] = deque()
        self._is_over = False

    @property
    def is_busy(self) -> bool:
        with self._changed:
            return bool(self._wishes or self._answers or self._working)

    def is_waiting(self, kind: str) -> bool:
        """Whether a newer wish of this kind waits, so that an answer would be late."""
        with self._changed:
            return kind in self._wishes or (self._working is not None and self._working.kind == kind)

    def ask(self, wish: _Wish) -> None:
        with self._changed:
            if self._is_over:
                return
            self._wishes[wish.kind] = wish
            self._changed.notify()
        if not self.isRunning():
            self.start()

    def take(self) -> list[_Answer]:
        with self._changed:
            taken = list(self._answers)
            self._answers.clear()
        return taken

    def stop(self) -> None:
        with self._changed:
            self._is_over = True
            self._wishes.clear()
            self._changed.notify()
        self.wait()

    def run(self) -> None:
        """The thread."""
        while (wish := self._next()) is not None:
            try:
                answer = _Answer(wish, wish.compute())
            except Exception as error:  # raised again where the window shows it
                answer = _Answer(wish, error=error)
            self._deliver(answer)

    def _next(self) -> _Wish | None:
        with self._changed:
            while not self._wishes and not self._is_over:
                self._changed.wait()
            if self._is_over:
                return None
            kind = next(kind for kind in ORDER if kind in self._wishes)
            self._working = self._wishes.pop(kind)
            return self._working

    def _deliver(self, answer: _Answer) -> None:
        with self._changed:
            self._working = None
            must_wake = not self._answers
            self._answers.append(answer)
        if must_wake:
            self.woken.emit()


def _are_alike(one: LabelBasis, other: LabelBasis) -> bool:
    """Whether two stand on the same features; the map may have moved between them."""
    return one.unit is other.unit
