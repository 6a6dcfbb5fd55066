"""Labelling what is selected: by key, by menu, as a new class."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from inspector.ui.pages.page import Shell
from inspector.ui.state.session import Session
from inspector.ui.wording import count, without_mnemonic
from models.errors import KnownError

READ_ONLY = "This project is open for reading alone"


def label_images(session: Session, shell: Shell, ids: Sequence[int], class_name: str | None) -> None:
    """Give images a class, or take their labels away (None); several at once are told of, with the way back."""
    wanted = ids if class_name is not None else [i for i in ids if i in session.labels]
    if not wanted:
        return
    try:
        change = session.label(wanted, class_name)
    except KnownError as error:
        shell.show_error(error)
        return
    if len(wanted) > 1:
        shell.toast(labelled_words(len(wanted), class_name), can_undo=bool(change.labels))


def labelled_words(number: int, class_name: str | None) -> str:
    """'Labelled 4 images as Patches'."""
    if class_name is None:
        return f"Removed {number:,} labels"
    return f"Labelled {count(number, 'image')} as {class_name}"


def add_class_actions(
    menu: QMenu, session: Session, on_chosen: Callable[[str | None], object], on_new: Callable[[], object]
) -> None:
    """The classes with their keys, a new one, and no label."""
    for record in session.classes:
        key = f"\t{record.hotkey}" if record.hotkey else ""
        menu.addAction(f"{without_mnemonic(record.name)}{key}", partial(on_chosen, record.name))
    if session.classes:
        menu.addSeparator()
    menu.addAction("New class…\tN", on_new)
    menu.addAction("Remove label\tDel", partial(on_chosen, None))
    menu.setEnabled(not session.read_only)


def class_menu(
    parent: QWidget, session: Session, on_chosen: Callable[[str | None], object], on_new: Callable[[], object]
) -> QMenu:
    """A menu of the classes alone."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    add_class_actions(menu, session, on_chosen, on_new)
    return menu
