"""The menu of a class's key: its name, its key, its colour."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QMenu, QWidget

from inspector.project import Change
from inspector.project.classes import CLASS_HOTKEYS
from inspector.ui.session import Session
from inspector.ui.theme import theme
from resources import palette

SWATCH_PX = 14


def class_menu(
    session: Session,
    class_name: str,
    parent: QWidget,
    *,
    on_rename: Callable[[], object],
    attempt: Callable[[Callable[[], Change]], object],
) -> QMenu:
    """A menu to change a class; `attempt` does a change of the project and shows why it cannot be done."""
    menu = QMenu(parent)
    menu.addAction("Rename…", on_rename)
    keys = menu.addMenu("Change key")
    project = session.project
    for key in free_keys(session, class_name):
        keys.addAction(key, lambda key=key: attempt(lambda: project.set_class_hotkey(class_name, hotkey=key)))
    keys.addSeparator()
    keys.addAction("No key", lambda: attempt(lambda: project.set_class_hotkey(class_name, hotkey=None)))
    colours = menu.addMenu("Change colour")
    for number, stored in enumerate(palette.LIGHT.classes, start=1):
        colours.addAction(
            _swatch(stored),
            f"Colour {number}{_used_by(session, stored)}",
            lambda stored=stored: attempt(lambda: project.set_class_colour(class_name, colour=stored)),
        )
    return menu


def free_keys(session: Session, class_name: str) -> list[str]:
    """Keys that no other class has, in the order in which classes get them."""
    taken = {record.hotkey for record in session.classes if record.name != class_name}
    return [key for key in CLASS_HOTKEYS if key not in taken]


def _used_by(session: Session, stored: str) -> str:
    names = [record.name for record in session.classes if record.colour == stored]
    return f", of {names[0]}" if names else ""


def _swatch(stored: str) -> QIcon:
    picture = QPixmap(SWATCH_PX, SWATCH_PX)
    picture.fill(theme.class_colour(stored))
    return QIcon(picture)
