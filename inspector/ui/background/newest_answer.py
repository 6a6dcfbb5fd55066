"""Questions answered in another thread than the window's, one after another; only the newest gets its answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from inspector.ui.background.threads import STACK_BYTES
from models.errors import KnownError


class NewestAnswer(QObject):
    """`answered` carries what the newest question came to, `failed` the sentence of a KnownError.

    A question that waits gives way to a newer one; the answer to one that was overtaken or forgotten is dropped.
    """

    answered = Signal(object)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wanted: Callable[[], Any] | None = None
        self._computing: _Computing | None = None
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._pool.setStackSize(STACK_BYTES)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is on its way."""
        return self._wanted is not None

    def ask(self, compute: Callable[[], Any]) -> None:
        """Have something computed, in place of what was asked for before."""
        self._wanted = compute
        if self._computing is None:
            self._start(compute)

    def forget(self) -> None:
        """Nothing is wanted any more; what is under way goes on to its end unseen."""
        self._wanted = None

    def _start(self, compute: Callable[[], Any]) -> None:
        self._computing = _Computing(compute)
        self._computing.answers.done.connect(self._on_done)
        self._pool.start(self._computing)

    def _on_done(self, compute: Callable[[], Any], answer: Any) -> None:
        self._computing = None
        if self._wanted is None:
            return
        if self._wanted is not compute:
            self._start(self._wanted)
            return
        self._wanted = None
        if isinstance(answer, KnownError):
            self.failed.emit(str(answer))
        elif isinstance(answer, Exception):
            raise answer  # in the window's thread, where errors are logged and shown
        else:
            self.answered.emit(answer)


class _Answers(QObject):
    done = Signal(object, object)


class _Computing(QRunnable):
    """One question."""

    def __init__(self, compute: Callable[[], Any]) -> None:
        super().__init__()
        self.setAutoDelete(False)
        self.answers = _Answers()
        self._compute = compute

    def run(self) -> None:
        try:
            answer = self._compute()
        except Exception as error:
            answer = error
        self.answers.done.emit(self._compute, answer)
