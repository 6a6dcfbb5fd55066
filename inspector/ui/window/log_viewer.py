"""The application's log: written to a file, shown in a window."""

from __future__ import annotations

import faulthandler
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QFontDatabase
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QWidget

from inspector.ui.state.places import log_file
from inspector.ui.widgets.controls import button, column, row

FILE_BYTES = 1 << 20
SHOWN_CHARACTERS = 200_000
FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


@contextmanager
def writing_log() -> Iterator[None]:
    """Write what happens to the log file meanwhile, and where a crash in native code happened beside it."""
    file = log_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    handler = open_log(file)
    root = logging.getLogger()
    level_before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        with file.with_name("crash.log").open("a", encoding="utf-8") as crashes:
            faulthandler.enable(crashes)
            try:
                yield
            finally:
                faulthandler.disable()
    finally:
        root.setLevel(level_before)
        root.removeHandler(handler)
        handler.close()


def open_log(file: Path) -> logging.Handler:
    """A handler that goes on with the log file, after it has begun a new one where that was large.

    Only here: Windows renames no file that another window has open, and a handler that keeps trying says so each time.
    """
    handler = RotatingFileHandler(file, backupCount=2, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter(FORMAT))
    with suppress(OSError):
        if file.stat().st_size >= FILE_BYTES:
            handler.doRollover()
    return handler


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
    close = button("Close", dialog.accept)
    close.setDefault(True)
    buttons = row(
        button("Copy", lambda: (text.selectAll(), text.copy())),
        button("Show in folder", lambda: QDesktopServices.openUrl(folder), icon_name="folder"),
        None,
        close,
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
