"""The schema of project.sqlite, as the ordered steps that lead to it.

A step is never changed once a release has it; what is new comes as a further step. Each runs in one transaction
together with the note that it ran (`user_version`), so that a crash leaves the file before the step or after it.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from models.storage.files import put_in_place

APPLICATION_ID = 0x496E7370  # 'Insp'


@dataclass(frozen=True)
class Migration:
    """One step of the schema: what it brings and its statements."""

    name: str
    statements: tuple[str, ...]


_IMAGES_AND_LABELS = Migration(
    "images and labels",
    (
        """CREATE TABLE images (
            id INTEGER PRIMARY KEY,
            content_hash TEXT NOT NULL UNIQUE,
            width INTEGER NOT NULL,
            height INTEGER NOT NULL,
            mode TEXT NOT NULL CHECK (mode IN ('grey', 'colour')),
            depth TEXT NOT NULL,
            byte_size INTEGER NOT NULL,
            low REAL,   -- value range of 16-bit and float images
            high REAL
        )""",
        # Paths have no declared type: text, or bytes where a name is no valid Unicode.
        """CREATE TABLE image_paths (
            id INTEGER PRIMARY KEY,
            path NOT NULL UNIQUE,
            root NOT NULL,
            relative_path NOT NULL,
            image_id INTEGER NOT NULL REFERENCES images (id),
            byte_size INTEGER NOT NULL,
            mtime_ns INTEGER NOT NULL,
            missing INTEGER NOT NULL DEFAULT 0
        )""",
        "CREATE INDEX image_paths_by_image ON image_paths (image_id, missing, id)",
        # An image none of whose paths holds it any longer keeps its history, and is back once it is found again.
        """CREATE VIEW listed_images AS
            SELECT * FROM images WHERE EXISTS (SELECT 1 FROM image_paths WHERE image_id = images.id)""",
        "CREATE TABLE unreadable_files (path PRIMARY KEY NOT NULL, reason TEXT NOT NULL)",
        """CREATE TABLE classes (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            folded_name TEXT NOT NULL UNIQUE,
            colour TEXT NOT NULL,
            hotkey TEXT UNIQUE
        )""",
        # undo_top and redo_top: the steps that the next undo and the next redo act on, as of this step.
        """CREATE TABLE label_steps (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('label', 'undo', 'redo')),
            target_id INTEGER REFERENCES label_steps (id),
            undo_top INTEGER,
            redo_top INTEGER,
            source TEXT NOT NULL,
            who TEXT NOT NULL,
            at TEXT NOT NULL
        )""",
        "CREATE INDEX label_steps_by_target ON label_steps (target_id)",
        """CREATE TABLE label_history (
            id INTEGER PRIMARY KEY,
            step_id INTEGER NOT NULL REFERENCES label_steps (id),
            image_id INTEGER NOT NULL REFERENCES images (id),
            old_class_id INTEGER REFERENCES classes (id),
            new_class_id INTEGER REFERENCES classes (id)
        )""",
        "CREATE INDEX label_history_by_step ON label_history (step_id)",
        "CREATE INDEX label_history_by_image ON label_history (image_id)",
        *(
            f"""CREATE TRIGGER {table}_keeps_rows_on_{verb.lower()} BEFORE {verb} ON {table}
                BEGIN SELECT RAISE(ABORT, 'the label history only grows'); END"""
            for table in ("label_steps", "label_history")
            for verb in ("UPDATE", "DELETE")
        ),
        # What the history adds up to, kept beside it so that reading it costs one look-up an image.
        """CREATE TABLE labels (
            image_id INTEGER PRIMARY KEY REFERENCES images (id),
            class_id INTEGER NOT NULL REFERENCES classes (id)
        )""",
        """CREATE TABLE splits (
            image_id INTEGER PRIMARY KEY REFERENCES images (id),
            part TEXT NOT NULL CHECK (part IN ('train', 'test'))
        )""",
        "CREATE TABLE settings (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL)",
    ),
)

_RUNS_AND_PREDICTIONS = Migration(
    "runs and predictions",
    (
        # AUTOINCREMENT: a run's id names its folder and is never given to another run.
        """CREATE TABLE runs (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('running', 'finished', 'cancelled', 'failed')),
            config TEXT NOT NULL,
            metrics TEXT NOT NULL DEFAULT '{}',
            message TEXT,
            pid INTEGER NOT NULL,
            host TEXT NOT NULL,
            created TEXT NOT NULL,
            finished TEXT
        )""",
        """CREATE TABLE run_events (
            id INTEGER PRIMARY KEY,
            run_id INTEGER NOT NULL REFERENCES runs (id),
            name TEXT NOT NULL,
            at TEXT NOT NULL,
            data TEXT NOT NULL
        )""",
        "CREATE INDEX run_events_by_run ON run_events (run_id, name)",
        """CREATE TABLE run_images (
            run_id INTEGER NOT NULL REFERENCES runs (id),
            role TEXT NOT NULL,
            image_id INTEGER NOT NULL REFERENCES images (id),
            PRIMARY KEY (run_id, role, image_id)
        ) WITHOUT ROWID""",
        """CREATE TABLE predictions (
            run_id INTEGER NOT NULL REFERENCES runs (id),
            image_id INTEGER NOT NULL REFERENCES images (id),
            class_name TEXT NOT NULL,
            confidence REAL NOT NULL,
            PRIMARY KEY (run_id, image_id)
        ) WITHOUT ROWID""",
    ),
)

# Before, all images of a project were stretched to one size; 409,600 px is 640 x 640.
_NATIVE_RESOLUTION = Migration(
    "images at native resolution",
    (
        """UPDATE settings SET value = json_set(json_remove(value, '$.height', '$.width'), '$.max_area', 409600)
            WHERE key = 'image_settings'""",
    ),
)

# A row for every image that was compared with the others; `cluster` is the smallest id of those that it is a copy of.
_NEAR_DUPLICATES = Migration(
    "near-duplicates",
    (
        """CREATE TABLE near_duplicates (
            image_id INTEGER PRIMARY KEY REFERENCES images (id),
            cluster INTEGER NOT NULL REFERENCES images (id)
        )""",
    ),
)

# The label history names classes by their id, so that a class is never deleted: it leaves the list, with its key.
_REMOVED_CLASSES = Migration(
    "removed classes",
    (
        "CREATE TABLE removed_classes (class_id INTEGER PRIMARY KEY REFERENCES classes (id), hotkey TEXT)",
        """CREATE VIEW listed_classes AS
            SELECT * FROM classes WHERE id NOT IN (SELECT class_id FROM removed_classes)""",
        # Which step took which class off the list: its undo puts the class back, its redo takes it off again.
        """CREATE TABLE class_removals (
            step_id INTEGER PRIMARY KEY REFERENCES label_steps (id),
            class_id INTEGER NOT NULL REFERENCES classes (id)
        )""",
        *(
            f"""CREATE TRIGGER class_removals_keeps_rows_on_{verb.lower()} BEFORE {verb} ON class_removals
                BEGIN SELECT RAISE(ABORT, 'the label history only grows'); END"""
            for verb in ("UPDATE", "DELETE")
        ),
    ),
)

# Runs and model files name classes as they were called at training; see `inspector.project.former_names`. Merges of
# before tell by the labels that they moved where a class went. Renames of before were not kept.
_FORMER_NAMES = Migration(
    "former names of classes",
    (
        """CREATE TABLE former_names (
            folded_name TEXT PRIMARY KEY NOT NULL,
            class_id INTEGER NOT NULL REFERENCES classes (id)
        )""",
        # The class that one was merged into; NULL: it was removed.
        *(
            f"ALTER TABLE {table} ADD COLUMN into_class_id INTEGER REFERENCES classes (id)"
            for table in ("class_removals", "removed_classes")
        ),
        "DROP TRIGGER class_removals_keeps_rows_on_update",
        """UPDATE class_removals SET into_class_id = (
            SELECT new_class_id FROM label_history AS history
            WHERE history.step_id = class_removals.step_id AND old_class_id = class_id LIMIT 1)""",
        """CREATE TRIGGER class_removals_keeps_rows_on_update BEFORE UPDATE ON class_removals
            BEGIN SELECT RAISE(ABORT, 'the label history only grows'); END""",
        """UPDATE removed_classes SET into_class_id = (
            SELECT removals.into_class_id FROM label_steps AS steps
            JOIN class_removals AS removals ON removals.step_id = coalesce(steps.target_id, steps.id)
            WHERE removals.class_id = removed_classes.class_id AND steps.kind != 'undo'
            ORDER BY steps.id DESC LIMIT 1)""",
        # Which step has changed what of which class: its undo brings the old value back, its redo the new one.
        """CREATE TABLE class_edits (
            id INTEGER PRIMARY KEY,
            step_id INTEGER NOT NULL REFERENCES label_steps (id),
            class_id INTEGER NOT NULL REFERENCES classes (id),
            what TEXT NOT NULL CHECK (what IN ('name', 'colour', 'hotkey')),
            old TEXT,
            new TEXT
        )""",
        "CREATE INDEX class_edits_by_step ON class_edits (step_id)",
        *(
            f"""CREATE TRIGGER class_edits_keeps_rows_on_{verb.lower()} BEFORE {verb} ON class_edits
                BEGIN SELECT RAISE(ABORT, 'the label history only grows'); END"""
            for verb in ("UPDATE", "DELETE")
        ),
    ),
)

MIGRATIONS = (
    *(_IMAGES_AND_LABELS, _RUNS_AND_PREDICTIONS, _NATIVE_RESOLUTION, _NEAR_DUPLICATES, _REMOVED_CLASSES),
    _FORMER_NAMES,
)
SCHEMA_VERSION = len(MIGRATIONS)


def schema_version(connection: sqlite3.Connection) -> int:
    """How many of the steps the file has had."""
    return connection.execute("PRAGMA user_version").fetchone()[0]


def migrate(connection: sqlite3.Connection, *, to_version: int = SCHEMA_VERSION) -> None:
    """Bring the schema forward to `to_version`, a transaction a step."""
    for version in range(schema_version(connection) + 1, to_version + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have taken the step while this one waited.
            if schema_version(connection) < version:
                _take_step(connection, version)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def back_up(connection: sqlite3.Connection, path: Path) -> Path:
    """Copy the open database at `path` beside it, whole and named by its schema version; return where.

    The copy goes through SQLite: a plain copy of the file would miss what still lies in its write-ahead log.
    """
    target = path.with_name(f"{path.stem}.version-{schema_version(connection)}.backup.sqlite")
    partial = target.with_name(f".{target.name}.tmp")
    partial.unlink(missing_ok=True)
    with closing(sqlite3.connect(partial)) as copy:
        connection.backup(copy)
    put_in_place(partial, target)
    return target


def _take_step(connection: sqlite3.Connection, version: int) -> None:
    for statement in MIGRATIONS[version - 1].statements:
        connection.execute(statement)
    # Pragmas take no parameters; both values are integers of ours.
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {version}")
