"""F1 of each class as a bar with its interval and the number of images it stands on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from inspector.ui.state.session import ClassMark, Session
from inspector.ui.theme import font, theme
from inspector.ui.widgets.class_badge import BADGE_PX, paint_badge
from inspector.ui.widgets.controls import follow_theme
from inspector.ui.widgets.rows_model import ROW_ROLE, Index, RowsModel
from inspector.ui.wording import count

if TYPE_CHECKING:
    from models.evaluation.evaluate import ClassScore

ROW_PX = 28
MARGIN_PX = 16
NAME_PX, MIN_BAR_PX, MAX_BAR_PX = 112, 60, 220
VALUE_PX, INTERVAL_PX, SUPPORT_PX = 40, 78, 40
BAR_PX, BRACKET_PX = 6, 4
UNKNOWN = "–"


@dataclass(frozen=True)
class F1Row:
    """One class; `low` and `high` limit its F1 at 95 %, None where that is not known."""

    name: str
    f1: float
    low: float | None
    high: float | None
    support: int

    @property
    def value_text(self) -> str:
        """'0.83', a dash for a class without images."""
        return f"{self.f1:.2f}" if self.support else UNKNOWN

    @property
    def interval_text(self) -> str:
        """'0.44–1.00'."""
        return UNKNOWN if self.low is None or self.high is None else f"{self.low:.2f}–{self.high:.2f}"

    @property
    def sentence(self) -> str:
        """The row as it is read aloud."""
        if not self.support:
            return f"{self.name}: no images to judge it by"
        between = "" if self.low is None else f", between {self.low:.2f} and {self.high:.2f}"
        return f"{self.name}: F1 {self.f1:.2f}{between}, on {count(self.support, 'image')}"


def f1_rows(
    classes: Sequence[str], scores: Sequence[ClassScore], intervals: Sequence[Sequence[float]] | None
) -> list[F1Row]:
    """Rows in the order of the classes; limits that are no number count as unknown."""
    made = []
    for k, (name, score) in enumerate(zip(classes, scores, strict=True)):
        low, high = (math.nan, math.nan) if intervals is None else (float(intervals[k][0]), float(intervals[k][1]))
        is_known = math.isfinite(low) and math.isfinite(high)
        made.append(F1Row(name, score.f1, low if is_known else None, high if is_known else None, score.support))
    return made


class F1Rows(QListView):
    """Rows of 28 px: badge and name, bar over its interval, value, interval, images."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._rows = RowsModel[F1Row](self)
        self.setModel(self._rows)
        self.setItemDelegate(_RowDelegate(self, session))
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setAccessibleName("F1 per class")
        follow_theme(self, self.viewport().update)

    @property
    def rows(self) -> list[F1Row]:
        """What is shown."""
        return self._rows.rows

    def set_scores(
        self,
        classes: Sequence[str],
        scores: Sequence[ClassScore],
        intervals: Sequence[Sequence[float]] | None = None,
    ) -> None:
        """Show the scores (K,) of classes, with the limits (K, 2) of their F1 where they are known."""
        self._rows.show(f1_rows(classes, scores, intervals))
        self.updateGeometry()

    def sizeHint(self) -> QSize:  # noqa: N802
        """All rows, if there is room for them."""
        return QSize(self._width_px(), ROW_PX * max(1, len(self.rows)) + 2)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Some rows; the others scroll."""
        return QSize(self._width_px(), ROW_PX * max(1, min(6, len(self.rows))) + 2)

    def _width_px(self) -> int:
        return 2 * MARGIN_PX + BADGE_PX + 8 + NAME_PX + MIN_BAR_PX + VALUE_PX + INTERVAL_PX + SUPPORT_PX


class _RowDelegate(QStyledItemDelegate):
    """Draws a row; text and bar keep their places however wide the view is."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent)
        self._session = session

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        """Its height is fixed."""
        return QSize(0, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """From left to right."""
        row: F1Row = index.data(ROW_ROLE)
        mark = self._session.mark(row.name)
        rect = QRectF(option.rect).adjusted(MARGIN_PX, 0, -MARGIN_PX, 0)
        painter.save()
        paint_badge(painter, QRectF(rect.left(), rect.center().y() - BADGE_PX / 2, BADGE_PX, BADGE_PX), mark)
        texts = rect.right() - VALUE_PX - INTERVAL_PX - SUPPORT_PX
        name = QRectF(rect.left() + BADGE_PX + 8, rect.top(), NAME_PX, rect.height())
        bar_px = min(MAX_BAR_PX, texts - name.right() - 8)
        name.setRight(texts - bar_px - 8)
        self._paint_name(painter, name, row.name)
        if row.support:
            _paint_bar(painter, QRectF(texts - bar_px, rect.top(), bar_px, rect.height()), row, mark)
        _paint_texts(painter, QRectF(texts, rect.top(), rect.right() - texts, rect.height()), row)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.drawRect(QRectF(option.rect).adjusted(1, 1, -1, -1))
        painter.restore()

    def _paint_name(self, painter: QPainter, rect: QRectF, name: str) -> None:
        painter.setFont(font(13))
        painter.setPen(theme.colour("text"))
        shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(rect.width()))
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, shown)


def _paint_bar(painter: QPainter, rect: QRectF, row: F1Row, mark: ClassMark) -> None:
    top = rect.center().y() - BAR_PX + 1
    painter.fillRect(QRectF(rect.left(), top, rect.width(), BAR_PX), theme.colour("track"))
    painter.fillRect(QRectF(rect.left(), top, rect.width() * row.f1, BAR_PX), mark.colour)
    if row.low is None or row.high is None:
        return
    y = top + BAR_PX + BRACKET_PX
    painter.setPen(QPen(theme.colour("text2"), 1))
    ends = [round(rect.left() + rect.width() * limit) + 0.5 for limit in (row.low, row.high)]
    painter.drawLine(QPointF(ends[0], y), QPointF(ends[1], y))
    for x in ends:
        painter.drawLine(QPointF(x, y - BRACKET_PX / 2), QPointF(x, y + BRACKET_PX / 2))


def _paint_texts(painter: QPainter, rect: QRectF, row: F1Row) -> None:
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    painter.setFont(font(13, semibold=True))
    painter.setPen(theme.colour("text"))
    painter.drawText(QRectF(rect.left(), rect.top(), VALUE_PX, rect.height()), right, row.value_text)
    painter.setFont(font(12))
    painter.setPen(theme.colour("text2"))
    painter.drawText(QRectF(rect.left() + VALUE_PX, rect.top(), INTERVAL_PX, rect.height()), right, row.interval_text)
    support = QRectF(rect.right() - SUPPORT_PX, rect.top(), SUPPORT_PX, rect.height())
    painter.drawText(support, right, f"{row.support:,}")
