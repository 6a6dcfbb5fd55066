"""Labels from folder names or a CSV file, and to one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton

from inspector.ui.pages.label.label_words import READ_ONLY, csv_sentence, folders_sentence
from inspector.ui.pages.page import Shell
from inspector.ui.session import Session
from inspector.ui.settings import settings
from inspector.ui.widgets.controls import button
from models.errors import KnownError

CSV_FILTER = "Label files (*.csv)"
UNKNOWN_SHOWN = 5
LAST_FOLDER = "last_label_folder"


class LabelsMenu:
    """The button "Labels" of the page header."""

    def __init__(self, session: Session, shell: Shell) -> None:
        self._session, self._shell = session, shell
        self.button: QPushButton = button("Labels ", icon_name="chevron-down", tooltip="Labels from files and to files")
        self.button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.menu = QMenu(self.button)
        self.menu.setToolTipsVisible(True)
        self.from_folders = self._action("Label by folder names", self._on_from_folders, writes=True)
        self.from_csv = self._action("Import labels from CSV…", self._on_from_csv, writes=True)
        self.to_csv = self._action("Export labels as CSV…", self._on_to_csv)
        self.button.setMenu(self.menu)
        self.menu.aboutToShow.connect(self._enable)

    def import_csv(self, file: Path) -> None:
        """Take the labels of a file, and say what it did."""
        try:
            result = self._session.project.import_label_csv(file)
        except KnownError as error:
            self._shell.show_error(error)
            return
        self._session.apply(result.change)
        self._shell.toast(csv_sentence(result))
        if result.unknown_paths:
            shown = ", ".join(result.unknown_paths[:UNKNOWN_SHOWN])
            self._shell.notify(f"{file.name} names files that are no images of this project: {shown}", kind="warn")

    def export_csv(self, file: Path) -> None:
        """Write all labels."""
        try:
            self._session.project.export_label_csv(file)
        except KnownError as error:
            self._shell.show_error(error)
        else:
            self._shell.notify(f"{len(self._session.labels):,} labels were written to {file}.")

    def _action(self, text: str, on_triggered: Callable[[], object], *, writes: bool = False) -> QAction:
        action = self.menu.addAction(text)
        action.triggered.connect(lambda: on_triggered())
        action.setEnabled(not (writes and self._session.read_only))
        if writes and self._session.read_only:
            action.setToolTip(READ_ONLY)
        return action

    def _enable(self) -> None:
        has_images = bool(self._session.images)
        for action in (self.from_folders, self.from_csv):
            action.setEnabled(has_images and not self._session.read_only)
            action.setToolTip(READ_ONLY if self._session.read_only else "" if has_images else "Add images first")
        self.to_csv.setEnabled(bool(self._session.labels))
        self.to_csv.setToolTip("" if self._session.labels else "No image is labelled yet")

    def _on_from_folders(self) -> None:
        try:
            result = self._session.project.label_from_folders()
        except KnownError as error:
            self._shell.show_error(error)
            return
        self._session.apply(result)
        self._shell.toast(folders_sentence(result))

    def _on_from_csv(self) -> None:
        file, _ = QFileDialog.getOpenFileName(self.button, "Import labels", settings.text(LAST_FOLDER), CSV_FILTER)
        if file:
            settings.set(LAST_FOLDER, str(Path(file).parent))
            self.import_csv(Path(file))

    def _on_to_csv(self) -> None:
        start = str(Path(settings.text(LAST_FOLDER)) / "labels.csv")
        file, _ = QFileDialog.getSaveFileName(self.button, "Export labels", start, CSV_FILTER)
        if file:
            settings.set(LAST_FOLDER, str(Path(file).parent))
            self.export_csv(Path(file))
