"""A scroll area whose contents may wrap: whether its bar is shown decides their height, and their height the bar."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QScrollArea

MOST_RESIZES = 8  # of the contents, one from within another


class SteadyScrollArea(QScrollArea):
    """Qt's own resizes its contents from within their resizing, now and then without end."""

    def __init__(self) -> None:
        self._resizes = 0
        super().__init__()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Fit the contents, unless that is being done too often."""
        if self._resizes >= MOST_RESIZES:
            return False
        self._resizes += 1
        try:
            return super().eventFilter(watched, event)
        finally:
            self._resizes -= 1
