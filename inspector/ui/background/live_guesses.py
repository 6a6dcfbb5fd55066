"""Guesses and suggestions by the newest labels, computed in one thread beside the window.

A label is on disk long before its guesses are there. What comes too late, because a label was set meanwhile or the
basis is another one, is dropped; a newer request replaces one that still waits.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QThread, Signal

from inspector.project import Change
from inspector.ui.background.threads import STACK_BYTES
from inspector.ui.state.session import Session

if TYPE_CHECKING:
    from inspector.jobs.labelling.basis import LabelBasis
    from inspector.jobs.labelling.guesses import Guesses
    from inspector.jobs.labelling.run_answers import RunAnswers

GUESSES, SUGGESTIONS = "guesses", "suggestions"


class LiveGuesses(QObject):
    """Keeps `session.guesses` at the newest labels; `suggested` carries a list of Suggested that was asked for."""

    suggested = Signal(list)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._is_answering = False
        self._thread = _NewestWishes(self)
        self._thread.answered.connect(self._on_answered)
        self._answers: RunAnswers | None = None
        self._answers_of: int | None = None
        self._read_answers()
        session.changed.connect(self._on_changed)
        session.guesses_changed.connect(self._on_guesses_changed)
        self._ask_for_guesses()

    @property
    def is_busy(self) -> bool:
        """Whether an answer is on its way."""
        return self._thread.is_busy

    def request_suggestions(self, count: int, skipped: Collection[int] = frozenset()) -> None:
        """Have up to `count` images chosen that have no label and were not skipped; nothing comes without a basis."""
        if (basis := self._session.basis) is not None:
            labels, left_out = dict(self._session.labels), frozenset(skipped)
            self._ask(SUGGESTIONS, basis, lambda: basis.suggest(labels, count=count, skipped=left_out))

    def stop(self) -> None:
        """End the thread after what it computes now."""
        self._thread.stop()

    def _ask_for_guesses(self) -> None:
        if (basis := self._session.basis) is not None:
            labels = dict(self._session.labels)
            answers = self._answers
            self._ask(GUESSES, basis, lambda: _guess(basis, labels, answers))

    def _read_answers(self) -> None:
        """Those of the newest training run, once while its classes are called the same."""
        newest = next(iter(self._session.finished_runs("train")), None)
        if newest is None or newest.id == self._answers_of:
            return
        from inspector.jobs.labelling.run_answers import answers_by_places

        self._answers, self._answers_of = answers_by_places(self._session.project, newest), newest.id

    def _ask(self, kind: str, basis: LabelBasis, compute: Callable[[], Any]) -> None:
        self._thread.ask(kind, basis.unit, compute)

    def _on_changed(self, change: Change) -> None:
        if change.classes:
            self._answers_of = None
            self._rename_guesses()
        if change.runs or change.classes:
            self._read_answers()
        if change.labels or change.classes or change.runs:
            self._ask_for_guesses()

    def _rename_guesses(self) -> None:
        """Until the new ones are there, so that none is accepted under a name that its class has no longer."""
        guesses = self._session.guesses
        if guesses is None:
            return
        names = self._session.project.names_today(guesses.classes)
        if any(name != now for name, now in names.items()):
            self._set_guesses(guesses.renamed(names))

    def _on_guesses_changed(self) -> None:
        if self._is_answering:
            return
        if self._session.basis is None:
            self._thread.forget()
        elif self._session.guesses is None:
            self._ask_for_guesses()

    def _on_answered(self) -> None:
        for kind, features, answer in self._thread.take():
            if isinstance(answer, Exception):
                raise answer
            # The map may have moved meanwhile, which makes another basis of the same features.
            if self._session.basis is None or self._session.basis.unit is not features:
                continue
            if kind == SUGGESTIONS:
                self.suggested.emit(answer)
            else:
                self._set_guesses(answer)

    def _set_guesses(self, guesses: Any) -> None:
        self._is_answering = True
        try:
            self._session.set_guesses(guesses)
        finally:
            self._is_answering = False


def _guess(basis: LabelBasis, labels: Mapping[int, str], answers: RunAnswers | None) -> Guesses | None:
    guesses = basis.guess(labels)
    return guesses if guesses is None or answers is None else answers.over(guesses)


class _NewestWishes(QThread):
    """Computes the newest wish of each kind. `answered`: take the answers."""

    answered = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.setStackSize(STACK_BYTES)
        self._changed = threading.Condition()
        self._waiting: dict[str, tuple[int, Any, Callable[[], Any]]] = {}
        self._newest = {GUESSES: 0, SUGGESTIONS: 0}
        self._answers: list[tuple[str, int, Any, Any]] = []
        self._is_computing = self._is_over = False

    @property
    def is_busy(self) -> bool:
        with self._changed:
            return bool(self._waiting or self._answers or self._is_computing)

    def ask(self, kind: str, features: Any, compute: Callable[[], Any]) -> None:
        """Compute this in place of what was asked for before."""
        with self._changed:
            if self._is_over:
                return
            self._newest[kind] += 1
            self._waiting[kind] = (self._newest[kind], features, compute)
            self._changed.notify()
        if not self.isRunning():
            self.start()

    def forget(self) -> None:
        """Nothing that was asked for is wanted any more."""
        with self._changed:
            self._waiting.clear()
            self._newest = {kind: number + 1 for kind, number in self._newest.items()}

    def take(self) -> list[tuple[str, Any, Any]]:
        """(kind, features it was asked with, answer) of those that nobody asked anew since."""
        with self._changed:
            answers, self._answers = self._answers, []
            return [(kind, on, answer) for kind, number, on, answer in answers if number == self._newest[kind]]

    def stop(self) -> None:
        """End, and wait for it."""
        with self._changed:
            self._is_over = True
            self._waiting.clear()
            self._changed.notify()
        self.wait()

    def run(self) -> None:
        """The thread's work; not to be called."""
        while (wish := self._next()) is not None:
            kind, number, features, compute = wish
            try:
                answer = compute()
            except Exception as error:  # raised again in the window's thread, where errors are logged and shown
                answer = error
            with self._changed:
                self._answers.append((kind, number, features, answer))
                self._is_computing = False
            self.answered.emit()

    def _next(self) -> tuple[str, int, Any, Callable[[], Any]] | None:
        with self._changed:
            while not self._waiting and not self._is_over:
                self._changed.wait()
            if self._is_over:
                return None
            kind = min(self._waiting)  # guesses before suggestions
            self._is_computing = True
            return kind, *self._waiting.pop(kind)
