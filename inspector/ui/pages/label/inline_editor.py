"""A line to type into, in place of what it names."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget


class InlineEditor(QLineEdit):
    """Enter takes the text, Escape and a click elsewhere leave all as it was. `closed` follows either."""

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._on_entered: Callable[[str], object] | None = None
        self._takes_first_key = False
        self.hide()

    def open(
        self,
        place: QRect,
        on_entered: Callable[[str], object],
        *,
        name: str,
        text: str = "",
        takes_first_key: bool = False,
    ) -> None:
        """Show it. `name` says what is asked for; with `takes_first_key` one character is the whole answer."""
        self._on_entered, self._takes_first_key = on_entered, takes_first_key
        self.setAccessibleName(name)
        self.setPlaceholderText(name)
        self.setText(text)
        self.selectAll()
        self.setGeometry(place)
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter, Escape, or the one key that is asked for."""
        if event.key() == Qt.Key.Key_Escape:
            self._close()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter(self.text().strip())
        elif self._takes_first_key and event.text().strip() and event.text().isprintable():
            self._enter(event.text())
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keys that are shortcuts elsewhere are text here."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.text().isprintable():
            event.accept()
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """A click elsewhere leaves all as it was."""
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self._close()

    def _enter(self, text: str) -> None:
        call = self._on_entered
        self._close()
        if text and call is not None:
            call(text)

    def _close(self) -> None:
        if self._on_entered is None:
            return
        self._on_entered = None
        self.hide()
        self.closed.emit()
