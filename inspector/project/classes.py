"""The classes of a project: names, colours, keys."""

from __future__ import annotations

import itertools
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


def id_of_name(transaction: sqlite3.Connection, name: str) -> int | None:
    """The id of the class, on the list or off it, that has a name."""
    return _id_by_name(transaction, name, table="classes")


def is_listed(transaction: sqlite3.Connection, class_id: int) -> bool:
    """Whether a class is on the list."""
    return transaction.execute("SELECT 1 FROM listed_classes WHERE id = ?", (class_id,)).fetchone() is not None


def numbered(transaction: sqlite3.Connection, name: str) -> str:
    """'crazing (2)', or with the first higher number that is free."""
    names = (f"{name[: MAX_NAME_LENGTH - 6]} ({number})" for number in itertools.count(2))
    return next(other for other in names if id_of_name(transaction, other) is None)


def give_name(transaction: sqlite3.Connection, class_id: int, name: str) -> None:
    """Call a class by a name that no other has. What runs call by its old name is known as its own."""
    transaction.execute(
        "INSERT OR REPLACE INTO former_names SELECT folded_name, id FROM classes WHERE id = ?", (class_id,)
    )
    _take_over_name(transaction, folded(name))
    transaction.execute("UPDATE classes SET name = ?, folded_name = ? WHERE id = ?", (name, folded(name), class_id))


def give_hotkey(transaction: sqlite3.Connection, class_id: int, hotkey: str | None) -> None:
    """Give a class a key, or a free one where another class has that."""
    transaction.execute("UPDATE classes SET hotkey = NULL WHERE id = ?", (class_id,))
    given = None if hotkey is None else _free_hotkey(transaction, wanted=hotkey)
    transaction.execute("UPDATE classes SET hotkey = ? WHERE id = ?", (given, class_id))


def _take_over_name(transaction: sqlite3.Connection, folded_name: str) -> None:
    """A class is called so from now on, so that no other is meant by it that was called so before."""
    transaction.execute("DELETE FROM former_names WHERE folded_name = ?", (folded_name,))
