"""What another program has changed since, told by numbers that cost little beside reading everything again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from inspector.project.database import Database
from inspector.project.groups import group_pattern
from inspector.project.records import Change

_MIXER = 1_000_003  # keeps a sum of products within 64 bits


@dataclass(frozen=True)
class Marks:
    """How far each kind of thing is; where two are equal, nothing of the kind has changed between them."""

    images: tuple[Any, ...]
    classes: tuple[Any, ...]
    label_step: int
    runs: tuple[Any, ...]
    splits: tuple[Any, ...]


def marks(database: Database) -> Marks:
    """The marks of now."""
    paths = f"SELECT count(*), max(id), sum(missing), sum(id * image_id % {_MIXER}) FROM image_paths"
    near_duplicates = f"SELECT count(*), sum(image_id * cluster % {_MIXER}) FROM near_duplicates"
    unreadable = "SELECT count(*), max(rowid) FROM unreadable_files"
    images = (paths, near_duplicates, unreadable)
    return Marks(
        images=(*(database.query(sql)[0] for sql in images), group_pattern(database)),
        classes=tuple(database.query("SELECT id, name, colour, hotkey FROM listed_classes")),
        label_step=database.value("SELECT coalesce(max(id), 0) FROM label_steps"),
        runs=tuple(database.query("SELECT id, state, finished, message, length(metrics) FROM runs")),
        splits=tuple(database.query("SELECT part, count(*), sum(image_id) FROM splits GROUP BY part")),
    )


def change_between(database: Database, before: Marks, after: Marks) -> Change:
    """What has changed from one to the other. Labels that are back to what they were are told of too."""
    relabelled = database.query(
        "SELECT DISTINCT image_id FROM label_history WHERE step_id > ? AND step_id <= ?",
        (before.label_step, after.label_step),
    )
    return Change(
        labels=frozenset(image_id for (image_id,) in relabelled),
        classes=before.classes != after.classes,
        images=before.images != after.images,
        runs=before.runs != after.runs,
        splits=before.splits != after.splits or before.images != after.images,
    )
