"""SQLite's complaints as sentences for the user, where the user's world caused them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.errors import KnownError

_FULL = "The disk with {path} is full: free some space and try again; what was saved before is safe."
# By the primary result code; extended ones (SQLITE_IOERR_WRITE, ...) begin with the primary code's name.
_SENTENCES = {
    "SQLITE_FULL": _FULL,
    "SQLITE_IOERR_SHMSIZE": _FULL,  # no room for the log's index, which even reading makes
    "SQLITE_BUSY": "Another program is writing to the project {folder}: wait until it has finished and try again.",
    "SQLITE_LOCKED": "Another program is writing to the project {folder}: wait until it has finished and try again.",
    "SQLITE_NOTADB": "{path} is no project file: its content is damaged or belongs to another program.",
    "SQLITE_CORRUPT": "{path} is damaged ({detail}): restore the project folder from a backup.",
    "SQLITE_READONLY": "The project {folder} is read-only: make the folder and its files writable, or copy it.",
    "SQLITE_CANTOPEN": "{path} can't be opened: check that the folder is there and that you may read and write it.",
    "SQLITE_PERM": "{path} can't be opened: check that you may read and write it.",
    "SQLITE_IOERR": "{path} can't be read or written ({detail}): check the drive and try again.",
    "SQLITE_TOOBIG": "A value is too large to be stored in {path}.",
    "SQLITE_NOMEM": "There is not enough memory to read {path}.",
}


def is_sqlite_error(error: sqlite3.Error, *names: str) -> bool:
    """Whether `error` has one of these primary result codes, such as 'SQLITE_BUSY'."""
    # Errors that Python's module raises by itself (wrong number of parameters, closed connection) have no code.
    name = getattr(error, "sqlite_errorname", "") or ""
    return name.startswith(names)


@contextmanager
def known_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite says about the file at `path` into a KnownError; errors of ours pass as they are."""
    try:
        yield
    except sqlite3.Error as error:
        for name, sentence in _SENTENCES.items():
            if is_sqlite_error(error, name):
                text = sentence.format(path=path, folder=path.parent, detail=error)
                raise KnownError(text) from error
        raise
