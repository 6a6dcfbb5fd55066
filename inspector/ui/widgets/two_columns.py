"""Two columns side by side, which stack into one that scrolls where there is no room for both."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from inspector.ui.widgets.controls import line, pane, row
from inspector.ui.widgets.vertical_scroll_area import VerticalScrollArea

STACKED_BELOW_PX = 760


class TwoColumns(VerticalScrollArea):
    """The right one takes what the left one leaves, unless both grow by `stretches`."""

    def __init__(
        self, left: QWidget, right: QWidget, *, left_px: int | None = None, stretches: tuple[int, int] = (0, 1)
    ) -> None:
        """`left_px` is the left column's width while both are side by side; without it the columns share the room."""
        self._left, self._left_px = left, left_px
        self._line = line(vertical=True)
        self._box: QBoxLayout = row(left, self._line, right, spacing=0)
        self._box.setStretchFactor(left, stretches[0])
        self._box.setStretchFactor(right, stretches[1])
        super().__init__(pane(self._box))
        self._place(stacked=False)

    @property
    def is_stacked(self) -> bool:
        """Whether the columns stand one above the other."""
        return self._box.direction() == QBoxLayout.Direction.TopToBottom

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Stack, or stand side by side."""
        stacked = event.size().width() < STACKED_BELOW_PX
        if stacked != self.is_stacked:
            self._place(stacked=stacked)
        super().resizeEvent(event)

    def _place(self, *, stacked: bool) -> None:
        ways = QBoxLayout.Direction
        self._box.setDirection(ways.TopToBottom if stacked else ways.LeftToRight)
        self._line.setVisible(not stacked)
        if self._left_px is not None:
            self._left.setMinimumWidth(0 if stacked else self._left_px)
            self._left.setMaximumWidth(16_777_215 if stacked else self._left_px)
