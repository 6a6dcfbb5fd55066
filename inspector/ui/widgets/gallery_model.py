"""The images of a gallery as rows: nothing but a list of ids, so that 100,000 of them cost nothing each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QAbstractListModel, QItemSelection, QModelIndex, QPersistentModelIndex, Qt

from inspector.ui.state.session import Session

ID_ROLE = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class GalleryModel(QAbstractListModel):
    """Row to image id and back. Name and label are read from the session when a row is shown or read aloud."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._ids: list[int] = []
        self._row_of: dict[int, int] = {}

    @property
    def ids(self) -> list[int]:
        """The ids in their order."""
        return self._ids

    def set_ids(self, ids: Sequence[int]) -> None:
        """Show other images."""
        self.beginResetModel()
        self._ids = list(ids)
        self._row_of = {image_id: row for row, image_id in enumerate(self._ids)}
        self.endResetModel()

    def row(self, image_id: int) -> int | None:
        """The row of an image; None if it is not shown."""
        return self._row_of.get(image_id)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008 (Qt's signature)
        """Number of images."""
        return 0 if parent.isValid() else len(self._ids)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The id, the file's name, or what a screen reader says."""
        if not index.isValid():
            return None
        image_id = self._ids[index.row()]
        if role == ID_ROLE:
            return image_id
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._name(image_id)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self._name(image_id)}, {self._session.labels.get(image_id, 'not labelled')}"
        return None

    def ids_of(self, selection: QItemSelection) -> list[int]:
        """The ids of a selection in the order of the rows."""
        rows = sorted((part.top(), part.bottom()) for part in selection)
        return [image_id for top, bottom in rows for image_id in self._ids[top : bottom + 1]]

    def selection_of(self, image_ids: Iterable[int]) -> QItemSelection:
        """A selection of those of the images that are shown, in as few ranges as it takes."""
        rows = sorted(row for image_id in set(image_ids) if (row := self._row_of.get(image_id)) is not None)
        selection = QItemSelection()
        for first, last in row_ranges(rows):
            selection.append(QItemSelection(self.index(first), self.index(last)))
        return selection

    def _name(self, image_id: int) -> str:
        row = self._session.row_of.get(image_id)
        return "" if row is None else self._session.images[row].path.name


def row_ranges(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Rising numbers as (first, last) of each unbroken range."""
    ranges: list[tuple[int, int]] = []
    for row in rows:
        if ranges and row == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], row)
        else:
            ranges.append((row, row))
    return ranges
