"""What steps change of classes: names, colours, keys. A step's edits are taken back in reverse order."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from inspector.project import classes


@dataclass(frozen=True)
class ClassEdit:
    """`what` of a class, 'name', 'colour' or 'hotkey', is `new` in place of `old`."""

    class_id: int
    what: str
    old: str | None
    new: str | None


def apply_edits(transaction: sqlite3.Connection, edits: Sequence[ClassEdit]) -> frozenset[int]:
    """Give classes what is new; returns the ids of the images whose labels are called otherwise now."""
    for edit in edits:
        if edit.what == "name":
            assert edit.new is not None
            _give_name(transaction, edit.class_id, edit.new)
        elif edit.what == "hotkey":
            classes.give_hotkey(transaction, edit.class_id, edit.new)
        else:
            transaction.execute("UPDATE classes SET colour = ? WHERE id = ?", (edit.new, edit.class_id))
    renamed = [edit.class_id for edit in edits if edit.what == "name"]
    labelled = [transaction.execute("SELECT image_id FROM labels WHERE class_id = ?", (i,)).fetchall() for i in renamed]
    return frozenset(image_id for rows in labelled for (image_id,) in rows)


def note_edits(transaction: sqlite3.Connection, step_id: int, edits: Sequence[ClassEdit]) -> None:
    """Remember that a step made these."""
    transaction.executemany(
        "INSERT INTO class_edits (step_id, class_id, what, old, new) VALUES (?, ?, ?, ?, ?)",
        [(step_id, edit.class_id, edit.what, edit.old, edit.new) for edit in edits],
    )


def edits_of(transaction: sqlite3.Connection, step_id: int, *, reverse: bool) -> list[ClassEdit]:
    """What a step has changed, or what takes that back."""
    rows = transaction.execute(
        "SELECT class_id, what, old, new FROM class_edits WHERE step_id = ? ORDER BY id", (step_id,)
    )
    edits = [ClassEdit(*row) for row in rows]
    return [ClassEdit(edit.class_id, edit.what, edit.new, edit.old) for edit in reversed(edits)] if reverse else edits


def _give_name(transaction: sqlite3.Connection, class_id: int, name: str) -> None:
    """The name, or the name with a number where a class of the list has got it since.

    A class off the list does not keep others from its name: it becomes 'crazing (2)', should undo put it back.
    """
    holder = classes.id_of_name(transaction, name)
    if holder not in (None, class_id):
        assert holder is not None
        if classes.is_listed(transaction, holder):
            name = classes.numbered(transaction, name)
        else:
            classes.give_name(transaction, holder, classes.numbered(transaction, name))
    classes.give_name(transaction, class_id, name)
