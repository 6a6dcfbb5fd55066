"""What the keys of the label page stand for, besides those of the classes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

COMMANDS = {
    Qt.Key.Key_Space: "skip",
    Qt.Key.Key_Left: "back",
    Qt.Key.Key_Right: "skip",
    Qt.Key.Key_Return: "accept",
    Qt.Key.Key_Enter: "accept",
    Qt.Key.Key_S: "similar",
    Qt.Key.Key_Z: "whole pixels",
    Qt.Key.Key_N: "new class",
    Qt.Key.Key_Delete: "remove",
    Qt.Key.Key_Backspace: "remove",
}
SHIFT_OR_KEYPAD = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier


def command_of(event: QKeyEvent) -> str | None:
    """The command of a key press, None if there is none."""
    return None if _has_modifier(event) else COMMANDS.get(Qt.Key(event.key()))


def class_key_of(event: QKeyEvent) -> str:
    """The letter or digit that was pressed, in upper case; empty for any other key."""
    text = event.text().upper()
    return text if len(text) == 1 and text.isalnum() and not _has_modifier(event) else ""


def _has_modifier(event: QKeyEvent) -> bool:
    return bool(event.modifiers() & ~SHIFT_OR_KEYPAD)
