"""Rows of badge, class, bar and figure: what a model guesses, how many labels there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector.ui.state.session import Session
from inspector.ui.theme import font, theme
from inspector.ui.widgets.class_badge import DENSE_BADGE_PX, paint_badge
from inspector.ui.widgets.controls import follow_theme

ROW_PX = 24
FIGURE_PX, BAR_HEIGHT_PX, GAP_PX = 44, 6, 8
BAR_SHARE = 0.34  # of the width
GUESS_OPACITY = 0.4


@dataclass(frozen=True)
class ClassRow:
    """One row: `share` 0..1 of the bar, `figure` beside it, in semibold if it `stands_out`."""

    class_name: str
    share: float
    figure: str
    stands_out: bool = False


class ClassBars(QWidget):
    """Rows of 24 px. Guesses are drawn half transparent: they are no labels."""

    def __init__(self, session: Session, *, are_guesses: bool) -> None:
        super().__init__()
        self._session, self._opacity = session, GUESS_OPACITY if are_guesses else 1.0
        self._rows: tuple[ClassRow, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        follow_theme(self, self.update)

    @property
    def rows(self) -> tuple[ClassRow, ...]:
        """What is shown."""
        return self._rows

    def set_rows(self, rows: Sequence[ClassRow]) -> None:
        """Show these."""
        is_other_size = len(rows) != len(self._rows)
        self._rows = tuple(rows)
        self.setAccessibleName(", ".join(f"{row.class_name} {row.figure}" for row in rows))
        if is_other_size:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """As high as its rows."""
        return QSize(200, ROW_PX * len(self._rows))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Nothing is cut off."""
        return QSize(120, ROW_PX * len(self._rows))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the rows."""
        with QPainter(self) as painter:
            for position, row in enumerate(self._rows):
                self._paint_row(painter, QRectF(0, position * ROW_PX, self.width(), ROW_PX), row)

    def _paint_row(self, painter: QPainter, rect: QRectF, row: ClassRow) -> None:
        mark = self._session.mark(row.class_name)
        side, middle = DENSE_BADGE_PX, rect.center().y()
        paint_badge(painter, QRectF(0, middle - side / 2, side, side), mark, opacity=self._opacity)
        painter.setFont(font())
        painter.setPen(theme.colour("text"))
        bar_width = rect.width() * BAR_SHARE
        bar = QRectF(rect.right() - FIGURE_PX - bar_width, middle - BAR_HEIGHT_PX / 2, bar_width, BAR_HEIGHT_PX)
        room = QRectF(side + GAP_PX, rect.top(), bar.left() - side - 2 * GAP_PX, ROW_PX)
        name = painter.fontMetrics().elidedText(row.class_name, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, name)
        painter.setFont(font(semibold=row.stands_out))
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, row.figure)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for width, colour in ((bar_width, theme.colour("track")), (bar_width * row.share, mark.colour)):
            bar.setWidth(max(width, 0.0))
            painter.setBrush(colour)
            painter.drawRoundedRect(bar, BAR_HEIGHT_PX / 2, BAR_HEIGHT_PX / 2)
