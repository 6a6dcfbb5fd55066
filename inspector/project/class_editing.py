"""Other names, colours and keys of classes: steps that undo takes back, as it does labels."""

from __future__ import annotations

import re
import sqlite3

from inspector.project import classes
from inspector.project.class_edits import ClassEdit
from inspector.project.database import Database
from inspector.project.labels import record_step
from inspector.project.records import Change
from models.errors import KnownError

SOURCE = "classes"


def rename_class(database: Database, name: str, *, new_name: str) -> Change:
    """Give the class `name` another name; its labels stay, and what it is called in runs is known as its own.

    Raises:
        KnownError: if there is no such class, or another one has the new name.
    """
    checked = classes.checked_name(new_name)
    with database.transaction() as transaction:
        class_id = classes.existing(transaction, name)
        holder = classes.id_of_name(transaction, checked)
        freed = []
        if holder is not None and holder != class_id:
            if classes.is_listed(transaction, holder):
                raise KnownError(
                    f"There is a class called {checked!r} already: choose another name, or merge the two classes."
                )
            freed = [_edit(transaction, holder, "name", classes.numbered(transaction, checked))]
        edit = _edit(transaction, class_id, "name", checked)
        return _record(transaction, f"Rename {edit.old} to {checked}", *freed, edit)


def set_class_colour(database: Database, name: str, *, colour: str) -> Change:
    """Give the class `name` the colour '#RRGGBB'.

    Raises:
        KnownError: if there is no such class.
        ValueError: if `colour` is written otherwise.
    """
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", colour):
        raise ValueError(f"a colour is written #RRGGBB, not {colour!r}")
    with database.transaction() as transaction:
        class_id = classes.existing(transaction, name)
        edit = _edit(transaction, class_id, "colour", colour.upper())
        return _record(transaction, f"Change colour of {name}", edit)


def set_class_hotkey(database: Database, name: str, *, hotkey: str | None) -> Change:
    """Give the class `name` a key, or None to take it away.

    Raises:
        KnownError: if there is no such class, or the key is no key for classes or another class's.
    """
    key = None if hotkey is None else hotkey.upper()
    if key is not None and (len(key) != 1 or key not in classes.CLASS_HOTKEYS):
        raise KnownError(f"{hotkey!r} can't be the key of a class: use one of {classes.CLASS_HOTKEYS}.")
    with database.transaction() as transaction:
        class_id = classes.existing(transaction, name)
        holder = transaction.execute(
            "SELECT name FROM classes WHERE hotkey = ? AND id != ?", (key, class_id)
        ).fetchone()
        if holder:
            raise KnownError(f"The key {key} belongs to the class {holder[0]!r}: choose another one.")
        return _record(transaction, f"Change key of {name}", _edit(transaction, class_id, "hotkey", key))


def _edit(transaction: sqlite3.Connection, class_id: int, what: str, new: str | None) -> ClassEdit:
    """What makes `what`, a column of the classes, new."""
    old = transaction.execute(f"SELECT {what} FROM classes WHERE id = ?", (class_id,)).fetchone()[0]
    return ClassEdit(class_id, what, old, new)


def _record(transaction: sqlite3.Connection, step: str, *edits: ClassEdit) -> Change:
    """Where nothing would change, no step is recorded."""
    if all(edit.old == edit.new for edit in edits):
        return Change()
    return record_step(transaction, step, [], source=SOURCE, edits=edits)
