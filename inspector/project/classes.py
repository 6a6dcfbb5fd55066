"""The classes of a project: names, colours, keys."""

from __future__ import annotations

import re
import sqlite3
import unicodedata

from inspector.project.database import Database
from inspector.project.records import Change, ClassRecord
from inspector.project.stored_paths import printable
from models.errors import KnownError
from resources import palette

MAX_NAME_LENGTH = 80
# In the order in which classes get them. S, Z, N, L and H are left out: they are commands.
CLASS_HOTKEYS = "123456789QWERTYUIOPADFGJKXCVBM"


def classes(database: Database) -> list[ClassRecord]:
    """All classes in the order in which they were made."""
    return [ClassRecord(*row) for row in database.query("SELECT id, name, colour, hotkey FROM classes ORDER BY id")]


def checked_name(name: str) -> str:
    """`name` without blanks around it, in Unicode's composed form.

    Raises:
        KnownError: if it is empty, too long, or holds control characters.
    """
    checked = unicodedata.normalize("NFC", name.strip())
    if not 1 <= len(checked) <= MAX_NAME_LENGTH:
        raise KnownError(f"The class name {printable(checked)!r} must have 1 to {MAX_NAME_LENGTH} characters.")
    if any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in checked):
        raise KnownError(f"The class name {checked!r} holds a character that can't be shown: use letters and digits.")
    return checked


def folded(name: str) -> str:
    """The form in which two names of the same class are equal."""
    return unicodedata.normalize("NFC", name).casefold()


def class_id_for(transaction: sqlite3.Connection, name: str) -> tuple[int, bool]:
    """The id of the class called `name`, ignoring case, and whether it had to be made."""
    checked = checked_name(name)
    row = transaction.execute("SELECT id FROM classes WHERE folded_name = ?", (folded(checked),)).fetchone()
    if row:
        return row[0], False
    count = transaction.execute("SELECT count(*) FROM classes").fetchone()[0]
    taken = {key for (key,) in transaction.execute("SELECT hotkey FROM classes")}
    cursor = transaction.execute(
        "INSERT INTO classes (name, folded_name, colour, hotkey) VALUES (?, ?, ?, ?)",
        (
            checked,
            folded(checked),
            palette.LIGHT.classes[count % len(palette.LIGHT.classes)],
            next((key for key in CLASS_HOTKEYS if key not in taken), None),
        ),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid, True


def add_class(database: Database, name: str) -> Change:
    """Make a class; nothing changes if there is one of this name.

    Raises:
        KnownError: if the name can't be one.
    """
    with database.transaction() as transaction:
        _, created = class_id_for(transaction, name)
    return Change(classes=created)


def rename_class(database: Database, name: str, *, new_name: str) -> Change:
    """Give the class `name` another name; its labels stay.

    Raises:
        KnownError: if there is no such class, or another one has the new name.
    """
    checked = checked_name(new_name)
    with database.transaction() as transaction:
        class_id = _existing(transaction, name)
        other = transaction.execute("SELECT id FROM classes WHERE folded_name = ?", (folded(checked),)).fetchone()
        if other and other[0] != class_id:
            raise KnownError(f"There is a class called {checked!r} already: choose another name.")
        transaction.execute(
            "UPDATE classes SET name = ?, folded_name = ? WHERE id = ?", (checked, folded(checked), class_id)
        )
    return Change(classes=True)


def set_class_colour(database: Database, name: str, *, colour: str) -> Change:
    """Give the class `name` the colour '#RRGGBB'.

    Raises:
        KnownError: if there is no such class.
        ValueError: if `colour` is written otherwise.
    """
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", colour):
        raise ValueError(f"a colour is written #RRGGBB, not {colour!r}")
    with database.transaction() as transaction:
        class_id = _existing(transaction, name)
        transaction.execute("UPDATE classes SET colour = ? WHERE id = ?", (colour.upper(), class_id))
    return Change(classes=True)


def set_class_hotkey(database: Database, name: str, *, hotkey: str | None) -> Change:
    """Give the class `name` a key, one of `CLASS_HOTKEYS` in either case, or take it away with None.

    Raises:
        KnownError: if there is no such class, or the key is no key for classes or another class's.
    """
    key = None if hotkey is None else hotkey.upper()
    if key is not None and (len(key) != 1 or key not in CLASS_HOTKEYS):
        raise KnownError(f"{hotkey!r} can't be the key of a class: use one of {CLASS_HOTKEYS}.")
    with database.transaction() as transaction:
        class_id = _existing(transaction, name)
        holder = transaction.execute(
            "SELECT name FROM classes WHERE hotkey = ? AND id != ?", (key, class_id)
        ).fetchone()
        if holder:
            raise KnownError(f"The key {key} belongs to the class {holder[0]!r}: choose another one.")
        transaction.execute("UPDATE classes SET hotkey = ? WHERE id = ?", (key, class_id))
    return Change(classes=True)


def _existing(transaction: sqlite3.Connection, name: str) -> int:
    row = transaction.execute("SELECT id FROM classes WHERE folded_name = ?", (folded(name.strip()),)).fetchone()
    if row is None:
        raise KnownError(f"There is no class called {name!r}.")
    return row[0]
