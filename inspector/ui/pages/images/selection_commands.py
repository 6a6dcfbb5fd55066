"""What can be done with the selected images, by key, button or menu."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from inspector.ui.pages.images.bulk_labels import class_menu, label_images
from inspector.ui.pages.images.image_menu import image_menu
from inspector.ui.pages.label.inline_editor import InlineEditor
from inspector.ui.pages.page import Shell
from inspector.ui.state.session import Session

PLAIN = Qt.KeyboardModifier.NoModifier | Qt.KeyboardModifier.KeypadModifier
TYPED = PLAIN | Qt.KeyboardModifier.ShiftModifier  # without which some keyboards, such as the French, type no digits


class SelectionCommands:
    """Commands on what `selected` returns, the image in hand first.

    Args:
        page: above which menus and the field for a new class's name are shown.
        on_similar, on_opened: called with the image in hand.
    """

    def __init__(
        self,
        page: QWidget,
        session: Session,
        shell: Shell,
        *,
        selected: Callable[[], list[int]],
        on_similar: Callable[[int], object],
        on_opened: Callable[[int], object],
    ) -> None:
        self._page, self._session, self._shell = page, session, shell
        self._selected, self._on_similar, self._on_opened = selected, on_similar, on_opened
        self.class_editor = InlineEditor(page)

    def take_key(self, event: QKeyEvent, editor_place: QRect) -> bool:
        """Do what a key stands for: a class's own, L, N, S, Delete; whether it stands for anything."""
        class_name = self._session.class_of_key(event.text()) if event.text() else None
        actions: dict[int, Callable[[], object]] = {
            Qt.Key.Key_Delete: partial(self.label, None),
            Qt.Key.Key_L: lambda: self.show_label_menu(self._page.mapToGlobal(editor_place.bottomLeft()), editor_place),
            Qt.Key.Key_N: partial(self.name_new_class, editor_place),
            Qt.Key.Key_S: self.find_similar,
        }
        action = actions.get(event.key()) if class_name is None else partial(self.label, class_name)
        plain = PLAIN if class_name is None else TYPED
        if action is None or event.modifiers() & ~plain:
            return False
        if not event.isAutoRepeat():
            action()
        return True

    def label(self, class_name: str | None) -> None:
        """Give the selected images a class, or take their labels away."""
        label_images(self._session, self._shell, self._selected(), class_name)

    def find_similar(self) -> None:
        """Look for images like the one in hand."""
        selected = self._selected()
        if selected:
            self._on_similar(selected[0])

    def name_new_class(self, editor_place: QRect) -> None:
        """Ask for a class's name in place, and label the selected images so."""
        if self._selected() and not self._session.read_only:
            self.class_editor.open(editor_place, self.label, name="Name of the new class")

    def show_label_menu(self, at: QPoint, editor_place: QRect) -> None:
        """The classes, at a point of the screen."""
        if self._selected():
            class_menu(self._page, self._session, self.label, partial(self.name_new_class, editor_place)).exec(at)

    def show_menu(self, at: QPoint, editor_place: QRect) -> None:
        """All commands, at a point of the screen."""
        selected = self._selected()
        if selected:
            menu = image_menu(
                self._page,
                self._session,
                selected,
                on_label=self.label,
                on_new_class=partial(self.name_new_class, editor_place),
                on_similar=self.find_similar,
                on_open=partial(self._on_opened, selected[0]),
            )
            menu.exec(at)
