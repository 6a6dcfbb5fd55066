"""A class's name, typed where the class's key is."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

WIDTH_PX, HEIGHT_PX = 220, 30


class NameEditor(QLineEdit):
    """`entered` carries what was typed; Escape and leaving it end without."""

    entered = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setPlaceholderText("Name, then Enter")
        self.setAccessibleName("Name of the class")
        self.returnPressed.connect(self._on_return)
        self.hide()

    def open_at(self, key: QRect, text: str = "") -> None:
        """Show it over a key, inside the parent."""
        right = self.parentWidget().width() - WIDTH_PX
        left = max(0, min(key.left(), right))
        self.setGeometry(left, key.top() + (key.height() - HEIGHT_PX) // 2, WIDTH_PX, HEIGHT_PX)
        self.setText(text)
        self.selectAll()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Escape closes; every other key is for the text, none for the page."""
        if event.key() == Qt.Key.Key_Escape:
            self._close()
        else:
            super().keyPressEvent(event)
            event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Left by Tab or a click."""
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self._close()

    def _on_return(self) -> None:
        text = self.text().strip()
        self._close()
        if text:
            self.entered.emit(text)

    def _close(self) -> None:
        if self.isVisible():
            self.hide()
            self.closed.emit()
