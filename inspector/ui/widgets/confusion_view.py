"""The confusion matrix: true classes down, answers across; each cell leads to the images behind it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from inspector.ui.state.session import Session
from inspector.ui.theme import font, theme
from inspector.ui.widgets.class_badge import DENSE_BADGE_PX, paint_badge
from inspector.ui.widgets.confusion_shades import (
    MAX_CELL_PX,
    MIN_CELL_PX,
    ConfusionCell,
    colour_of,
    confusion_cell,
    fitted_cell_px,
)
from inspector.ui.widgets.controls import follow_theme

Index = QModelIndex | QPersistentModelIndex

HEADER_PX = 28
BADGE_HEADER_PX = 36
SUPPORT_PX = 40
MAX_NAME_PX = 130
MAX_ROWS_WITHOUT_SCROLLING, MAX_COLUMNS_WITHOUT_SCROLLING = 12, 4
FOCUS_PX, CHOSEN_PX = 3, 2
CELL_ROLE = Qt.ItemDataRole.UserRole


class ConfusionView(QTableView):
    """A matrix whose cells grow with the room: `cell_chosen(row, column)` by click, Enter or Space.

    `cell_px_changed` carries the cells' side, for whoever aligns rows with the matrix.
    """

    cell_chosen = Signal(int, int)
    cell_px_changed = Signal(int)

    def __init__(
        self,
        session: Session,
        *,
        with_names: bool = True,
        largest_cell_px: int = MAX_CELL_PX,
        most_rows: int = MAX_ROWS_WITHOUT_SCROLLING,
    ) -> None:
        """`most_rows` have room in any window; of more classes rows scroll within, so that the lower bar is in view."""
        super().__init__()
        self._largest_cell_px, self._most_rows = largest_cell_px, most_rows
        self._cell_px = MIN_CELL_PX
        self._matrix = _ConfusionModel(self)
        self.setModel(self._matrix)
        self.setItemDelegate(_CellDelegate(self))
        self.setHorizontalHeader(_MarkHeader(Qt.Orientation.Horizontal, session, with_names=False))
        self.setVerticalHeader(_MarkHeader(Qt.Orientation.Vertical, session, with_names=with_names))
        self.setCornerButtonEnabled(False)
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setAccessibleName("Confusion matrix: rows are true classes, columns are answers")
        self.clicked.connect(self._on_clicked)
        follow_theme(self, self.viewport().update)

    @property
    def cell_px(self) -> int:
        """Side of a cell."""
        return self._cell_px

    def set_confusion(self, classes: Sequence[str], matrix: np.ndarray) -> None:
        """Show counts (K, K) of images by true class (rows) and answer (columns); what was chosen stays so."""
        self._matrix.show(tuple(classes), np.asarray(matrix))
        self._fit()
        self.updateGeometry()

    def set_mode(self, mode: str) -> None:
        """'counts', or 'share': per cent of a row's images."""
        self._matrix.set_mode(mode)

    def choose(self, row: int, column: int) -> None:
        """Mark a cell as the chosen one, without a signal."""
        self.setCurrentIndex(self._matrix.index(row, column))

    def clear_choice(self) -> None:
        """Mark none."""
        self.clearSelection()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter and Space choose the current cell."""
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and index.isValid():
            self._on_clicked(index)
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Let the cells follow."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Room for some rows and columns; more of them scroll."""
        classes = self._matrix.rowCount()
        height = min(classes, self._most_rows) * MIN_CELL_PX
        width = min(classes, MAX_COLUMNS_WITHOUT_SCROLLING) * MIN_CELL_PX
        return QSize(self.verticalHeader().sizeHint().width() + width + SUPPORT_PX, HEADER_PX + height + 2)

    def _fit(self) -> None:
        classes = self._matrix.rowCount()
        names = self.verticalHeader().sizeHint().width()
        width, height = self.width() - names - SUPPORT_PX, self.height() - HEADER_PX - 2
        cell_px = fitted_cell_px(width, height, classes, largest_px=self._largest_cell_px)
        self._scroll_only_if(too_wide=classes * cell_px > width, too_high=classes * cell_px > height)
        for k in range(classes):
            self.setRowHeight(k, cell_px)
            self.setColumnWidth(k, cell_px)
        if classes:
            self.setColumnWidth(classes, SUPPORT_PX)
        if cell_px != self._cell_px:
            self._cell_px = cell_px
            self.cell_px_changed.emit(cell_px)

    def _scroll_only_if(self, *, too_wide: bool, too_high: bool) -> None:
        """Qt shows scroll bars while cells shrink, and they take the room that the cells were measured for."""
        policies = Qt.ScrollBarPolicy
        self.setHorizontalScrollBarPolicy(policies.ScrollBarAsNeeded if too_wide else policies.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(policies.ScrollBarAsNeeded if too_high else policies.ScrollBarAlwaysOff)

    def _on_clicked(self, index: Index) -> None:
        if index.column() < self._matrix.rowCount():
            self.cell_chosen.emit(index.row(), index.column())


class _ConfusionModel(QAbstractTableModel):
    """Cells (K, K) and, as a last column that cannot be chosen, the number of images of each row."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.classes: tuple[str, ...] = ()
        self._counts = np.zeros((0, 0), dtype=np.int64)
        self._mode = "counts"

    def show(self, classes: tuple[str, ...], counts: np.ndarray) -> None:
        """Other counts; a matrix of other classes starts anew."""
        if classes == self.classes:
            self._counts = counts
            self._redraw()
            return
        self.beginResetModel()
        self.classes, self._counts = classes, counts
        self.endResetModel()

    def set_mode(self, mode: str) -> None:
        """'counts' or 'share'."""
        self._mode = mode
        self._redraw()

    def _redraw(self) -> None:
        if self.classes:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.classes) - 1, len(self.classes)))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        """A row a true class."""
        return 0 if parent.isValid() else len(self.classes)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        """A column an answer, and one of sums."""
        return 0 if parent.isValid() or not self.classes else len(self.classes) + 1

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Sums can't be chosen."""
        if index.column() == len(self.classes):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:  # noqa: N802
        """The classes' names."""
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self.classes[section] if section < len(self.classes) else ""
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A cell's text, sentence and shade."""
        if index.column() == len(self.classes):
            return f"{int(self._counts[index.row()].sum()):,}" if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._cell(index).text
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return self._cell(index).sentence
        return self._cell(index) if role == CELL_ROLE else None

    def _cell(self, index: Index) -> ConfusionCell:
        row, column = index.row(), index.column()
        return confusion_cell(
            int(self._counts[row, column]),
            true=self.classes[row],
            answer=self.classes[column],
            support=int(self._counts[row].sum()),
            mode=self._mode,
        )


class _CellDelegate(QStyledItemDelegate):
    """Draws a cell in the shade of its share."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Fill, number, and whether it is the chosen or the current one."""
        cell = index.data(CELL_ROLE)
        painter.save()
        if cell is None:
            painter.setFont(font(11))
            painter.setPen(theme.colour("text3"))
            painter.drawText(option.rect, Qt.AlignmentFlag.AlignCenter, index.data())
        else:
            self._paint_cell(painter, option, cell)
        painter.restore()

    def _paint_cell(self, painter: QPainter, option: QStyleOptionViewItem, cell: ConfusionCell) -> None:
        rect, state = option.rect, option.state
        painter.setPen(QPen(theme.colour("grid"), 1))
        painter.setBrush(theme.colour("surface"))
        painter.drawRect(rect.adjusted(0, 0, -1, -1))
        ink = theme.colour("text3")
        if cell.shade is not None:
            fill = QColor(colour_of(cell.shade, steel=theme.steel, ember=theme.ember))
            painter.fillRect(rect.adjusted(1, 1, -1, -1), fill)
            ink = theme.readable_on(fill)
        painter.setFont(font(13, semibold=cell.shade is not None))
        painter.setPen(ink)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, cell.text)
        if state & QStyle.StateFlag.State_Selected:
            _draw_ring(painter, rect, FOCUS_PX if state & QStyle.StateFlag.State_HasFocus else CHOSEN_PX)


def _draw_ring(painter: QPainter, rect: QRect, width_px: int) -> None:
    half = width_px / 2
    pen = QPen(theme.colour("accent"), width_px)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(QRectF(rect).adjusted(half, half, -half, -half))


class _MarkHeader(QHeaderView):
    """The classes' badges, beside their names where there is room for them."""

    def __init__(self, orientation: Qt.Orientation, session: Session, *, with_names: bool) -> None:
        super().__init__(orientation)
        self._session = session
        self._with_names = with_names
        self.setHighlightSections(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumSectionSize(MIN_CELL_PX)
        follow_theme(self, self.viewport().update)

    def sizeHint(self) -> QSize:  # noqa: N802
        """As wide as the longest name, up to a limit."""
        if self.orientation() == Qt.Orientation.Horizontal:
            return QSize(0, HEADER_PX)
        return QSize(BADGE_HEADER_PX + (self._names_px() if self._with_names else 0), 0)

    def _names_px(self) -> int:
        names = [str(self.model().headerData(i, self.orientation())) for i in range(self.count())]
        widest = max((self.fontMetrics().horizontalAdvance(name) for name in names), default=0)
        return min(widest + 8, MAX_NAME_PX)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:  # noqa: N802
        """A badge, at the right end where a name stands before it."""
        name = str(self.model().headerData(section, self.orientation()))
        painter.save()
        painter.fillRect(rect, theme.colour("surface"))
        if name:
            is_column = self.orientation() == Qt.Orientation.Horizontal
            x = rect.center().x() - DENSE_BADGE_PX // 2 if is_column else rect.right() - 8 - DENSE_BADGE_PX
            badge = QRectF(x, rect.center().y() - DENSE_BADGE_PX // 2, DENSE_BADGE_PX, DENSE_BADGE_PX)
            paint_badge(painter, badge, self._session.mark(name))
            if self._with_names:
                self._paint_name(painter, rect.adjusted(0, 0, -(8 + DENSE_BADGE_PX + 8), 0), name)
        painter.restore()

    def _paint_name(self, painter: QPainter, rect: QRect, name: str) -> None:
        painter.setPen(theme.colour("text"))
        shown = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)
