"""What may be changed of a class: its name, its key, its colour, and whether it is one of its own."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QMenu

from inspector.project import Change
from inspector.ui.pages.page import Shell
from inspector.ui.state.session import Session
from inspector.ui.theme import theme
from inspector.ui.wording import count
from models.errors import KnownError
from resources import palette

COLOUR_NAMES = (
    *("Blue", "Orange", "Green", "Purple", "Olive", "Violet"),
    *("Dark red", "Light blue", "Light green", "Brown", "Pink", "Grey"),
)
SWATCH_PX = 14


class ClassEditing:
    """Changes classes; what is refused is shown with its reason."""

    def __init__(self, session: Session, shell: Shell) -> None:
        self._session, self._shell = session, shell

    def rename(self, name: str, new_name: str) -> None:
        """Another name; its labels stay."""
        self._change(lambda: self._session.project.rename_class(name, new_name=new_name))

    def set_key(self, name: str, key: str) -> None:
        """Another key."""
        self._change(lambda: self._session.project.set_class_hotkey(name, hotkey=key))

    def set_colour(self, name: str, colour: str) -> None:
        """Another colour, one of the palette's."""
        self._change(lambda: self._session.project.set_class_colour(name, colour=colour))

    def merge(self, name: str, into: str) -> None:
        """All its images get another class."""
        if (change := self._change(lambda: self._session.project.merge_class(name, into=into))) is not None:
            self._shell.toast(f"Merged {name} into {into}: {count(len(change.labels), 'label')} moved")

    def remove(self, name: str) -> None:
        """A class without labels goes away."""
        if self._change(lambda: self._session.project.remove_class(name)) is not None:
            self._shell.toast(f"Removed the class {name}")

    def _change(self, call: Callable[[], Change]) -> Change | None:
        """What was changed; None if it was refused."""
        try:
            return self._session.apply(call())
        except KnownError as error:
            self._shell.show_error(error)
            return None


def colour_menu(menu: QMenu, on_chosen: Callable[[str], object]) -> QMenu:
    """A submenu of the palette's colours, named, as the theme shows them."""
    made = menu.addMenu("Change colour")
    for name, colour in zip(COLOUR_NAMES, palette.LIGHT.classes, strict=True):
        swatch = QPixmap(QSize(SWATCH_PX, SWATCH_PX))
        swatch.fill(theme.class_colour(colour))
        action = made.addAction(QIcon(swatch), name)
        action.triggered.connect(lambda _checked=False, colour=colour: on_chosen(colour))
    return made
