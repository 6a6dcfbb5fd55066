"""The import report in place of the gallery: files that can't be used, images at several paths, sizes."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from inspector.ui.pages.images.import_report import ImportReport
from inspector.ui.pages.images.text_table import TextTable
from inspector.ui.widgets.controls import button, column, label, row
from inspector.ui.widgets.section import Section
from inspector.ui.wording import count

PATH_PX, NAME_PX = 420, 220


class ReportView(QWidget):
    """`closed` when the gallery is to be shown again."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._report: ImportReport | None = None
        self.summary = label(tone="text2", wraps=True)
        self.copy_button = button("Copy report", self._on_copy)
        self.close_button = button("Back to the images", self.closed.emit)
        head = row(
            label("Import report", semibold=True),
            self.summary,
            self.copy_button,
            self.close_button,
            margins=(16, 8, 16, 0),
        )
        head.setStretchFactor(self.summary, 1)
        self.unreadable = TextTable(["File", "Reason"], widths_px=[PATH_PX], name="Unreadable files")
        self.duplicates = TextTable(["Image", "Paths"], widths_px=[NAME_PX], name="Duplicates")
        self.sizes = TextTable(["Size", "Images"], widths_px=[NAME_PX], name="Sizes")
        self._sections = {
            "unreadable": Section("Unreadable files", self.unreadable),
            "duplicates": Section("Images at several paths", self.duplicates),
            "sizes": Section("Sizes", self.sizes),
        }
        self.setLayout(column(head, *self._sections.values()))
        for section in self._sections.values():
            self.layout().setStretch(self.layout().indexOf(section), 1)

    def show_report(self, report: ImportReport) -> None:
        """Show a report; sections without rows are left out."""
        self._report = report
        self.summary.setText(report.summary)
        parts = (
            ("unreadable", self.unreadable, report.unreadable),
            ("duplicates", self.duplicates, report.duplicates),
            ("sizes", self.sizes, report.sizes),
        )
        for key, table, rows in parts:
            table.set_rows(rows)
            self._sections[key].setVisible(bool(rows))
            self._sections[key].set_caption(count(len(rows), "row"))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Escape goes back."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _on_copy(self) -> None:
        if self._report is not None:
            QApplication.clipboard().setText(self._report.to_text())
