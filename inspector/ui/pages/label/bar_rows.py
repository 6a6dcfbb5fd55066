"""Classes with a bar and a figure each, in dense rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector.ui.session import Session
from inspector.ui.theme import font, theme
from inspector.ui.widgets.class_badge import DENSE_BADGE_PX, paint_badge
from inspector.ui.widgets.controls import follow_theme

ROW_PX, BAR_PX, GAP_PX = 24, 6, 8
BAR_SHARE = 0.36  # of the width


@dataclass(frozen=True)
class BarRow:
    """One class: how long its bar is (0 to 1), its figure in words, whether it stands out."""

    class_name: str
    share: float
    figure: str
    is_strong: bool = False


class BarRows(QWidget):
    """Rows of 24 px: badge, name, bar, figure. Guesses are drawn half transparent."""

    def __init__(self, session: Session, *, name: str, figure_px: int, are_guesses: bool = False) -> None:
        super().__init__()
        self._session, self._name, self._figure_px = session, name, figure_px
        self._opacity = 0.55 if are_guesses else 1.0
        self._rows: list[BarRow] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        follow_theme(self, self.update)

    @property
    def rows(self) -> list[BarRow]:
        """What is shown."""
        return self._rows

    def set_rows(self, rows: Sequence[BarRow]) -> None:
        """Show these."""
        self._rows = list(rows)
        figures = ", ".join(f"{row.class_name} {row.figure}" for row in self._rows)
        self.setAccessibleName(f"{self._name}: {figures or 'none'}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """All rows."""
        return QSize(200, ROW_PX * len(self._rows))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the rows."""
        with QPainter(self) as painter:
            for line, row in enumerate(self._rows):
                self._paint_row(painter, QRectF(0, line * ROW_PX, self.width(), ROW_PX), row)

    def _paint_row(self, painter: QPainter, rect: QRectF, row: BarRow) -> None:
        mark = self._session.mark(row.class_name)
        top = rect.center().y() - DENSE_BADGE_PX / 2
        paint_badge(painter, QRectF(0, top, DENSE_BADGE_PX, DENSE_BADGE_PX), mark, opacity=self._opacity)
        painter.setFont(font(semibold=row.is_strong))
        painter.setPen(theme.colour("text"))
        bar = rect.width() * BAR_SHARE
        left = DENSE_BADGE_PX + GAP_PX
        room = QRectF(left, rect.top(), rect.width() - left - bar - self._figure_px - GAP_PX, ROW_PX)
        name = painter.fontMetrics().elidedText(row.class_name, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, row.figure)
        track = QRectF(rect.right() - self._figure_px - bar, rect.center().y() - BAR_PX / 2, bar, BAR_PX)
        painter.fillRect(track, theme.colour("track"))
        track.setWidth(bar * min(1.0, row.share))
        painter.fillRect(track, mark.colour)
