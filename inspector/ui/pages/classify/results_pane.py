"""The results: which are shown, in which order, as a table or as pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, Signal
from PySide6.QtWidgets import QComboBox, QStackedWidget, QWidget

from inspector.ui.pages.classify.model_answers import NamesToday
from inspector.ui.pages.classify.result_filter import ORDERS
from inspector.ui.pages.classify.results import Results
from inspector.ui.pages.classify.results_gallery import ResultsGallery
from inspector.ui.pages.classify.results_model import ResultsModel
from inspector.ui.pages.classify.results_table import ResultsTable
from inspector.ui.pictures.path_thumbnails import PathThumbnails
from inspector.ui.state.session import Session
from inspector.ui.widgets.controls import Segmented, column, label, pane, row
from inspector.ui.widgets.empty_state import EmptyState
from models.images.settings import Scaling

HEADER_PX = 40
ALL, UNREADABLE = "all", "unreadable"


class ResultsPane(QWidget):
    """Table, gallery and what chooses among the rows. `row_chosen` carries a row of the results, None for no row."""

    row_chosen = Signal(object)

    def __init__(self, model: ResultsModel, session: Session, thumbnails: PathThumbnails) -> None:
        super().__init__()
        self.model = model
        self.table = ResultsTable(model, session, thumbnails)
        self.gallery = ResultsGallery(model, session, thumbnails)
        self.gallery.setSelectionModel(self.table.selectionModel())
        self.classes = _combo("Class")
        self.order = _combo("Order")
        for key, text in ORDERS.items():
            self.order.addItem(text, key)
        self.scope = Segmented([(ALL, "All"), ("review", "Needs review")], name="Show", small=True)
        self.view = Segmented([("table", "Table"), ("gallery", "Gallery")], name="View", small=True)
        self._nothing = EmptyState("filter", "No image matches these filters.", "Clear filters", self.clear_filters)
        self._stack = QStackedWidget()
        for widget in (self.table, self.gallery, self._nothing):
            self._stack.addWidget(widget)
        self._chosen_row: int | None = None
        title = label("Results", semibold=True)
        bar = row(title, None, self.classes, self.scope, self.order, self.view, margins=(16, 0, 12, 0))
        header = pane(bar)
        header.setFixedHeight(HEADER_PX)
        self.setLayout(column(header, self._stack, spacing=0))
        self.show_classes([])
        self._connect()

    @property
    def chosen_row(self) -> int | None:
        """The row of the results that is chosen."""
        return self._chosen_row

    def show_results(self, results: Results, folder: Path, scaling: Scaling | None) -> None:
        """Other results, of files below a folder; `scaling`: how deep images become 8 bits."""
        self._set_row(None)
        self.model.show(results, folder, scaling)

    def show_classes(self, names: list[str]) -> None:
        """The classes to choose from; what is chosen stays so if it is among them."""
        entries = [("", "All classes"), *((name, name) for name in names), (UNREADABLE, "Cannot be read")]
        if entries == [(self.classes.itemData(i), self.classes.itemText(i)) for i in range(self.classes.count())]:
            return
        chosen = self.classes.currentData()
        self.classes.blockSignals(True)
        self.classes.clear()
        for key, text in entries:
            self.classes.addItem(text, key)
        self.classes.setCurrentIndex(max(0, self.classes.findData(chosen)))
        self.classes.blockSignals(False)
        self._on_class_chosen()  # which is another where the chosen one is gone

    def follow_names(self, names_today: NamesToday) -> None:
        """A class that is shown alone may be called otherwise now; to be said before the results follow."""
        if chosen := self.model.filter.class_name:
            at, now = self.classes.currentIndex(), names_today([chosen])[chosen]
            self.classes.setItemText(at, now)
            self.classes.setItemData(at, now)
            self.model.filter = replace(self.model.filter, class_name=now)

    def choose_class(self, class_name: str) -> None:
        """Show one class alone, '' for all, UNREADABLE for what can't be read."""
        self.classes.setCurrentIndex(max(0, self.classes.findData(class_name)))

    def clear_filters(self) -> None:
        """Show all rows."""
        self.scope.choose(ALL)
        self.choose_class("")
        self.model.set_filter(class_name="", only_review=False, only_unreadable=False)

    def choose_row(self, row_number: int | None) -> None:
        """Choose a row, if it is shown, and bring it into view."""
        line = None if row_number is None else self.model.line_of(row_number)
        if line is not None:
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.table.selectionModel().setCurrentIndex(self.model.index(line, 0), flags)

    def _connect(self) -> None:
        self.classes.currentIndexChanged.connect(self._on_class_chosen)
        self.order.currentIndexChanged.connect(lambda: self.model.set_filter(order=self.order.currentData()))
        self.scope.chosen.connect(lambda key: self.model.set_filter(only_review=key != ALL))
        self.view.chosen.connect(self._show_view)
        self.table.selectionModel().currentRowChanged.connect(self._on_current_changed)
        self.model.modelReset.connect(self._on_reset)
        self.model.rowsInserted.connect(self._on_rows_inserted)

    def _on_class_chosen(self) -> None:
        key = self.classes.currentData()
        is_unreadable = key == UNREADABLE
        self.model.set_filter(class_name="" if is_unreadable else key, only_unreadable=is_unreadable)

    def _on_current_changed(self) -> None:
        index = self.table.currentIndex()
        if index.isValid():
            self._set_row(self.model.row_of(index))

    def _on_reset(self) -> None:
        """Keep the chosen row if it is still shown, else choose the first."""
        self._show_view()
        shown = self.model.shown
        if self._chosen_row is not None and self.model.line_of(self._chosen_row) is not None:
            self.choose_row(self._chosen_row)
        elif len(shown):
            self.choose_row(int(shown[0]))
        else:
            self._set_row(None)

    def _on_rows_inserted(self) -> None:
        self._show_view()
        if self._chosen_row is None:
            self.choose_row(int(self.model.shown[0]))

    def _set_row(self, row_number: int | None) -> None:
        self._chosen_row = row_number
        self.row_chosen.emit(row_number)

    def _show_view(self) -> None:
        is_filtered_out = len(self.model.results) > 0 and len(self.model.shown) == 0
        view = self.table if self.view.key == "table" else self.gallery
        self._stack.setCurrentWidget(self._nothing if is_filtered_out else view)


def _combo(name: str) -> QComboBox:
    made = QComboBox()
    made.setProperty("small", True)
    made.setAccessibleName(name)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    return made
