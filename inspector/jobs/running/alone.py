"""Writing results alone: a second process that would write them too is refused."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from inspector.project.file_lock import FileLock
from inspector.project.sqlite_errors import is_sqlite_error
from models.errors import KnownError

LOCK_TIMEOUT_S = 0.2


@contextmanager
def alone(out: Path, *, lock_path: Path) -> Iterator[None]:
    """Hold the lock at `lock_path` while this process writes `out`; the lock's file is gone afterwards.

    Raises:
        KnownError: another process holds it, or it can't be made.
    """
    with ExitStack() as stack:
        try:
            lock = FileLock(lock_path)
            stack.callback(lock.close)
            is_free = lock.acquire(timeout_s=LOCK_TIMEOUT_S)
        except sqlite3.OperationalError as error:
            if is_sqlite_error(error, "SQLITE_FULL"):
                raise KnownError(f"The disk is full: {out} could not be written; free some space.") from error
            raise KnownError(f"{out} cannot be written; see whether its folder can be, or choose another.") from error
        if not is_free:
            raise KnownError(f"{out} is being written by another Inspector; wait until that is done.")
        stack.callback(_remove, lock)  # by its holder alone: without the file a third process would not see the lock
        yield


def _remove(lock: FileLock) -> None:
    lock.close()
    with suppress(OSError):  # Windows keeps a file that another program is just looking at
        lock.path.unlink(missing_ok=True)
