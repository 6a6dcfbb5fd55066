"""The results as a table that follows the newest line while its end is in view."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from inspector.ui.pages.classify.results_delegate import ROW_PX, ResultsDelegate
from inspector.ui.pages.classify.results_model import CLASS, CONFIDENCE, FILE, REVIEW, SECOND, ResultsModel
from inspector.ui.pictures.path_thumbnails import PathThumbnails
from inspector.ui.state.session import Session
from inspector.ui.widgets.controls import follow_theme

HEADER_PX = 28
WIDTHS_PX = {CLASS: 168, CONFIDENCE: 164, SECOND: 88, REVIEW: 100}
NARROW_PX = {CLASS: 150, CONFIDENCE: 116, SECOND: 80, REVIEW: 92}
NARROW_BELOW_PX = 740


class ResultsTable(QTableView):
    """Lines of 38 px, drawn by ResultsDelegate; rows are selected, cells are not."""

    def __init__(self, model: ResultsModel, session: Session, thumbnails: PathThumbnails) -> None:
        super().__init__()
        self._is_at_end = True
        self.setModel(model)
        self.setItemDelegate(ResultsDelegate(self, session, thumbnails))
        self.setAccessibleName("Results")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._place_headers()
        model.rowsAboutToBeInserted.connect(self._on_rows_coming)
        model.rowsInserted.connect(self._on_rows_came)
        thumbnails.arrived.connect(self.viewport().update)
        follow_theme(self, self.viewport().update)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Narrower columns where there is less room, so that names stay readable."""
        widths = WIDTHS_PX if self.width() >= NARROW_BELOW_PX else NARROW_PX
        for column, width_px in widths.items():
            self.setColumnWidth(column, width_px)
        super().resizeEvent(event)

    def _place_headers(self) -> None:
        lines, columns = self.verticalHeader(), self.horizontalHeader()
        lines.setVisible(False)
        lines.setMinimumSectionSize(ROW_PX)
        lines.setDefaultSectionSize(ROW_PX)
        lines.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setFixedHeight(HEADER_PX)
        columns.setProperty("inset", "true")
        columns.setHighlightSections(False)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setSectionResizeMode(FILE, QHeaderView.ResizeMode.Stretch)

    def _on_rows_coming(self) -> None:
        bar = self.verticalScrollBar()
        self._is_at_end = bar.value() == bar.maximum()

    def _on_rows_came(self, parent: QModelIndex, first: int, last: int) -> None:
        if self._is_at_end:
            self.scrollToBottom()
