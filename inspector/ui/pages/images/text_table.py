"""A table of rows of text that scrolls through any number of them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyledItemDelegate, QStyleOptionViewItem, QTableView

Index = QModelIndex | QPersistentModelIndex
ROW_PX, PADDING_PX = 28, 8
STYLE_MARGIN_PX = 3  # that the style leaves itself


class TextTable(QTableView):
    """Columns of given widths (px), the last takes the rest; texts that are cut are whole in the tooltip."""

    def __init__(self, columns: Sequence[str], *, widths_px: Sequence[int], name: str) -> None:
        super().__init__()
        self._model = _TextModel(columns)
        self.setModel(self._model)
        self.setItemDelegate(_PaddedDelegate(self))
        self.setAccessibleName(name)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setStretchLastSection(True)
        for column, width_px in enumerate(widths_px):
            self.setColumnWidth(column, width_px)

    @property
    def rows(self) -> Sequence[Sequence[str]]:
        """What is shown."""
        return self._model.rows

    def set_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show other rows."""
        self._model.set_rows(rows)


class _PaddedDelegate(QStyledItemDelegate):
    """Texts begin where those of the header do."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: N802
        super().initStyleOption(option, index)
        option.rect = option.rect.adjusted(PADDING_PX - STYLE_MARGIN_PX, 0, 0, 0)  # type: ignore[attr-defined]


class _TextModel(QAbstractTableModel):
    def __init__(self, columns: Sequence[str]) -> None:
        super().__init__()
        self._columns = columns
        self.rows: Sequence[Sequence[str]] = ()

    def set_rows(self, rows: Sequence[Sequence[str]]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008 (Qt's signature)
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self.rows[index.row()][index.column()]
        return None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return self._columns[section]
        return None
