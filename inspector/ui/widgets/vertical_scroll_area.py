"""Contents as wide as their place, which scroll up and down where it is too low for them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

MOST_RESIZES = 8  # of the contents, one from within another


class VerticalScrollArea(QScrollArea):
    """Where a text wraps, the bar decides its height and its height the bar: Qt's own may resize without end."""

    def __init__(self, contents: QWidget) -> None:
        self._resizes = 0
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidget(contents)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Fit the contents, unless that is being done too often."""
        if self._resizes >= MOST_RESIZES:
            return False
        self._resizes += 1
        try:
            return super().eventFilter(watched, event)
        finally:
            self._resizes -= 1
