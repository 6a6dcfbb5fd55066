"""How many results each class has; a click shows that class alone."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from inspector.ui.icons import pixmap
from inspector.ui.state.session import Session
from inspector.ui.theme import font, theme
from inspector.ui.widgets.class_badge import BADGE_PX, paint_badge
from inspector.ui.widgets.controls import follow_theme
from inspector.ui.widgets.rows_model import ROW_ROLE, Index, RowsModel
from inspector.ui.wording import count

ROW_PX = 26
MARGIN_PX = 16
NAME_PX, COUNT_PX = 128, 60
BAR_PX = 6


@dataclass(frozen=True)
class CountRow:
    """So many results of a class, and the share of them in that of the largest class."""

    key: str
    name: str
    images: int
    share: float
    is_error: bool = False

    @property
    def sentence(self) -> str:
        """The row as it is read aloud."""
        return f"{self.name}: {count(self.images, 'image')}"


def count_rows(counts: dict[str, int], *, unreadable: int, unreadable_key: str) -> list[CountRow]:
    """A row a class, in the order of `counts`, and one for what can't be read, if anything."""
    most = max([*counts.values(), unreadable, 1])
    rows = [CountRow(name, name, images, images / most) for name, images in counts.items()]
    if unreadable:
        rows.append(CountRow(unreadable_key, "Cannot be read", unreadable, unreadable / most, is_error=True))
    return rows


class CountsView(QListView):
    """Rows of 26 px: badge and name, bar, number. `class_chosen` carries the key of a row, '' where it is given up."""

    class_chosen = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._rows = RowsModel[CountRow](self)
        self._chosen = ""
        self.setModel(self._rows)
        self.setItemDelegate(_CountDelegate(self, session))
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setAccessibleName("Results per class; Enter shows a class alone")
        self.clicked.connect(self._on_activated)
        follow_theme(self, self.viewport().update)

    @property
    def rows(self) -> list[CountRow]:
        """What is shown."""
        return self._rows.rows

    def show_rows(self, rows: list[CountRow]) -> None:
        """Show counts."""
        self._rows.show(rows)

    def choose(self, key: str) -> None:
        """Mark the class that is shown alone, without a signal."""
        self._chosen = key
        line = next((i for i, row in enumerate(self.rows) if row.key == key and key), None)
        if line is None:
            self.clearSelection()
        else:
            self.setCurrentIndex(self._rows.index(line))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter and Space choose the current row."""
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and index.isValid():
            self._on_activated(index)
            return
        super().keyPressEvent(event)

    def _on_activated(self, index: QModelIndex) -> None:
        key = self.rows[index.row()].key
        self.choose("" if key == self._chosen else key)
        self.class_chosen.emit(self._chosen)


class _CountDelegate(QStyledItemDelegate):
    def __init__(self, view: CountsView, session: Session) -> None:
        super().__init__(view)
        self._session = session

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        return QSize(240, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: CountRow = index.data(ROW_ROLE)
        rect, state = option.rect, option.state  # type: ignore[attr-defined]
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.colour("tint"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme.colour("hover"))
        badge = QRectF(rect.left() + MARGIN_PX, rect.center().y() - BADGE_PX / 2 + 0.5, BADGE_PX, BADGE_PX)
        if row.is_error:
            painter.drawPixmap(badge.topLeft(), pixmap("error", size_px=BADGE_PX, token="bad"))
        else:
            paint_badge(painter, badge, self._session.mark(row.key))
        self._paint_numbers(painter, rect, row, round(badge.right()) + 8)
        painter.restore()

    def _paint_numbers(self, painter: QPainter, rect: QRect, row: CountRow, left: int) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(font())
        painter.setPen(theme.colour("text"))
        name = painter.fontMetrics().elidedText(row.name, Qt.TextElideMode.ElideRight, NAME_PX)
        painter.drawText(QRect(left, rect.top(), NAME_PX, rect.height()), Qt.AlignmentFlag.AlignLeft | middle, name)
        right = rect.right() - MARGIN_PX
        number = QRect(right - COUNT_PX, rect.top(), COUNT_PX, rect.height())
        painter.drawText(number, Qt.AlignmentFlag.AlignRight | middle, f"{row.images:,}")
        begin = left + NAME_PX + 8
        track = QRectF(begin, rect.center().y() - BAR_PX / 2 + 0.5, max(0, right - COUNT_PX - begin), BAR_PX)
        painter.fillRect(track, theme.colour("track"))
        track.setWidth(track.width() * row.share)
        painter.fillRect(track, theme.colour("bad") if row.is_error else self._session.mark(row.key).colour)
