"""Runs in a list: which one is in view, and which two are compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from inspector.ui.theme import font, theme
from inspector.ui.widgets.controls import follow_theme

Index = QModelIndex | QPersistentModelIndex

ROW_PX = 32
SHOWN_ROWS = 6
COMPARED = 2
ROW_ROLE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class RunRow:
    """One run: 'Run 6 · fine-tuned' and its figure, or why it has none. Finished ones can be ticked."""

    id: int
    title: str
    figure: str
    is_finished: bool


class RunList(QListView):
    """`run_chosen` carries the run to show, `ticked_changed` says that others are ticked. At most two can be."""

    run_chosen = Signal(int)
    ticked_changed = Signal()

    def __init__(self, name: str) -> None:
        """`name` says what is listed, for screen readers."""
        super().__init__()
        self._model = QStandardItemModel(self)
        self._ticked: list[int] = []  # the latest tick last
        self._is_quiet = False
        self.setModel(self._model)
        self.setItemDelegate(_RunDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setProperty("ground", "window")
        self.setAccessibleName(name)
        self.setToolTip("Tick two runs to see them side by side")
        self._model.itemChanged.connect(self._on_item_changed)
        self.selectionModel().currentChanged.connect(self._on_current_changed)
        follow_theme(self, self.viewport().update)

    @property
    def ticked(self) -> list[int]:
        """The ticked runs, the newest first."""
        return sorted(self._ticked, reverse=True)

    @property
    def rows(self) -> list[RunRow]:
        """What is listed."""
        return [self._model.item(at).data(ROW_ROLE) for at in range(self._model.rowCount())]

    def tick(self, run_ids: Sequence[int]) -> None:
        """Tick these finished runs, at most two, and no others."""
        self._is_quiet = True
        for at, row in enumerate(self.rows):
            if row.is_finished:
                state = Qt.CheckState.Checked if row.id in run_ids else Qt.CheckState.Unchecked
                self._model.item(at).setCheckState(state)
        self._is_quiet = False
        self._ticked = list(run_ids)[:COMPARED]
        self.ticked_changed.emit()

    def set_rows(self, rows: Sequence[RunRow]) -> None:
        """List these runs; ticks and the current run stay where they can."""
        if list(rows) == self.rows:
            return
        current = self.current_id
        self._is_quiet = True
        self._model.clear()
        self._ticked = [i for i in self._ticked if any(row.id == i and row.is_finished for row in rows)]
        for row in rows:
            self._model.appendRow(self._item(row))
        self._is_quiet = False
        self.select(current)
        self.updateGeometry()

    @property
    def current_id(self) -> int | None:
        """The run in view."""
        row = self.currentIndex().data(ROW_ROLE)
        return None if row is None else row.id

    def select(self, run_id: int | None) -> None:
        """Mark a run as the one in view, without a signal."""
        at = next((at for at, row in enumerate(self.rows) if row.id == run_id), None)
        self._is_quiet = True
        self.setCurrentIndex(self._model.index(-1 if at is None else at, 0))
        self._is_quiet = False

    def sizeHint(self) -> QSize:  # noqa: N802
        """All runs, up to a limit beyond which they scroll."""
        return QSize(200, ROW_PX * max(1, min(SHOWN_ROWS, self._model.rowCount())))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """The same."""
        return self.sizeHint()

    def _item(self, row: RunRow) -> QStandardItem:
        item = QStandardItem(row.title)
        item.setData(row, ROW_ROLE)
        item.setAccessibleText(f"{row.title}, {row.figure}")
        item.setCheckable(row.is_finished)
        if row.is_finished:
            item.setCheckState(Qt.CheckState.Checked if row.id in self._ticked else Qt.CheckState.Unchecked)
        return item

    def _on_item_changed(self, item: QStandardItem) -> None:
        if self._is_quiet:
            return
        run_id = item.data(ROW_ROLE).id
        is_ticked = item.checkState() == Qt.CheckState.Checked
        self._ticked = [i for i in self._ticked if i != run_id] + ([run_id] if is_ticked else [])
        for dropped in self._ticked[:-COMPARED]:
            self._untick(dropped)
        self._ticked = self._ticked[-COMPARED:]
        self.ticked_changed.emit()

    def _untick(self, run_id: int) -> None:
        self._is_quiet = True
        self._model.item([row.id for row in self.rows].index(run_id)).setCheckState(Qt.CheckState.Unchecked)
        self._is_quiet = False

    def _on_current_changed(self, current: QModelIndex) -> None:
        row = current.data(ROW_ROLE)
        if row is not None and not self._is_quiet:
            self.run_chosen.emit(row.id)


class _RunDelegate(QStyledItemDelegate):
    """The tick and the title as the style draws them, the figure at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        """Its height is fixed."""
        return QSize(0, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Ground, tick, title, figure."""
        super().paint(painter, option, index)
        row: RunRow = index.data(ROW_ROLE)
        painter.save()
        painter.setFont(font(13, semibold=row.is_finished))
        painter.setPen(theme.colour("text" if row.is_finished else "text3"))
        place = QRect(option.rect).adjusted(0, 0, -10, 0)
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, row.figure)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(theme.colour("accent"))
            painter.drawRect(QRect(option.rect).adjusted(0, 0, -1, -1))
        painter.restore()
