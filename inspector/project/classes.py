"""The classes of a project: names, colours, keys."""

from __future__ import annotations

import itertools
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
    rows = database.query("SELECT id, name, colour, hotkey FROM listed_classes ORDER BY id")
    return [ClassRecord(*row) for row in rows]


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
    """The id of the class called `name`, ignoring case, and whether it had to be made, or put back on the list."""
    checked = checked_name(name)
    row = transaction.execute("SELECT id FROM classes WHERE folded_name = ?", (folded(checked),)).fetchone()
    if row:
        return row[0], put_back(transaction, row[0])
    _take_over_name(transaction, folded(checked))
    count = transaction.execute("SELECT count(*) FROM classes").fetchone()[0]
    cursor = transaction.execute(
        "INSERT INTO classes (name, folded_name, colour, hotkey) VALUES (?, ?, ?, ?)",
        (
            checked,
            folded(checked),
            palette.LIGHT.classes[count % len(palette.LIGHT.classes)],
            _free_hotkey(transaction),
        ),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid, True


def take_off(transaction: sqlite3.Connection, class_id: int, into_id: int | None) -> None:
    """Take a class without labels off the list, `into_id` if it has become part of another.

    It keeps its name and colour, and its key as long as that is free.
    """
    transaction.execute(
        """INSERT OR IGNORE INTO removed_classes (class_id, hotkey, into_class_id)
        SELECT id, hotkey, ? FROM listed_classes WHERE id = ?""",
        (into_id, class_id),
    )
    transaction.execute("UPDATE classes SET hotkey = NULL WHERE id = ?", (class_id,))


def put_back(transaction: sqlite3.Connection, class_id: int) -> bool:
    """Put a class back on the list, with the key that it had or else a free one; whether it was off the list."""
    row = transaction.execute("SELECT hotkey FROM removed_classes WHERE class_id = ?", (class_id,)).fetchone()
    if row is None:
        return False
    transaction.execute("DELETE FROM removed_classes WHERE class_id = ?", (class_id,))
    hotkey = None if row[0] is None else _free_hotkey(transaction, wanted=row[0])
    transaction.execute("UPDATE classes SET hotkey = ? WHERE id = ?", (hotkey, class_id))
    return True


def _free_hotkey(transaction: sqlite3.Connection, *, wanted: str = "") -> str | None:
    """`wanted` if no class has it, or else the first that none has; None if all are taken."""
    taken = {key for (key,) in transaction.execute("SELECT hotkey FROM classes")}
    return next((key for key in (*wanted, *CLASS_HOTKEYS) if key not in taken), None)


def add_class(database: Database, name: str) -> Change:
    """Make a class; nothing changes if there is one of this name.

    Raises:
        KnownError: if the name can't be one.
    """
    with database.transaction() as transaction:
        _, created = class_id_for(transaction, name)
    return Change(classes=created)


def rename_class(database: Database, name: str, *, new_name: str) -> Change:
    """Give the class `name` another name; its labels stay, and what it is called in runs is known as its own.

    Raises:
        KnownError: if there is no such class, or another one has the new name.
    """
    checked = checked_name(new_name)
    with database.transaction() as transaction:
        class_id = existing(transaction, name)
        other = _id_by_name(transaction, checked, table="listed_classes")
        if other not in (None, class_id):
            raise KnownError(
                f"There is a class called {checked!r} already: choose another name, or merge the two classes."
            )
        _free_name(transaction, checked)
        transaction.execute("INSERT OR REPLACE INTO former_names VALUES (?, ?)", (folded(name.strip()), class_id))
        _take_over_name(transaction, folded(checked))
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
        class_id = existing(transaction, name)
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
        class_id = existing(transaction, name)
        holder = transaction.execute(
            "SELECT name FROM classes WHERE hotkey = ? AND id != ?", (key, class_id)
        ).fetchone()
        if holder:
            raise KnownError(f"The key {key} belongs to the class {holder[0]!r}: choose another one.")
        transaction.execute("UPDATE classes SET hotkey = ? WHERE id = ?", (key, class_id))
    return Change(classes=True)


def existing(transaction: sqlite3.Connection, name: str) -> int:
    """The id of a class on the list.

    Raises:
        KnownError: if there is none of this name.
    """
    found = _id_by_name(transaction, name.strip(), table="listed_classes")
    if found is None:
        raise KnownError(f"There is no class called {name!r}.")
    return found


def _id_by_name(transaction: sqlite3.Connection, name: str, *, table: str) -> int | None:
    row = transaction.execute(f"SELECT id FROM {table} WHERE folded_name = ?", (folded(name),)).fetchone()
    return None if row is None else row[0]


def _free_name(transaction: sqlite3.Connection, name: str) -> None:
    """A class off the list does not keep others from its name: it becomes 'crazing (2)', should undo put it back."""
    removed = transaction.execute(
        "SELECT class_id FROM removed_classes JOIN classes ON classes.id = class_id WHERE folded_name = ?",
        (folded(name),),
    ).fetchone()
    if removed is None:
        return
    numbered = (f"{name[: MAX_NAME_LENGTH - 6]} ({number})" for number in itertools.count(2))
    other = next(other for other in numbered if _id_by_name(transaction, other, table="classes") is None)
    transaction.execute("UPDATE classes SET name = ?, folded_name = ? WHERE id = ?", (other, folded(other), *removed))


def _take_over_name(transaction: sqlite3.Connection, folded_name: str) -> None:
    """A class is called so from now on, so that no other is meant by it that was called so before."""
    transaction.execute("DELETE FROM former_names WHERE folded_name = ?", (folded_name,))
