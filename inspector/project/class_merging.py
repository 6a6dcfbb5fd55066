"""Classes that become part of another one, or go away. Both are label steps, so that undo takes them back."""

from __future__ import annotations

from inspector.project.classes import existing
from inspector.project.database import Database
from inspector.project.labels import record_step
from inspector.project.records import Change
from models.errors import KnownError

SOURCE = "classes"


def merge_class(database: Database, name: str, *, into: str) -> Change:
    """Give all images of the class `name` the class `into`; `name` leaves the list of classes.

    What runs call `name` counts for `into` from then on.

    Raises:
        KnownError: if there is no class of one of these names, or both are the same.
    """
    with database.transaction() as transaction:
        class_id, into_id = existing(transaction, name), existing(transaction, into)
        if class_id == into_id:
            raise KnownError(f"The class {name!r} cannot be merged into itself: choose another one.")
        labelled = transaction.execute("SELECT image_id FROM labels WHERE class_id = ? ORDER BY 1", (class_id,))
        relabellings = [(image_id, class_id, into_id) for (image_id,) in labelled.fetchall()]
        step = f"Merge {name} into {into}"
        return record_step(transaction, step, relabellings, source=SOURCE, removal=(class_id, into_id))


def remove_class(database: Database, name: str) -> Change:
    """Take a class without labels off the list.

    Raises:
        KnownError: if there is no such class, or if images have it, be it images whose files are gone.
    """
    with database.transaction() as transaction:
        class_id = existing(transaction, name)
        labels = transaction.execute("SELECT count(*) FROM labels WHERE class_id = ?", (class_id,)).fetchone()[0]
        if labels:
            raise KnownError(f"The class {name!r} has labels ({labels:,}): merge it into another class instead.")
        return record_step(transaction, f"Remove class {name}", [], source=SOURCE, removal=(class_id, None))
