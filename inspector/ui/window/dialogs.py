"""The few dialogs: what cannot be undone, settings, shortcuts, about."""

from __future__ import annotations

import platform
import sqlite3
import sys
from importlib import metadata
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QGridLayout,
    QLayout,
    QLineEdit,
    QMessageBox,
    QWidget,
)

from inspector import __version__
from inspector.ui.state.places import log_file, settings_file
from inspector.ui.state.project_making import projects_folder
from inspector.ui.state.settings import settings
from inspector.ui.theme import theme
from inspector.ui.widgets.controls import Segmented, button, column, label, line, row
from inspector.ui.widgets.vertical_scroll_area import VerticalScrollArea
from inspector.ui.window.commands import COMMANDS, MENUS

if TYPE_CHECKING:
    from inspector.ui.background.jobs import Job

LABEL_KEYS = (
    ("1 to 9, then letters", "give the class of this key and go on"),
    ("Enter", "accept the model's guess"),
    ("Space", "skip"),
    ("Left", "go back"),
    ("S", "find similar images"),
    ("Z", "one screen pixel an image pixel"),
    ("N", "new class"),
    ("Tab to a class, F2", "rename, merge or remove it, another key or colour"),
    ("Delete", "remove the label"),
)
PACKAGES = (
    "torch",
    "torchvision",
    "PySide6-Essentials",
    "numpy",
    "scikit-learn",
    "opencv-python-headless",
)


def copy(text: str) -> None:
    """Put a text on the clipboard."""
    QApplication.clipboard().setText(text)


def confirm_stop(parent: QWidget, job: Job) -> bool:
    """Whether a running job is to be stopped so that the project can be closed."""
    box = QMessageBox(QMessageBox.Icon.NoIcon, "Inspector", f"{job.title} runs. {job.keeps}", parent=parent)
    stop = box.addButton("Stop and close", QMessageBox.ButtonRole.AcceptRole)
    keep = box.addButton("Keep working", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(keep)
    box.exec()
    return box.clickedButton() is stop


def confirm_hard_end(parent: QWidget, job: Job) -> bool:
    """Whether the application is to end although a job does not stop."""
    text = f"“{job.title}” has not stopped yet. What was saved is on disk; what it is doing now would be lost."
    box = QMessageBox(QMessageBox.Icon.NoIcon, "Inspector", text, parent=parent)
    leave = box.addButton("Quit now", QMessageBox.ButtonRole.DestructiveRole)
    wait = box.addButton("Keep waiting", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(wait)
    box.exec()
    return box.clickedButton() is leave


def show_failure(parent: QWidget, details: str) -> None:
    """An error that nobody foresaw, while no project is open."""
    box = QMessageBox(QMessageBox.Icon.NoIcon, "Inspector", "Something went wrong. Nothing was lost.", parent=parent)
    copy_button = box.addButton("Copy details", QMessageBox.ButtonRole.ActionRole)
    box.addButton("Close", QMessageBox.ButtonRole.RejectRole)
    box.exec()
    if box.clickedButton() is copy_button:
        copy(details)


def show_settings(parent: QWidget) -> QDialog:
    """Theme and where new projects go; every change holds at once."""
    dialog = _dialog(parent, "Settings")
    themes = Segmented([("system", "As the system"), ("light", "Light"), ("dark", "Dark")], name="Theme")
    themes.choose(settings.text("theme", "system"))
    themes.chosen.connect(_choose_theme)
    field = QLineEdit(str(projects_folder()))
    field.setReadOnly(True)
    field.setMinimumWidth(320)
    field.setAccessibleName("Folder for new projects")

    def on_choose() -> None:
        folder = QFileDialog.getExistingDirectory(dialog, "Folder for new projects", field.text())
        if folder:
            settings.set("projects_folder", folder)
            field.setText(folder)

    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(12)
    grid.addWidget(label("Theme"), 0, 0)
    grid.addWidget(themes, 0, 1)
    grid.addWidget(label("New projects"), 1, 0)
    grid.addLayout(row(field, button("Choose…", on_choose)), 1, 1)
    grid.addWidget(label("Kept in"), 2, 0)
    grid.addWidget(label(str(settings_file()), tone="text3", selectable=True), 2, 1)
    _finish(dialog, grid)
    return dialog


def show_shortcuts(parent: QWidget) -> QDialog:
    """All keys, in the order of the menus."""
    dialog = _dialog(parent, "Shortcuts")
    grid = QGridLayout()
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(4)
    sections = [
        (menu, [(_key_text(c.shortcut), c.text.removesuffix("…")) for c in COMMANDS if c.menu == menu and c.shortcut])
        for menu in MENUS
    ]
    place = 0
    for title, keys in [("While labelling", list(LABEL_KEYS)), *sections]:
        grid.addWidget(label(title, semibold=True), place, 0, 1, 2)
        place += 1
        for key, text in keys:
            badge = label(key, size_px=12)
            badge.setProperty("key", "true")
            grid.addWidget(badge, place, 0, Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(label(text, tone="text2"), place, 1)
            place += 1
    inside = QWidget()
    inside.setLayout(grid)
    scroll = VerticalScrollArea(inside)
    scroll.setMinimumSize(inside.sizeHint().width() + scroll.verticalScrollBar().sizeHint().width(), 480)
    _finish(dialog, column(scroll))
    return dialog


def show_about(parent: QWidget, device: str) -> QDialog:
    """Version, device, and what it is built of."""
    dialog = _dialog(parent, "About Inspector")
    facts = about_facts(device)
    grid = QGridLayout()
    grid.setHorizontalSpacing(24)
    for place, (name, value) in enumerate(facts):
        grid.addWidget(label(name, tone="text3"), place, 0)
        grid.addWidget(label(value, selectable=True), place, 1)
    text = "\n".join(f"{name}: {value}" for name, value in facts)
    words = label("Surface inspection from unlabelled images. Everything stays on this machine.", tone="text2")
    layout = column(label("Inspector", size_px=17, semibold=True), words, 8, grid, spacing=4)
    _finish(dialog, layout, button("Copy", lambda: copy(text)))
    return dialog


def about_facts(device: str) -> list[tuple[str, str]]:
    """(name, value) of versions, device and places."""
    versions = [(name, metadata.version(name)) for name in PACKAGES]
    return [
        ("Inspector", __version__),
        ("Computes on", device or "not known yet"),
        ("Python", platform.python_version()),
        *versions,
        ("SQLite", sqlite3.sqlite_version),
        ("System", f"{platform.system()} {platform.release()}"),
        ("Settings", str(settings_file())),
        ("Log", str(log_file())),
    ]


def _dialog(parent: QWidget, title: str) -> QDialog:
    dialog = QDialog(parent)
    dialog.setWindowTitle(title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog


def _finish(dialog: QDialog, content: QLayout, *extra: QWidget) -> None:
    close = button("Close", dialog.accept)
    close.setDefault(True)
    dialog.setLayout(column(content, line(), row(*extra, None, close), margins=(16, 16, 16, 12), spacing=12))
    dialog.open()


def _choose_theme(choice: str) -> None:
    settings.set("theme", choice)
    theme.apply(choice)


def _key_text(shortcut: str) -> str:
    native = QKeySequence.SequenceFormat.NativeText
    return QKeySequence(shortcut).toString(native) if sys.platform == "darwin" else shortcut
