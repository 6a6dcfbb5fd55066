"""A picture of the window, once all that it shows has arrived."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from inspector.ui.window.main_window import MainWindow
from models.errors import KnownError

LOOK_MS = 100
QUIET_LOOKS = 6
LIMIT_LOOKS = 3_000  # five minutes


class Screenshot(QObject):
    """Waits until nothing is on its way any more, writes the PNG, closes the window."""

    def __init__(self, window: MainWindow, file: Path) -> None:
        super().__init__(window)
        self._window, self._file = window, file
        self._quiet = self._looks = 0
        self._error = ""
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._on_look)

    def start(self) -> None:
        """Begin to wait."""
        self._timer.start()

    def fail(self, sentence: str) -> None:
        """There is nothing to draw."""
        self._error = sentence
        self._window.close()

    def raise_error(self) -> None:
        """Say what went wrong, as a KnownError, if something did."""
        if self._error:
            raise KnownError(self._error)

    def _on_look(self) -> None:
        bench = self._window.workbench
        self._looks += 1
        self._quiet = self._quiet + 1 if bench is None or bench.is_settled() else 0
        if self._quiet >= QUIET_LOOKS or self._looks >= LIMIT_LOOKS:
            self._timer.stop()
            self._draw()

    def _draw(self) -> None:
        QApplication.processEvents()
        if not self._window.grab().save(str(self._file), "PNG"):
            self._error = f"{self._file} cannot be written; see whether its folder exists and can be written."
        self._window.close()
