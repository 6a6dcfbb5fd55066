"""The application's log: written to a file, shown in a window."""

from __future__ import annotations

import faulthandler
import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QFontDatabase
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QWidget

from inspector.ui.places import log_file
from inspector.ui.widgets.controls import button, column, row

FILE_BYTES = 1 << 20
SHOWN_CHARACTERS = 200_000
FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def start_log() -> None:
    """Write what happens to the log file from now on, and where a crash in native code happened beside it."""
    file = log_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(file, maxBytes=FILE_BYTES, backupCount=2, encoding="utf-8")
    handler.setFormatter(logging.Formatter(FORMAT))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    faulthandler.enable(_crash_file(file).open("a", encoding="utf-8"))  # open to the end


def show_log(parent: QWidget) -> QDialog:
    """The end of the log, to read, copy, or find on disk."""
    dialog = QDialog(parent)
    dialog.setWindowTitle("Log")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.resize(840, 520)
    text = QPlainTextEdit(log_text() or "Nothing was logged yet.")
    text.setReadOnly(True)
    text.setAccessibleName("Log")
    text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    text.verticalScrollBar().setValue(text.verticalScrollBar().maximum())
    folder = QUrl.fromLocalFile(str(log_file().parent))
    buttons = row(
        button("Copy", lambda: (text.selectAll(), text.copy())),
        button("Show in folder", lambda: QDesktopServices.openUrl(folder), icon_name="folder"),
        None,
        button("Close", dialog.accept),
    )
    dialog.setLayout(column(text, buttons, margins=(12, 12, 12, 12)))
    dialog.open()
    return dialog


def log_text() -> str:
    """The end of the log file; empty if there is none."""
    try:
        return log_file().read_text(encoding="utf-8", errors="replace")[-SHOWN_CHARACTERS:]
    except OSError:
        return ""


def _crash_file(file: Path) -> Path:
    return file.with_name("crash.log")
