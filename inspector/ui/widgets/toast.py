"""A word on what was just done to several things, with Undo, for a few seconds."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from inspector.ui.icons import pixmap
from inspector.ui.widgets.controls import button, label, row

SHOWN_MS = 6_000
BOTTOM_GAP_PX = 16


class Toast(QFrame):
    """Sits at the bottom centre of its parent, above the `foot_px` that it must not cover.

    It stays while the pointer moves to it, but not for one that was there before. It never has the keyboard, which
    stays with what was labelled; Ctrl+Z does the same as its Undo.
    `step` is the label step that it tells of, None if there is nothing to take back.
    """

    def __init__(self, parent: QWidget, on_undo: Callable[[], object], foot_px: Callable[[], int]) -> None:
        super().__init__(parent)
        self._foot_px = foot_px
        self._pointer_before = QPoint()
        self.setProperty("toast", "true")
        self.step: int | None = None
        self._picture = QLabel()
        self.text = label()
        self.undo_button = button("Undo", small=True)
        self.undo_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.undo_button.clicked.connect(lambda: (self.hide(), on_undo()))
        self.setLayout(row(self._picture, self.text, self.undo_button, margins=(14, 8, 8, 8), spacing=10))
        self._timer = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._timer.timeout.connect(self._on_time_over)
        self.hide()

    def say(self, text: str, *, step: int | None) -> None:
        """Show a text, with Undo if it tells of a step."""
        self.step = step
        self._pointer_before = QCursor.pos()
        self._picture.setPixmap(pixmap("check", size_px=16, token="on-tip"))
        self.text.setText(text)
        self.setAccessibleName(text)
        self.undo_button.setVisible(step is not None)
        self.adjustSize()
        self.place()
        self.show()
        self.raise_()
        self._timer.start()

    def follow_history(self, newest_step: int | None) -> None:
        """Go when what it tells of is taken back, or is not what Undo would take back any more."""
        if self.step is not None and self.step != newest_step:
            self.hide()

    def place(self) -> None:
        """Move to where it belongs in its parent."""
        parent = self.parentWidget()
        if parent is not None:
            bottom = parent.height() - self._foot_px() - BOTTOM_GAP_PX
            self.move((parent.width() - self.width()) // 2, bottom - self.height())

    def _on_time_over(self) -> None:
        if self.underMouse() and QCursor.pos() != self._pointer_before:
            self._timer.start()
        else:
            self.hide()
