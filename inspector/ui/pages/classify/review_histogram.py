"""The spread of confidences, bars below the threshold in amber."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector.ui.pages.classify.review_share import Spread
from inspector.ui.theme import font, theme
from inspector.ui.widgets.controls import follow_theme

AXIS_PX = 16
GAP_PX = 1
TICK_PX = 24
SIDE_PX = 6  # half the slider's handle: the line stands above the handle's middle
MINIMUM = QSize(160, 64)


class ReviewHistogram(QWidget):
    """Bars over an axis from the lowest possible confidence to 1; the tallest fills the height."""

    def __init__(self) -> None:
        super().__init__()
        self._spread = Spread(np.zeros(1, np.int64))
        self._review_below = 0.0
        self.setMinimumSize(MINIMUM)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Spread of the confidences")
        follow_theme(self, self.update)

    def show_spread(self, spread: Spread) -> None:
        """Other bars."""
        self._spread = spread
        self.update()

    def show_threshold(self, review_below: float) -> None:
        """Another threshold."""
        self._review_below = review_below
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw bars, axis and threshold."""
        with QPainter(self) as painter:
            plot = QRectF(SIDE_PX, 0, self.width() - 2 * SIDE_PX, self.height() - AXIS_PX)
            self._paint_bars(painter, plot)
            self._paint_axis(painter, plot)
            x = round(self._x(plot, self._review_below))
            painter.fillRect(QRectF(x, plot.top(), 1, plot.height()), theme.colour("text"))

    def _x(self, plot: QRectF, confidence: float) -> float:
        lowest = self._spread.lowest
        return plot.left() + plot.width() * min(max((confidence - lowest) / (1 - lowest), 0.0), 1.0)

    def _paint_bars(self, painter: QPainter, plot: QRectF) -> None:
        """A bar through which the threshold goes is amber up to it."""
        most, edges = max(int(self._spread.counts.max(initial=0)), 1), self._spread.edges
        threshold = self._x(plot, self._review_below)
        for images, low, high in zip(self._spread.counts.tolist(), edges[:-1], edges[1:], strict=True):
            if not images:
                continue
            left, right = self._x(plot, low), self._x(plot, high) - GAP_PX
            height = max(1.0, (plot.height() - 2) * images / most)
            bar = QRectF(left, plot.bottom() - height, right - left, height)
            painter.fillRect(bar, theme.colour("control", 0.55))
            if threshold > left:
                painter.fillRect(QRectF(left, bar.top(), min(right, threshold) - left, height), theme.colour("warn"))

    def _paint_axis(self, painter: QPainter, plot: QRectF) -> None:
        painter.fillRect(QRectF(plot.left(), plot.bottom() - 1, plot.width(), 1), theme.colour("control"))
        painter.setFont(font(11))
        painter.setPen(theme.colour("text3"))
        for value in axis_values(self._spread.lowest):
            room = QRectF(self._x(plot, value) - TICK_PX / 2, plot.bottom() + 2, TICK_PX, AXIS_PX - 2)
            overhang = max(0.0, -room.left()) - max(0.0, room.right() - self.width())
            painter.drawText(room.translated(overhang, 0), Qt.AlignmentFlag.AlignHCenter, f"{value:.1f}")


def axis_values(lowest: float) -> list[float]:
    """The even tenths from `lowest` to 1."""
    return [tenth / 10 for tenth in range(0, 11, 2) if tenth >= round(lowest * 10)]
