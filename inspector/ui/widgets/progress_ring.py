"""A ring filled by the share of a job that is done. It does not turn."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from inspector.ui.theme import theme
from inspector.ui.widgets.controls import follow_theme

RING_PX = 14
FULL_TURN = 360 * 16  # Qt counts sixteenths of a degree


def paint_ring(painter: QPainter, rect: QRectF, share: float | None) -> None:
    """Draw a ring; while the share is unknown only its track."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    inner = rect.adjusted(1, 1, -1, -1)
    painter.setPen(QPen(theme.colour("track"), 2))
    painter.drawEllipse(inner)
    pen = QPen(theme.colour("accent"), 2)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    painter.drawArc(inner, FULL_TURN // 4, -round(FULL_TURN * (share or 0.0)))
    painter.restore()


class ProgressRing(QWidget):
    """The ring as a widget."""

    def __init__(self) -> None:
        super().__init__()
        self._share: float | None = None
        self.setFixedSize(RING_PX, RING_PX)
        follow_theme(self, self.update)

    def set_share(self, share: float | None) -> None:
        """Fill so much of it."""
        if share != self._share:
            self._share = share
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw it."""
        with QPainter(self) as painter:
            paint_ring(painter, QRectF(self.rect()), self._share)
