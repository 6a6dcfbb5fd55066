"""Import of folders: files are read, hashed and checked by a few threads, and recorded a batch a transaction.

The import is a generator; closing it keeps every batch that was recorded. Source files are only ever read.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from inspector.project.database import Database
from inspector.project.image_settings import image_settings, max_pixels
from inspector.project.records import ImportFinished
from inspector.project.stored_paths import absolute_path, from_stored, printable, to_stored
from inspector.project.summary import counts
from models.errors import KnownError
from models.events import Notice, Progress
from models.images import IMAGE_SUFFIXES, ImageError, content_hash, decode, read_bytes, value_range, walk

BATCH_FILES = 500
BATCH_SECONDS = 5.0  # large images: what is done is recorded this often at least
IN_FLIGHT_PER_THREAD = 4  # files read ahead; bounds the memory that decoded images take


@dataclass(frozen=True)
class _Source:
    """A file to import, below the folder `root` that the user named."""

    path: str
    root: str

    @property
    def relative_path(self) -> str:
        return Path(self.path).relative_to(self.root).as_posix()


@dataclass(frozen=True)
class _Reading:
    """What a file turned out to hold, or why it can't be used."""

    source: _Source
    byte_size: int = 0
    mtime_ns: int = 0
    content_hash: str = ""
    width: int = 0
    height: int = 0
    mode: str = ""
    depth: str = ""
    limits: tuple[float, float] | None = None
    reason: str = ""


@dataclass
class _Known:
    """Which files need not be read again: path key -> (path as stored, size, mtime)."""

    files: dict[str, tuple[str, int, int]]

    @classmethod
    def load(cls, database: Database) -> _Known:
        rows = database.query("SELECT path, byte_size, mtime_ns FROM image_paths WHERE NOT missing")
        paths = ((from_stored(path), size, mtime_ns) for path, size, mtime_ns in rows)
        return cls({os.path.normcase(path): (path, size, mtime_ns) for path, size, mtime_ns in paths})

    def spelling(self, path: str) -> str:
        """`path` as it is stored, where the system takes two spellings for one file."""
        return self.files.get(os.path.normcase(path), (path,))[0]

    def is_unchanged(self, path: str) -> bool:
        entry = self.files.get(os.path.normcase(path))
        if entry is None:
            return False
        try:
            status = Path(path).stat()
        except OSError:
            return False
        return entry[1:] == (status.st_size, status.st_mtime_ns)


@dataclass
class _Tally:
    """What came of the files of each root."""

    usable: set[str] = field(default_factory=set)
    reasons: dict[str, str] = field(default_factory=dict)

    def add(self, reading: _Reading) -> None:
        if reading.reason:
            self.reasons.setdefault(reading.source.root, f"{reading.source.relative_path}: {reading.reason}")
        else:
            self.usable.add(reading.source.root)


def import_folders(
    database: Database, folders: Sequence[Path], *, threads: int = 2
) -> Iterator[Progress | Notice | ImportFinished]:
    """Take all images below `folders` into the project; files that are known and unchanged are skipped.

    Raises:
        KnownError: if a folder is missing or holds no images that can be read.
    """
    started = time.monotonic()
    images_before = counts(database)["images"]
    roots = [absolute_path(folder) for folder in folders]
    sources: list[_Source] = []
    yield from _find(roots, sources)
    tally = _Tally()
    yield from _import_files(database, sources, tally, threads)
    _refuse_roots_without_images(roots, tally)
    image_settings(database)
    total = counts(database)
    if total["unreadable"]:
        yield Notice(f"{total['unreadable']} files can't be read as images; they are listed with their reasons.", True)
    yield ImportFinished(**total, new_images=total["images"] - images_before, seconds=time.monotonic() - started)


def _find(roots: Sequence[str], sources: list[_Source]) -> Iterator[Progress]:
    """Fill `sources` with the files below `roots`, each file once."""
    seen: set[str] = set()
    for root in roots:
        is_empty = True
        for path in walk(Path(root)):
            is_empty = False
            if str(path) in seen:
                continue
            seen.add(str(path))
            sources.append(_Source(str(path), root))
            if len(sources) % BATCH_FILES == 0:
                yield Progress("search", len(sources), len(sources), "files")
        if is_empty:
            suffixes = ", ".join(sorted(suffix[1:] for suffix in IMAGE_SUFFIXES))
            raise KnownError(f"The folder {root} holds no images that can be read: it has no file named {suffixes}.")


def _import_files(database: Database, sources: Sequence[_Source], tally: _Tally, threads: int) -> Iterator[Progress]:
    known = _Known.load(database)
    to_read = []
    for source in sources:
        if known.is_unchanged(source.path):
            tally.usable.add(source.root)
        else:
            to_read.append(_Source(known.spelling(source.path), source.root))
    done = len(sources) - len(to_read)
    yield Progress("import", done, len(sources))
    batch: list[_Reading] = []
    recorded_at = time.monotonic()
    for reading in _read_all(to_read, limit=max_pixels(database), threads=threads):
        tally.add(reading)
        batch.append(reading)
        if len(batch) >= BATCH_FILES or time.monotonic() - recorded_at > BATCH_SECONDS:
            _record(database, batch)
            done += len(batch)
            batch, recorded_at = [], time.monotonic()
            yield Progress("import", done, len(sources))
    _record(database, batch)
    yield Progress("import", len(sources), len(sources))


def _read_all(sources: Sequence[_Source], *, limit: int, threads: int) -> Iterator[_Reading]:
    """Readings in the order of `sources`, a bounded number of files ahead."""
    pool = ThreadPoolExecutor(threads, thread_name_prefix="import")
    pending: deque[Future[_Reading]] = deque()
    try:
        for source in sources:
            pending.append(pool.submit(_read, source, limit))
            if len(pending) >= threads * IN_FLIGHT_PER_THREAD:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _read(source: _Source, limit: int) -> _Reading:
    path = Path(source.path)
    try:
        data = read_bytes(path)
        # After reading: a file that changes meanwhile then looks changed at the next import.
        mtime_ns = path.stat().st_mtime_ns
        decoded = decode(data, max_pixels=limit)
    except ImageError as error:
        return _Reading(source, reason=printable(str(error)))
    except OSError as error:
        return _Reading(source, reason=printable(error.strerror or "can't be read"))
    height, width = decoded.pixels.shape[:2]
    return _Reading(
        source,
        byte_size=len(data),
        mtime_ns=mtime_ns,
        content_hash=content_hash(data),
        width=width,
        height=height,
        mode="grey" if decoded.pixels.ndim == 2 else "colour",
        depth=decoded.depth,
        limits=None if decoded.depth == "uint8" else value_range(decoded.pixels),
    )


def _record(database: Database, batch: Sequence[_Reading]) -> None:
    with database.transaction(durable=False) as transaction:
        for reading in batch:
            if reading.reason:
                _record_unreadable(transaction, reading)
            else:
                _record_image(transaction, reading)


def _record_unreadable(transaction: sqlite3.Connection, reading: _Reading) -> None:
    path = to_stored(reading.source.path)
    transaction.execute("INSERT OR REPLACE INTO unreadable_files VALUES (?, ?)", (path, reading.reason))
    # It may have held an image at an earlier import.
    transaction.execute("DELETE FROM image_paths WHERE path = ?", (path,))


def _record_image(transaction: sqlite3.Connection, reading: _Reading) -> None:
    low, high = reading.limits or (None, None)
    transaction.execute(
        """INSERT INTO images (content_hash, width, height, mode, depth, byte_size, low, high)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (content_hash) DO NOTHING""",
        (
            reading.content_hash,
            reading.width,
            reading.height,
            reading.mode,
            reading.depth,
            reading.byte_size,
            low,
            high,
        ),
    )
    image_id = transaction.execute("SELECT id FROM images WHERE content_hash = ?", (reading.content_hash,)).fetchone()[
        0
    ]
    _mark_missing(transaction, image_id)
    path = to_stored(reading.source.path)
    transaction.execute(
        """INSERT INTO image_paths (path, root, relative_path, image_id, byte_size, mtime_ns) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (path) DO UPDATE SET root = excluded.root, relative_path = excluded.relative_path,
            image_id = excluded.image_id, byte_size = excluded.byte_size, mtime_ns = excluded.mtime_ns, missing = 0""",
        (
            path,
            to_stored(reading.source.root),
            to_stored(reading.source.relative_path),
            image_id,
            reading.byte_size,
            reading.mtime_ns,
        ),
    )
    transaction.execute("DELETE FROM unreadable_files WHERE path = ?", (path,))


def _mark_missing(transaction: sqlite3.Connection, image_id: int) -> None:
    """Note which of an image's earlier paths are gone, so that a moved file does not count as a duplicate."""
    rows = transaction.execute("SELECT id, path FROM image_paths WHERE image_id = ? AND NOT missing", (image_id,))
    gone = [(path_id,) for path_id, path in rows.fetchall() if not Path(from_stored(path)).exists()]
    transaction.executemany("UPDATE image_paths SET missing = 1 WHERE id = ?", gone)


def _refuse_roots_without_images(roots: Sequence[str], tally: _Tally) -> None:
    for root in roots:
        if root not in tally.usable and root in tally.reasons:
            raise KnownError(f"The folder {root} holds no images that can be read ({tally.reasons[root]}).")
