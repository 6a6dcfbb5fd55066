"""The model of a short list whose rows a delegate draws: bars with numbers beside a name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

Index = QModelIndex | QPersistentModelIndex

ROW_ROLE = Qt.ItemDataRole.UserRole


class NamedRow(Protocol):
    """What a row must say."""

    @property
    def name(self) -> str:
        """By which it is found when its first letters are typed."""

    @property
    def sentence(self) -> str:
        """All that is drawn, for the tooltip and for screen readers."""


Row = TypeVar("Row", bound=NamedRow)


class RowsModel(QAbstractListModel, Generic[Row]):
    """`rows`, each whole under ROW_ROLE."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []

    def show(self, rows: Sequence[Row]) -> None:
        """Other rows; as many as before are drawn anew where they are."""
        if len(rows) == len(self.rows):
            self.rows = list(rows)
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Of the list itself; rows have no rows."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The row, and what is read aloud."""
        row = self.rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return row.sentence
        return row.name if role == Qt.ItemDataRole.DisplayRole else None
