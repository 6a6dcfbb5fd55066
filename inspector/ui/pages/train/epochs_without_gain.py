"""How near early stopping is: one tick for each epoch without a better validation loss."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from inspector.ui.theme import theme
from inspector.ui.widgets.controls import follow_theme
from inspector.ui.widgets.metric_strip import Metric

TITLE = "Epochs without gain"
TICK_PX, GAP_PX, HEIGHT_PX = 6, 2, 14


class EpochTicks(QWidget):
    """As many ticks as epochs without gain are borne; those that have passed are filled."""

    def __init__(self) -> None:
        super().__init__()
        self._passed, self._limit = 0, 1
        follow_theme(self, self.update)

    def show_ticks(self, passed: int, limit: int) -> None:
        """`passed` of `limit` epochs brought nothing."""
        self._passed, self._limit = passed, limit
        self.setFixedSize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Room for all ticks."""
        return QSize(self._limit * (TICK_PX + GAP_PX), HEIGHT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Passed ones in the colour of a warning, the others as track."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            for at in range(self._limit):
                painter.setBrush(theme.colour("warn" if at < self._passed else "track"))
                painter.drawRoundedRect(QRectF(at * (TICK_PX + GAP_PX), 0, TICK_PX, HEIGHT_PX), 2, 2)


class GainMetric(Metric):
    """A metric that shows ticks and '6 of 10' while epochs are counted, and a figure otherwise."""

    def __init__(self) -> None:
        super().__init__(TITLE)
        self.ticks = EpochTicks()
        figures = self._layout.itemAt(1).layout()
        assert isinstance(figures, QHBoxLayout)
        figures.insertWidget(0, self.ticks)
        self.show_count(0, 1)

    def show_count(self, passed: int, limit: int) -> None:
        """`passed` of `limit` epochs brought no gain."""
        shown = min(passed, limit)
        self.set_title(TITLE)
        self.set_value("", f"{shown} of {limit}")
        self._figure.hide()
        self.ticks.show_ticks(shown, limit)
        self.ticks.show()

    def show_figure(self, title: str, text: str, small: str) -> None:
        """Something else, where there are no epochs."""
        self.set_title(title)
        self.set_value(text, small)
        self._figure.show()
        self.ticks.hide()
