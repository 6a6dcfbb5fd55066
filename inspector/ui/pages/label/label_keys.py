"""What the keys of the label page do: commands have theirs, all others may be a class's."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from inspector.ui.state.session import Session

COMMANDS = {
    Qt.Key.Key_Space: "skip",
    Qt.Key.Key_Left: "back",
    Qt.Key.Key_Return: "accept",
    Qt.Key.Key_Enter: "accept",
    Qt.Key.Key_S: "similar",
    Qt.Key.Key_Z: "pixels",
    Qt.Key.Key_N: "new",
    Qt.Key.Key_L: "lasso",
    Qt.Key.Key_Delete: "remove",
    Qt.Key.Key_Backspace: "remove",
}
HELD_DOWN = {"skip", "back"}  # may be repeated by holding the key
PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier, Qt.KeyboardModifier.ShiftModifier)


class LabelKeys(QObject):
    """Calls a command, or `on_class` with the class whose key was pressed. A filter before a view's own keys, too."""

    def __init__(
        self,
        session: Session,
        commands: Mapping[str, Callable[[], object]],
        on_class: Callable[[str], object],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._session, self._commands, self._on_class = session, commands, on_class

    def take(self, event: QKeyEvent) -> bool:
        """Do what a key stands for; whether it stands for anything."""
        if event.modifiers() not in PLAIN:
            return False
        command = COMMANDS.get(Qt.Key(event.key()), "")
        if command in self._commands:
            if not event.isAutoRepeat() or command in HELD_DOWN:
                self._commands[command]()
            return True
        class_name = self._session.class_of_key(event.text()) if event.text() else None
        if class_name is None:
            return False
        if not event.isAutoRepeat():
            self._on_class(class_name)
        return True

    def watch(self, view: QWidget) -> None:
        """Take the keys of a view that has the keyboard."""
        view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Take the keys of a watched view before it searches by them."""
        return isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self.take(event)
