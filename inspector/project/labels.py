"""Labels as an append-only history of named steps; undo and redo are further steps.

Each step notes which step the next undo and the next redo would act on, so that both stacks can be followed through
the history itself: nothing is ever changed or taken out of it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from inspector.project.class_edits import ClassEdit, apply_edits, edits_of, note_edits
from inspector.project.classes import class_id_for, put_back, take_off
from inspector.project.clock import now, user_name
from inspector.project.database import Database
from inspector.project.records import Change, LabelEvent

# Image id, the class id that the image had, the one that it gets.
Relabelling = tuple[int, int | None, int | None]
# The id of a class that leaves the list, that of the class it becomes part of, if it does.
Removal = tuple[int, int | None]


@dataclass(frozen=True)
class _Stacks:
    """The tops of the undo and the redo stack, ids of steps of kind 'label'."""

    undo_top: int | None = None
    redo_top: int | None = None


def labels(database: Database, image_ids: Iterable[int] | None = None) -> dict[int, str]:
    """The class name of every labelled image, or of those among `image_ids`, by image id in ascending order."""
    wanted = None if image_ids is None else json.dumps(list(image_ids))
    return dict(
        database.query(
            """SELECT labels.image_id, classes.name
            FROM labels JOIN classes ON classes.id = labels.class_id JOIN listed_images ON listed_images.id = image_id
            WHERE ?1 IS NULL OR labels.image_id IN (SELECT value FROM json_each(?1))
            ORDER BY labels.image_id""",
            (wanted,),
        )
    )


def labelled_by(database: Database, image_ids: Iterable[int]) -> dict[int, str]:
    """Who gave each of these images the label that it has, by image id; images without a label are left out."""
    return dict(
        database.query(
            """SELECT labels.image_id, steps.who
            FROM labels JOIN label_history AS history ON history.id =
                (SELECT max(id) FROM label_history WHERE image_id = labels.image_id)
            JOIN label_steps AS steps ON steps.id = history.step_id
            WHERE labels.image_id IN (SELECT value FROM json_each(?))""",
            (json.dumps(list(image_ids)),),
        )
    )


def label_history(database: Database, image_id: int) -> list[LabelEvent]:
    """What happened to an image's label, oldest first."""
    rows = database.query(
        """SELECT steps.name, steps.kind, old.name, new.name, steps.source, steps.who, steps.at
        FROM label_history AS history JOIN label_steps AS steps ON steps.id = history.step_id
        LEFT JOIN classes AS old ON old.id = old_class_id LEFT JOIN classes AS new ON new.id = new_class_id
        WHERE image_id = ? ORDER BY history.id""",
        (image_id,),
    )
    return [LabelEvent(*row) for row in rows]


def label_images(database: Database, wanted: Mapping[int, str | None], *, step: str, source: str) -> Change:
    """Give images their class by image id, None removes the label; all in one step that undo takes back.

    Classes are made as needed. Where nothing would change, no step is recorded. `step` names the step for the menu,
    `source` says where the labels come from ('window', 'csv', 'folders', ...).

    Raises:
        KnownError: if a class name can't be one.
        ValueError: if there is no image of an id.
    """
    with database.transaction() as transaction:
        classes_before = transaction.execute("SELECT count(*) FROM listed_classes").fetchone()[0]
        relabellings = _relabellings(transaction, wanted)
        if not relabellings:
            return Change()
        record_step(transaction, step, relabellings, source=source)
        classes_after = transaction.execute("SELECT count(*) FROM listed_classes").fetchone()[0]
    return Change(labels=_images(relabellings), classes=classes_after > classes_before)


def record_step(
    transaction: sqlite3.Connection,
    name: str,
    relabellings: Sequence[Relabelling],
    *,
    source: str,
    removal: Removal | None = None,
    edits: Sequence[ClassEdit] = (),
) -> Change:
    """Give labels as a step that undo takes back, take a class off the list that has none after that, change others."""
    step_id = _next_step_id(transaction)
    _append_step(transaction, step_id, name, "label", None, _Stacks(undo_top=step_id), source)
    _relabel(transaction, step_id, relabellings)
    if removal is not None:
        transaction.execute(
            "INSERT INTO class_removals (step_id, class_id, into_class_id) VALUES (?, ?, ?)", (step_id, *removal)
        )
        take_off(transaction, *removal)
    note_edits(transaction, step_id, edits)
    renamed = apply_edits(transaction, edits)
    return Change(labels=_images(relabellings) | renamed, classes=removal is not None or bool(edits))


def undo(database: Database) -> Change | None:
    """Take the latest step back that is not taken back yet; None if there is none."""
    with database.transaction() as transaction:
        stacks = _stacks_at(transaction)
        target = stacks.undo_top
        if target is None:
            return None
        below = _stacks_at(transaction, before=target).undo_top
        return _replay(transaction, target, "undo", _Stacks(undo_top=below, redo_top=target))


def redo(database: Database) -> Change | None:
    """Do the step again that was taken back last; None if there is none, or another step came since."""
    with database.transaction() as transaction:
        target = _stacks_at(transaction).redo_top
        if target is None:
            return None
        undone_at = transaction.execute(
            "SELECT max(id) FROM label_steps WHERE target_id = ? AND kind = 'undo'", (target,)
        ).fetchone()[0]
        below = _stacks_at(transaction, before=undone_at).redo_top
        return _replay(transaction, target, "redo", _Stacks(undo_top=target, redo_top=below))


def undo_step(database: Database) -> int | None:
    """The id of the step that `undo` would take back, which no other step has."""
    return database.value("SELECT undo_top FROM label_steps ORDER BY id DESC LIMIT 1")


def undo_name(database: Database) -> str | None:
    """The name of the step that `undo` would take back."""
    return _top_name(database, "undo_top")


def redo_name(database: Database) -> str | None:
    """The name of the step that `redo` would do again."""
    return _top_name(database, "redo_top")


def _top_name(database: Database, top: str) -> str | None:
    return database.value(
        f"""SELECT name FROM label_steps
        WHERE id = (SELECT {top} FROM label_steps ORDER BY id DESC LIMIT 1)"""
    )


def _relabellings(transaction: sqlite3.Connection, wanted: Mapping[int, str | None]) -> list[Relabelling]:
    """What of `wanted` differs from how things stand."""
    names = [name for name in dict.fromkeys(wanted.values()) if name is not None]
    class_ids = {name: class_id_for(transaction, name)[0] for name in names}
    before = dict(
        transaction.execute(
            """SELECT images.id, labels.class_id FROM images LEFT JOIN labels ON labels.image_id = images.id
            WHERE images.id IN (SELECT value FROM json_each(?))""",
            (json.dumps(list(wanted)),),
        )
    )
    relabellings: list[Relabelling] = []
    for image_id, name in wanted.items():
        if image_id not in before:
            raise ValueError(f"there is no image {image_id}")
        new = None if name is None else class_ids[name]
        if before[image_id] != new:
            relabellings.append((image_id, before[image_id], new))
    return relabellings


def _replay(transaction: sqlite3.Connection, target: int, kind: str, stacks: _Stacks) -> Change:
    """Append a step that does step `target` again ('redo') or the reverse of it ('undo')."""
    name = transaction.execute("SELECT name FROM label_steps WHERE id = ?", (target,)).fetchone()[0]
    columns = "old_class_id, new_class_id" if kind == "redo" else "new_class_id, old_class_id"
    relabellings: list[Relabelling] = transaction.execute(
        f"SELECT image_id, {columns} FROM label_history WHERE step_id = ? ORDER BY id", (target,)
    ).fetchall()
    step_id = _next_step_id(transaction)
    _append_step(transaction, step_id, name, kind, target, stacks, source=kind)
    are_classes_others = _relabel(transaction, step_id, relabellings)
    removal: Removal | None = transaction.execute(
        "SELECT class_id, into_class_id FROM class_removals WHERE step_id = ?", (target,)
    ).fetchone()
    if removal is not None and kind == "undo":
        put_back(transaction, removal[0])
    elif removal is not None:
        take_off(transaction, *removal)
    edits = edits_of(transaction, target, reverse=kind == "undo")
    renamed = apply_edits(transaction, edits)
    are_classes_others |= removal is not None or bool(edits)
    return Change(labels=_images(relabellings) | renamed, classes=are_classes_others)


def _relabel(transaction: sqlite3.Connection, step_id: int, relabellings: Sequence[Relabelling]) -> bool:
    """Whether a class had to be put back on the list."""
    transaction.executemany(
        "INSERT INTO label_history (step_id, image_id, old_class_id, new_class_id) VALUES (?, ?, ?, ?)",
        [(step_id, *relabelling) for relabelling in relabellings],
    )
    transaction.executemany(
        "DELETE FROM labels WHERE image_id = ?", [(image_id,) for image_id, _, new in relabellings if new is None]
    )
    transaction.executemany(
        "INSERT OR REPLACE INTO labels (image_id, class_id) VALUES (?, ?)",
        [(image_id, new) for image_id, _, new in relabellings if new is not None],
    )
    given = {new for _, _, new in relabellings if new is not None}
    put_back_ones = [class_id for class_id in sorted(given) if put_back(transaction, class_id)]
    return bool(put_back_ones)


def _append_step(
    transaction: sqlite3.Connection,
    step_id: int,
    name: str,
    kind: str,
    target: int | None,
    stacks: _Stacks,
    source: str,
) -> None:
    transaction.execute(
        """INSERT INTO label_steps (id, name, kind, target_id, undo_top, redo_top, source, who, at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (step_id, name, kind, target, stacks.undo_top, stacks.redo_top, source, user_name(), now()),
    )


def _next_step_id(transaction: sqlite3.Connection) -> int:
    return transaction.execute("SELECT coalesce(max(id), 0) + 1 FROM label_steps").fetchone()[0]


def _stacks_at(transaction: sqlite3.Connection, *, before: int | None = None) -> _Stacks:
    """The stacks as the latest step left them, or as they were before the step of id `before`."""
    row = transaction.execute(
        "SELECT undo_top, redo_top FROM label_steps WHERE ? IS NULL OR id < ? ORDER BY id DESC LIMIT 1",
        (before, before),
    ).fetchone()
    return _Stacks(*row) if row else _Stacks()


def _images(relabellings: Sequence[Relabelling]) -> frozenset[int]:
    return frozenset(image_id for image_id, _, _ in relabellings)
