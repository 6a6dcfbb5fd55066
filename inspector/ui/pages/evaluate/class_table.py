"""The per-class table, whose rows are as high as those of the confusion matrix beside it."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QScrollBar,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from inspector.ui.pages.evaluate.answer_pictures import AnswerPictures
from inspector.ui.pages.evaluate.class_rows import ClassRow, axis_low
from inspector.ui.state.session import Session
from inspector.ui.theme import font, theme
from inspector.ui.widgets.class_badge import BADGE_PX, paint_badge
from inspector.ui.widgets.confusion_shades import MIN_CELL_PX
from inspector.ui.widgets.confusion_view import HEADER_PX
from inspector.ui.widgets.controls import follow_theme

Index = QModelIndex | QPersistentModelIndex

COLUMNS = ("Class", "Precision", "Recall", "F1", "95 % interval", "Images", "Right answers")
NAME, PRECISION, RECALL, F1, INTERVAL, IMAGES, EXAMPLES = range(7)
FIGURES = (PRECISION, RECALL, F1, IMAGES)
HEADING_SIZE_PX = 12  # a larger one takes the room of the classes' names
MIN_FIGURE_PX, HEADING_PADDING_PX = 40, 9  # the padding of a section in the style sheet, and one
MIN_NAME_PX, MAX_INTERVAL_PX = 120, 220
MARGIN_PX, NAME_GAP_PX = 16, 8
EXAMPLE_GAP_PX, EXAMPLES_SHOWN = 4, 4
MAX_EXAMPLE_PX, AXIS_ROW_PX = 48, 20
MAX_ROWS_WITHOUT_SCROLLING = 6  # those that scroll stand above the bar of the matrix, which is in view in any window
DOT_PX = 3.5
ROW_ROLE, LOW_ROLE = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1


class ClassTable(QTableView):
    """Figures in text, intervals drawn over one axis for all classes, whose ends stand in the last row."""

    def __init__(self, session: Session, pictures: AnswerPictures) -> None:
        super().__init__()
        self._rows = _ClassModel(self)
        self.setModel(self._rows)
        self.setItemDelegate(_ClassDelegate(self, session, pictures))
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(AXIS_ROW_PX)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setProperty("inset", "true")
        header.setFixedHeight(HEADER_PX)
        header.setMinimumSectionSize(30)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._followed: QScrollBar | None = None
        self.setAccessibleName("Figures of each class")
        self.setColumnHidden(EXAMPLES, True)
        pictures.ready.connect(self.viewport().update)
        follow_theme(self, self.viewport().update)

    @property
    def rows(self) -> list[ClassRow]:
        """What is shown."""
        return self._rows.rows

    def show_rows(self, rows: list[ClassRow], *, row_px: int) -> None:
        """Show the figures of all classes."""
        self._rows.show(rows)
        self.set_row_px(row_px)
        self.updateGeometry()

    def set_row_px(self, row_px: int) -> None:
        """Follow the matrix."""
        for at in range(len(self.rows)):
            self.setRowHeight(at, row_px)
        self._fit()

    def follow_scrolling(self, bar: QScrollBar) -> None:
        """Scroll with the matrix, and it with the table, so that their rows stay aligned."""
        self._followed = bar
        bar.valueChanged.connect(self.verticalScrollBar().setValue)
        self.verticalScrollBar().valueChanged.connect(bar.setValue)
        bar.rangeChanged.connect(self._fit_axis)

    def set_with_examples(self, has_room: bool) -> None:
        """Show images that were recognised, where there is room for them."""
        self.setColumnHidden(EXAMPLES, not has_room)
        self._fit()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Room for some rows at their least height, as the matrix has."""
        rows = min(len(self.rows), MAX_ROWS_WITHOUT_SCROLLING)
        return QSize(super().minimumSizeHint().width(), HEADER_PX + rows * MIN_CELL_PX + AXIS_ROW_PX + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """The name and the interval take what the figures leave."""
        super().resizeEvent(event)
        self._fit()

    def _fit_axis(self) -> None:
        """The matrix scrolls further, as its lower bar takes room: the last row is as high as it takes to follow."""
        if self.rows:
            rows_px = sum(self.rowHeight(at) for at in range(len(self.rows)))
            end_px = 0 if self._followed is None else self._followed.maximum() + self.viewport().height()
            self.setRowHeight(len(self.rows), max(AXIS_ROW_PX, end_px - rows_px))

    def _fit(self) -> None:
        self._fit_axis()
        examples_px = 0
        if not self.isColumnHidden(EXAMPLES):
            side = min(MAX_EXAMPLE_PX, (self.rowHeight(0) if self.rows else 0) - 8)
            examples_px = EXAMPLES_SHOWN * (max(side, 0) + EXAMPLE_GAP_PX) + 2 * MARGIN_PX
            self.setColumnWidth(EXAMPLES, examples_px)
        left = self.viewport().width() - examples_px
        for column in FIGURES:
            width = max(MIN_FIGURE_PX, self._heading_px(column))
            self.setColumnWidth(column, width)
            left -= width
        spare = min(MAX_INTERVAL_PX, left - self._names_px())
        interval = max(self._heading_px(INTERVAL), spare)
        self.setColumnWidth(INTERVAL, interval)
        self.setColumnWidth(NAME, max(MIN_NAME_PX, left - interval))

    def _heading_px(self, column: int) -> int:
        return QFontMetrics(font(HEADING_SIZE_PX)).horizontalAdvance(COLUMNS[column]) + 2 * HEADING_PADDING_PX

    def _names_px(self) -> int:
        metrics = QFontMetrics(font(13))
        longest = max((metrics.horizontalAdvance(row.name) for row in self.rows), default=0)
        return max(MIN_NAME_PX, MARGIN_PX + BADGE_PX + NAME_GAP_PX + longest + NAME_GAP_PX)


class _ClassModel(QAbstractTableModel):
    """Rows of classes, and a last one for the ends of the intervals' axis."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: list[ClassRow] = []
        self._low = 0.0

    def show(self, rows: list[ClassRow]) -> None:
        """Other rows."""
        self.beginResetModel()
        self.rows, self._low = rows, axis_low(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        """One a class and one of the axis."""
        return 0 if parent.isValid() or not self.rows else len(self.rows) + 1

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Fixed."""
        return 0 if parent.isValid() else len(COLUMNS)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """The axis can't be chosen."""
        is_class = index.row() < len(self.rows)
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable if is_class else Qt.ItemFlag.NoItemFlags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:  # noqa: N802
        """Names of the columns, figures to the right."""
        if orientation == Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section in FIGURES else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.FontRole:
            return font(HEADING_SIZE_PX)
        return COLUMNS[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The row, the axis's low end, the text of a cell."""
        row = self.rows[index.row()] if index.row() < len(self.rows) else None
        if role == ROW_ROLE:
            return row
        if role == LOW_ROLE:
            return self._low
        if row is None:
            return None
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return row.sentence
        if role == Qt.ItemDataRole.DisplayRole:
            return (row.name, row.precision, row.recall, row.f1_text, "", f"{row.images:,}", "")[index.column()]
        return None


class _ClassDelegate(QStyledItemDelegate):
    """Draws a cell by its column."""

    def __init__(self, parent: QWidget, session: Session, pictures: AnswerPictures) -> None:
        super().__init__(parent)
        self._session, self._pictures = session, pictures

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """A line below, and what the column shows."""
        row, rect = index.data(ROW_ROLE), QRectF(option.rect)
        painter.save()
        if row is None:
            if index.column() == INTERVAL:
                _paint_ends(painter, rect.adjusted(0, 0, 0, AXIS_ROW_PX - rect.height()), index.data(LOW_ROLE))
        else:
            painter.setPen(QPen(theme.colour("grid"), 1))
            painter.drawLine(QPointF(rect.left(), rect.bottom() - 0.5), QPointF(rect.right(), rect.bottom() - 0.5))
            self._paint_class(painter, rect, index, row)
        painter.restore()

    def _paint_class(self, painter: QPainter, rect: QRectF, index: Index, row: ClassRow) -> None:
        column = index.column()
        if column == NAME:
            self._paint_name(painter, rect, row.name)
        elif column == INTERVAL:
            _paint_interval(painter, rect, row, low=index.data(LOW_ROLE), session=self._session)
        elif column == EXAMPLES:
            self._paint_examples(painter, rect, row)
        else:
            painter.setFont(font(13, semibold=column == F1))
            painter.setPen(theme.colour("text2" if column == IMAGES else "text"))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(rect.adjusted(0, 0, -8, 0), right, str(index.data()))

    def _paint_name(self, painter: QPainter, rect: QRectF, name: str) -> None:
        badge = QRectF(rect.left() + MARGIN_PX, rect.center().y() - BADGE_PX / 2, BADGE_PX, BADGE_PX)
        paint_badge(painter, badge, self._session.mark(name))
        painter.setFont(font(13))
        painter.setPen(theme.colour("text"))
        place = rect.adjusted(MARGIN_PX + BADGE_PX + NAME_GAP_PX, 0, 0, 0)
        shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(place.width()))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_examples(self, painter: QPainter, rect: QRectF, row: ClassRow) -> None:
        side = min(MAX_EXAMPLE_PX, int(rect.height()) - 8)
        for at, answer in enumerate(row.examples):
            place = QRectF(0, 0, side, side)
            place.moveCenter(rect.center())
            place.moveLeft(rect.left() + MARGIN_PX + at * (side + EXAMPLE_GAP_PX))
            painter.fillRect(place, theme.colour("well"))
            picture = self._pictures.pixmap(answer, side)
            if picture is not None:
                painter.drawPixmap(place, picture, QRectF(picture.rect()))


def _axis(rect: QRectF) -> tuple[float, float]:
    return rect.left() + 8, rect.right() - 8


def _paint_interval(painter: QPainter, rect: QRectF, row: ClassRow, *, low: float, session: Session) -> None:
    left, right = _axis(rect)
    y = round(rect.center().y()) + 0.5
    painter.setPen(QPen(theme.colour("track"), 1))
    painter.drawLine(QPointF(left, y), QPointF(right, y))
    if row.low is None or row.high is None or row.f1 is None:
        return
    a, middle, b = (left + (right - left) * (value - low) / (1 - low) for value in (row.low, row.f1, row.high))
    colour = session.mark(row.name).colour
    painter.fillRect(QRectF(a, y - 1, b - a, 2), colour)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colour("surface"), 1))
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(middle, y), DOT_PX, DOT_PX)


def _paint_ends(painter: QPainter, rect: QRectF, low: float) -> None:
    left, right = _axis(rect)
    painter.setFont(font(11))
    painter.setPen(theme.colour("text3"))
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.drawText(QRectF(left, rect.top(), 40, rect.height()), middle, f"{low:.2f}")
    end = QRectF(right - 40, rect.top(), 40, rect.height())
    painter.drawText(end, middle | Qt.AlignmentFlag.AlignRight, "1.00")
