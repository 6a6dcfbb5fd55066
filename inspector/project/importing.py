"""Import of folders: files are found, read by a few threads, and recorded a batch a transaction.

The import is a generator; closing it keeps every batch that was recorded. Source files are only ever read.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from inspector.project.database import Database
from inspector.project.file_reading import Reading, Source, read_all
from inspector.project.image_settings import image_settings, max_pixels
from inspector.project.import_recording import record
from inspector.project.records import ImportFinished
from inspector.project.stored_paths import absolute_path, from_stored
from inspector.project.summary import counts
from models.errors import KnownError
from models.events import Notice, Progress
from models.images.reading import IMAGE_SUFFIXES, walk
from models.storage.system_path import system_path

BATCH_FILES = 500
BATCH_SECONDS = 5.0  # large images: what is done is recorded this often at least


def import_folders(
    database: Database, folders: Sequence[Path], *, threads: int = 2
) -> Iterator[Progress | Notice | ImportFinished]:
    """Take all images below `folders` into the project; files that are known and unchanged are skipped.

    Raises:
        KnownError: if a folder is missing or holds no images that can be read.
    """
    started = time.monotonic()
    contents_before = _contents(database)
    roots = [absolute_path(folder) for folder in folders]
    sources: list[Source] = []
    yield from _find(roots, sources)
    tally = _Tally()
    yield from _import_files(database, sources, tally, threads)
    tally.refuse_useless(roots)
    image_settings(database)
    if tally.unreadable:
        files = "1 file" if tally.unreadable == 1 else f"{tally.unreadable} files"
        yield Notice(f"{files} can't be read as images; see the list of unreadable files for the reasons.", True)
    new_images = _contents(database) - contents_before
    yield ImportFinished(**counts(database), new_images=new_images, seconds=time.monotonic() - started)


def _contents(database: Database) -> int:
    """How many images were ever taken in, those that are at no path any longer included."""
    return database.value("SELECT count(*) FROM images")


@dataclass
class _Tally:
    """What came of the files of each root."""

    useful_roots: set[str] = field(default_factory=set)
    first_reasons: dict[str, str] = field(default_factory=dict)
    unreadable: int = 0

    def add(self, reading: Reading) -> None:
        if reading.content is not None:
            self.useful_roots.add(reading.source.root)
            return
        self.unreadable += 1
        self.first_reasons.setdefault(reading.source.root, f"{reading.source.relative_path}: {reading.reason}")

    def refuse_useless(self, roots: Sequence[str]) -> None:
        for root in roots:
            if root not in self.useful_roots and root in self.first_reasons:
                raise KnownError(f"The folder {root} holds no images that can be read ({self.first_reasons[root]}).")


class _KnownFiles:
    """The files of earlier imports, to see which need not be read again."""

    def __init__(self, database: Database) -> None:
        rows = database.query("SELECT path, byte_size, mtime_ns FROM image_paths WHERE NOT missing")
        paths = ((from_stored(path), size, mtime_ns) for path, size, mtime_ns in rows)
        self._files = {os.path.normcase(path): (path, size, mtime_ns) for path, size, mtime_ns in paths}

    def spelling(self, path: str) -> str:
        """`path` as it is stored, where the system takes two spellings for one file."""
        return self._files.get(os.path.normcase(path), (path,))[0]

    def holds_unchanged(self, path: str) -> bool:
        """Whether `path` was read before and has the size and time that it had then."""
        entry = self._files.get(os.path.normcase(path))
        if entry is None:
            return False
        try:
            status = system_path(Path(path)).stat()
        except OSError:
            return False
        return entry[1:] == (status.st_size, status.st_mtime_ns)


def _find(roots: Sequence[str], sources: list[Source]) -> Iterator[Progress]:
    """Fill `sources` with the files below `roots`, each file once."""
    seen: set[str] = set()
    for root in roots:
        is_empty = True
        for path in walk(Path(root)):
            is_empty = False
            if str(path) in seen:
                continue
            seen.add(str(path))
            sources.append(Source(str(path), root))
            if len(sources) % BATCH_FILES == 0:
                yield Progress("search", len(sources), len(sources), "files")
        if is_empty:
            suffixes = ", ".join(sorted(suffix[1:] for suffix in IMAGE_SUFFIXES))
            raise KnownError(f"The folder {root} holds no images that can be read: no file is named {suffixes}.")


def _import_files(database: Database, sources: Sequence[Source], tally: _Tally, threads: int) -> Iterator[Progress]:
    known = _KnownFiles(database)
    to_read = []
    for source in sources:
        if known.holds_unchanged(source.path):
            tally.useful_roots.add(source.root)
        else:
            to_read.append(Source(known.spelling(source.path), source.root))
    done = len(sources) - len(to_read)
    yield Progress("import", done, len(sources))
    batch: list[Reading] = []
    recorded_at = time.monotonic()
    for reading in read_all(to_read, max_pixels=max_pixels(database), threads=threads):
        tally.add(reading)
        batch.append(reading)
        if len(batch) >= BATCH_FILES or time.monotonic() - recorded_at > BATCH_SECONDS:
            record(database, batch)
            done += len(batch)
            batch, recorded_at = [], time.monotonic()
            yield Progress("import", done, len(sources))
    record(database, batch)
    yield Progress("import", len(sources), len(sources))
