"""Results as Qt's views read them: a filter and an order over rows that keep coming."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from inspector.ui.pages.classify.result_filter import BY_NAME, ResultFilter, matching, ordered
from inspector.ui.pages.classify.results import Results
from models.images.settings import Scaling

FILE, CLASS, CONFIDENCE, SECOND, REVIEW = range(5)
TITLES = ("File", "Class", "Confidence", "Second", "")

Index = QModelIndex | QPersistentModelIndex


class ResultsModel(QAbstractTableModel):
    """A line a shown result. `label_of` tells which label the project has for a row, None for none."""

    def __init__(self, label_of: Callable[[int], str | None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.folder = Path()
        self.scaling: Scaling | None = None
        self.results = Results()
        self.filter = ResultFilter()
        self.review_below = 0.0
        self.label_of = label_of
        self._shown = np.empty(0, np.int64)
        self._taken = 0

    @property
    def shown(self) -> np.ndarray:
        """The rows of `results` that are shown (n,), in their order."""
        return self._shown

    def show(self, results: Results, folder: Path, scaling: Scaling | None) -> None:
        """Other results, of files below a folder; `scaling`: how deep images become 8 bits."""
        self.results, self.folder, self.scaling = results, folder, scaling
        self.read_again()

    def take_new(self) -> None:
        """Show the rows that were added to `results` since; sorted ones wait for `read_again`."""
        if self.filter.order != BY_NAME:
            return
        added = matching(self.results, self.filter, review_below=self.review_below, start=self._taken)
        self._taken = len(self.results)
        if len(added):
            first = len(self._shown)
            self.beginInsertRows(QModelIndex(), first, first + len(added) - 1)
            self._shown = np.concatenate([self._shown, added])
            self.endInsertRows()

    def read_again(self) -> None:
        """Filter and sort all rows."""
        self.beginResetModel()
        rows = matching(self.results, self.filter, review_below=self.review_below)
        self._shown = ordered(self.results, rows, self.filter.order)
        self._taken = len(self.results)
        self.endResetModel()

    def set_filter(self, **changes: object) -> None:
        """Change fields of the filter."""
        changed = replace(self.filter, **changes)  # type: ignore[arg-type]
        if changed != self.filter:
            self.filter = changed
            self.read_again()

    def set_review_below(self, review_below: float) -> None:
        """Judge by another threshold."""
        self.review_below = review_below
        if self.filter.only_review:
            self.read_again()
        else:
            self.repaint()

    def follow_decisions(self) -> None:
        """Persons have decided otherwise on rows that are here."""
        if self.filter.only_review or self.filter.class_name:
            self.read_again()
        else:
            self.repaint()

    def repaint(self) -> None:
        """What is shown of the lines is another."""
        if len(self._shown):
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._shown) - 1, REVIEW))

    def line_of(self, row: int) -> int | None:
        """The line at which a row is shown, None if it is not."""
        if self.filter.order == BY_NAME:
            line = int(np.searchsorted(self._shown, row))
            return line if line < len(self._shown) and self._shown[line] == row else None
        (lines,) = np.nonzero(self._shown == row)
        return int(lines[0]) if len(lines) else None

    def row_of(self, index: Index) -> int:
        """The row of `results` behind a line."""
        return int(self._shown[index.row()])

    def file_of(self, row: int) -> Path:
        """The file of a row."""
        return self.folder / self.results.paths[row]

    def needs_review(self, row: int) -> bool:
        """Whether a person must look at a row."""
        return bool(self.results.need_review(self.review_below, row))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        """A line a shown result."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        """File, class, confidence, second class, review."""
        return 0 if parent.isValid() else len(TITLES)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The columns' titles."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return TITLES[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The text of a cell; what is read aloud of its first is the whole line."""
        row = self.row_of(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            cells = (self._text(row, column) for column in range(len(TITLES)))
            return (
                ", ".join(text for text in cells if text) if index.column() == FILE else self._text(row, index.column())
            )
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.results.errors.get(row) if index.column() != FILE else self.results.paths[row]
        return None

    def _text(self, row: int, column: int) -> str:
        if column == FILE:
            return self.results.paths[row]
        if row in self.results.errors:
            return error_text(self.results.errors[row]) if column == CLASS else ""
        if column == REVIEW:
            decided = self.label_of(row)
            return f"Labelled {decided}" if decided else "Review" if self.needs_review(row) else ""
        answers = self.results.answers(row)
        if column == SECOND:
            return f"{answers[1].class_name} {answers[1].probability:.2f}" if len(answers) > 1 else ""
        return answers[0].class_name if column == CLASS else f"{answers[0].probability:.2f}"


def error_text(reason: str) -> str:
    """'is empty' as 'Cannot be read: empty'."""
    return f"Cannot be read: {reason.removeprefix('is ')}"
