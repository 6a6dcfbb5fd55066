"""The likeliest classes of an image as bars, and what is left for all others."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector.ui.pages.classify.results import Answer
from inspector.ui.state.session import Session
from inspector.ui.theme import font, theme
from inspector.ui.widgets.class_badge import BADGE_PX, paint_badge
from inspector.ui.widgets.controls import follow_theme
from inspector.ui.wording import per_cent

ROW_PX = 24
SHARE_PX, BAR_PX = 44, 6
OTHERS = "Others"
MIN_OTHERS = 0.005  # below it per cents would show nothing


class AnswerBars(QWidget):
    """Rows of 24 px: badge, name, bar, per cent."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._rows: list[Answer] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        follow_theme(self, self.update)

    @property
    def rows(self) -> list[Answer]:
        """What is shown; the last may stand for all other classes."""
        return self._rows

    def show_answers(self, answers: Sequence[Answer]) -> None:
        """Show the likeliest answers of an image, the likeliest first."""
        self._rows = with_others(answers)
        self.setAccessibleName(", ".join(f"{row.class_name} {per_cent(row.probability)}" for row in self._rows))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """A row an answer."""
        return QSize(200, ROW_PX * len(self._rows))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the rows."""
        with QPainter(self) as painter:
            painter.setFont(font())
            for line, row in enumerate(self._rows):
                self._paint_row(painter, QRectF(0, line * ROW_PX, self.width(), ROW_PX), row)

    def _paint_row(self, painter: QPainter, rect: QRectF, row: Answer) -> None:
        middle, left, bar = Qt.AlignmentFlag.AlignVCenter, BADGE_PX + 8, rect.width() * 0.3
        colour = theme.colour("control")
        if row.class_name != OTHERS:
            mark = self._session.mark(row.class_name)
            colour = mark.colour
            paint_badge(painter, QRectF(0, rect.center().y() - BADGE_PX / 2, BADGE_PX, BADGE_PX), mark)
        painter.setPen(theme.colour("text"))
        room = QRectF(left, rect.top(), rect.width() - left - bar - SHARE_PX - 8, ROW_PX)
        name = painter.fontMetrics().elidedText(row.class_name, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | middle, name)
        painter.drawText(rect, Qt.AlignmentFlag.AlignRight | middle, per_cent(row.probability))
        track = QRectF(rect.right() - SHARE_PX - bar, rect.center().y() - BAR_PX / 2, bar, BAR_PX)
        painter.fillRect(track, theme.colour("track"))
        track.setWidth(bar * row.probability)
        painter.fillRect(track, colour)


def with_others(answers: Sequence[Answer]) -> list[Answer]:
    """The answers, and what is left for all other classes where it would show."""
    left = 1.0 - sum(answer.probability for answer in answers)
    return [*answers, Answer(OTHERS, left)] if answers and left >= MIN_OTHERS else [*answers]
