"""Recording what an import read: images by their content, paths that lead to them, files that can't be used."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from inspector.project.database import Database
from inspector.project.file_reading import FileContent, Reading, Source
from inspector.project.stored_paths import from_stored, to_stored
from models.storage.system_path import system_path


def record(database: Database, batch: Sequence[Reading]) -> None:
    """Record a batch of readings in one transaction."""
    with database.transaction(durable=False) as transaction:
        for reading in batch:
            if reading.content is None:
                _record_unreadable(transaction, reading.source, reading.reason)
            else:
                _record_image(transaction, reading.source, reading.content)


def _record_unreadable(transaction: sqlite3.Connection, source: Source, reason: str) -> None:
    path = to_stored(source.path)
    transaction.execute("INSERT OR REPLACE INTO unreadable_files (path, reason) VALUES (?, ?)", (path, reason))
    # It may have held an image at an earlier import.
    transaction.execute("DELETE FROM image_paths WHERE path = ?", (path,))


def _record_image(transaction: sqlite3.Connection, source: Source, content: FileContent) -> None:
    image_id = _image_id(transaction, content)
    _mark_missing(transaction, image_id)
    path = to_stored(source.path)
    transaction.execute(
        """INSERT INTO image_paths (path, root, relative_path, image_id, byte_size, mtime_ns) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (path) DO UPDATE SET root = excluded.root, relative_path = excluded.relative_path,
            image_id = excluded.image_id, byte_size = excluded.byte_size, mtime_ns = excluded.mtime_ns, missing = 0""",
        (
            path,
            to_stored(source.root),
            to_stored(source.relative_path),
            image_id,
            content.byte_size,
            content.mtime_ns,
        ),
    )
    transaction.execute("DELETE FROM unreadable_files WHERE path = ?", (path,))


def _image_id(transaction: sqlite3.Connection, content: FileContent) -> int:
    """The id of the image with this content, which is recorded if it is new."""
    low, high = content.value_range or (None, None)
    transaction.execute(
        """INSERT INTO images (content_hash, width, height, mode, depth, byte_size, low, high)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (content_hash) DO NOTHING""",
        (
            content.content_hash,
            content.width,
            content.height,
            content.mode,
            content.depth,
            content.byte_size,
            low,
            high,
        ),
    )
    rows = transaction.execute("SELECT id FROM images WHERE content_hash = ?", (content.content_hash,))
    return rows.fetchone()[0]


def _mark_missing(transaction: sqlite3.Connection, image_id: int) -> None:
    """Note which of an image's earlier paths are gone, so that a moved file does not count as a duplicate."""
    rows = transaction.execute("SELECT id, path FROM image_paths WHERE image_id = ? AND NOT missing", (image_id,))
    gone = [(path_id,) for path_id, path in rows.fetchall() if not system_path(Path(from_stored(path))).exists()]
    transaction.executemany("UPDATE image_paths SET missing = 1 WHERE id = ?", gone)
