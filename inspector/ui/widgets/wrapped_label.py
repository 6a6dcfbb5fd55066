"""A text on a few lines at most, the last of which is cut with an ellipsis where the room ends."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Signal
from PySide6.QtGui import QTextLayout, QTextOption

from inspector.ui.widgets.controls import ElidedLabel


class WrappedLabel(ElidedLabel):
    """`lines_changed` carries on how many lines the text stands now."""

    lines_changed = Signal(int)

    def __init__(self, text: str = "", *, most_lines: int = 2, tone: str = "") -> None:
        self._most_lines, self._lines = most_lines, 1
        super().__init__(text, tone=tone)

    @property
    def lines(self) -> int:
        """On how many lines the text stands."""
        return self._lines

    def set_most_lines(self, most_lines: int) -> None:
        """Let the text have other room."""
        self._most_lines = most_lines
        self._elide()

    def _elide(self) -> None:
        width = max(self.width(), 0)
        starts = self._line_starts(width)[: self._most_lines] or [0]
        shown = [self._full[a:b].rstrip() for a, b in pairwise(starts)]
        shown.append(self.fontMetrics().elidedText(self._full[starts[-1] :], self._mode, width))
        self._show("\n".join(shown), is_whole=shown[-1] == self._full[starts[-1] :])
        if self._lines != len(shown):
            self._lines = len(shown)
            self.lines_changed.emit(self._lines)

    def _line_starts(self, width: int) -> list[int]:
        """Where in the text a line begins, for as many lines as it takes."""
        layout = QTextLayout(self._full, self.font())
        wrapping = QTextOption()
        wrapping.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(wrapping)
        starts = []
        layout.beginLayout()
        while width > 0 and (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            starts.append(line.textStart())
        layout.endLayout()
        return starts
