"""Labels from folder names or a CSV file, and to one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton

from inspector.ui.pages.label.label_files import LabelFiles
from inspector.ui.pages.label.label_words import READ_ONLY
from inspector.ui.pages.page import Shell
from inspector.ui.state.session import Session
from inspector.ui.state.settings import settings
from inspector.ui.widgets.controls import button

CSV_FILTER = "Label files (*.csv)"
BUSY = "Labels are being read or written"
LAST_FOLDER = "last_label_folder"


class LabelsMenu:
    """The button "Labels" of the page header."""

    def __init__(self, session: Session, shell: Shell) -> None:
        self._session = session
        self.button: QPushButton = button("Labels ", icon_name="chevron-down", tooltip="Labels from files and to files")
        self.button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.files = LabelFiles(session, shell, self.button)
        self.menu = QMenu(self.button)
        self.menu.setToolTipsVisible(True)
        self.from_folders = self._action("Label by folder names", self.files.label_by_folders, writes=True)
        self.from_csv = self._action("Import labels from CSV…", self._on_from_csv, writes=True)
        self.to_csv = self._action("Export labels as CSV…", self._on_to_csv)
        self.button.setMenu(self.menu)
        self.menu.aboutToShow.connect(self._enable)

    def _action(self, text: str, on_triggered: Callable[[], object], *, writes: bool = False) -> QAction:
        action = self.menu.addAction(text)
        action.triggered.connect(lambda: on_triggered())
        action.setEnabled(not (writes and self._session.read_only))
        if writes and self._session.read_only:
            action.setToolTip(READ_ONLY)
        return action

    def _enable(self) -> None:
        busy = BUSY if self.files.is_busy else ""
        reason = READ_ONLY if self._session.read_only else busy or ("" if self._session.images else "Add images first")
        for action in (self.from_folders, self.from_csv):
            action.setEnabled(not reason)
            action.setToolTip(reason)
        reason = busy or ("" if self._session.labels else "No image is labelled yet")
        self.to_csv.setEnabled(not reason)
        self.to_csv.setToolTip(reason)

    def _on_from_csv(self) -> None:
        file, _ = QFileDialog.getOpenFileName(self.button, "Import labels", settings.text(LAST_FOLDER), CSV_FILTER)
        if file:
            settings.set(LAST_FOLDER, str(Path(file).parent))
            self.files.import_csv(Path(file))

    def _on_to_csv(self) -> None:
        start = str(Path(settings.text(LAST_FOLDER)) / "labels.csv")
        file, _ = QFileDialog.getSaveFileName(self.button, "Export labels", start, CSV_FILTER)
        if file:
            settings.set(LAST_FOLDER, str(Path(file).parent))
            self.files.export_csv(Path(file))
