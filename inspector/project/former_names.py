"""What classes were called before: runs and model files name them as they were called at training.

A name belongs to the class on the list that has it; else to the class that had it last, and where that was merged, to
the class that it went into. A class that was merged keeps its name beside its place off the list, so that undo and redo
of merging need nothing here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from inspector.project.classes import folded
from inspector.project.database import Database


def names_today(database: Database, names: Iterable[str]) -> dict[str, str]:
    """What classes of these names are called today, by the name of then.

    A class that the project never had, or that was removed, keeps its name.
    """
    known = _Known.read(database)
    return {name: known.name_today(folded(name)) or name for name in names}


@dataclass(frozen=True)
class _Known:
    """Names of the classes on the list by id; ids by folded name, on the list and else; where merged ones went."""

    listed: Mapping[int, str]
    ids: Mapping[str, int]
    former_ids: Mapping[str, int]
    merged_into: Mapping[int, int]

    @classmethod
    def read(cls, database: Database) -> _Known:
        rows = database.query(
            """SELECT id, name, folded_name, removed.class_id IS NULL, into_class_id
            FROM classes LEFT JOIN removed_classes AS removed ON removed.class_id = id"""
        )
        removed_ids = {folded_name: class_id for class_id, _, folded_name, is_listed, _ in rows if not is_listed}
        return cls(
            listed={class_id: name for class_id, name, _, is_listed, _ in rows if is_listed},
            ids={folded_name: class_id for class_id, _, folded_name, is_listed, _ in rows if is_listed},
            former_ids=removed_ids | dict(database.query("SELECT folded_name, class_id FROM former_names")),
            merged_into={class_id: into for class_id, _, _, _, into in rows if into is not None},
        )

    def name_today(self, folded_name: str) -> str | None:
        """None for a class that is not on the list, nor has become part of one that is."""
        class_id = self.ids.get(folded_name, self.former_ids.get(folded_name))
        passed: set[int] = set()
        while class_id is not None and class_id not in self.listed:
            if class_id in passed:  # undo and redo can leave two classes that each went into the other
                return None
            passed.add(class_id)
            class_id = self.merged_into.get(class_id)
        return None if class_id is None else self.listed[class_id]
