"""Guesses that follow every label, and suggestions, computed in one background thread; what comes too late is dropped."""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QThread, Signal

from inspector.project import Change
from inspector.ui.session import Session
from inspector.ui.threads import STACK_BYTES

if TYPE_CHECKING:
    import numpy as np

    from inspector.jobs.basis import LabelBasis

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class _Wish:
    """What is to be computed next. `count` 0: no suggestions."""

    basis: LabelBasis
    labels: dict[int, str]
    count: int = 0
    skipped: frozenset[int] = frozenset()


class LiveGuesses(QObject):
    """Keeps `session.guesses` in step with its labels. `suggested` carries a list of Suggested."""

    suggested = Signal(list)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._unit: np.ndarray | None = None  # of the basis; one with another map is the same basis
        self._thread = _GuessThread(self)
        self._thread.setStackSize(STACK_BYTES)
        self._thread.guessed.connect(self._on_guessed)
        self._thread.suggested.connect(self._on_suggested)
        session.changed.connect(self._on_changed)
        session.guesses_changed.connect(self._on_guesses_changed)
        self._on_guesses_changed()

    @property
    def is_busy(self) -> bool:
        """Whether an answer is on its way."""
        return self._thread.is_busy

    def request_suggestions(self, count: int, skipped: Collection[int] = frozenset()) -> bool:
        """Ask for images to label next; whether there is a basis to choose by."""
        basis = self._session.basis
        if basis is None:
            return False
        self._thread.ask(_Wish(basis, dict(self._session.labels), count, frozenset(skipped)))
        return True

    def stop(self) -> None:
        """End the thread."""
        self._thread.end()

    def _on_changed(self, change: Change) -> None:
        if change.labels or change.classes:
            self._guess()

    def _on_guesses_changed(self) -> None:
        unit = None if self._session.basis is None else self._session.basis.unit
        if unit is not self._unit:
            self._unit = unit
            self._guess()

    def _guess(self) -> None:
        if self._session.basis is not None:
            self._thread.ask(_Wish(self._session.basis, dict(self._session.labels)))

    def _on_guessed(self, wish: _Wish, guesses: Any) -> None:
        if self._is_current(wish) and wish.labels == self._session.labels:
            self._session.set_guesses(guesses)

    def _on_suggested(self, wish: _Wish, suggestions: list) -> None:
        if self._is_current(wish):
            self.suggested.emit(suggestions)

    def _is_current(self, wish: _Wish) -> bool:
        basis = self._session.basis
        return basis is not None and basis.unit is wish.basis.unit


class _GuessThread(QThread):
    """Computes the newest wish of each kind, guesses first."""

    guessed = Signal(object, object)
    suggested = Signal(object, list)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._changed = threading.Condition()
        self._guess: _Wish | None = None
        self._suggestion: _Wish | None = None
        self._is_working = self._is_over = False

    @property
    def is_busy(self) -> bool:
        with self._changed:
            return self._is_working or self._guess is not None or self._suggestion is not None

    def ask(self, wish: _Wish) -> None:
        with self._changed:
            if wish.count:
                self._suggestion = wish
            else:
                self._guess = wish
            self._changed.notify()
        if not self.isRunning() and not self._is_over:
            self.start()

    def end(self) -> None:
        with self._changed:
            self._is_over = True
            self._guess = self._suggestion = None
            self._changed.notify()
        self.wait()

    def run(self) -> None:
        while (wish := self._next()) is not None:
            try:
                if wish.count:
                    found = wish.basis.suggest(wish.labels, count=wish.count, skipped=wish.skipped)
                    self.suggested.emit(wish, found)
                else:
                    self.guessed.emit(wish, wish.basis.guess(wish.labels))
            except Exception:  # one answer is missing; the thread serves the next
                log.exception("guesses could not be computed")

    def _next(self) -> _Wish | None:
        with self._changed:
            self._is_working = False
            while self._guess is None and self._suggestion is None and not self._is_over:
                self._changed.wait()
            if self._is_over:
                return None
            self._is_working = True
            if self._guess is not None:
                wish, self._guess = self._guess, None
                return wish
            wish, self._suggestion = self._suggestion, None
            return wish
