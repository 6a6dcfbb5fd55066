"""A lock between processes that the operating system frees when its holder ends, however it ends.

The lock is an empty SQLite file held in an exclusive transaction: SQLite's file locks work alike on every platform
and on network drives, and nothing is ever written to the file.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from inspector.project.sqlite_errors import is_sqlite_error

_RETRY_S = 0.02


class FileLock:
    """The lock that the file at `path` stands for; the file is made if it is missing.

    Raises sqlite3.OperationalError from `acquire` if the file can't be made or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)

    def acquire(self, *, timeout_s: float) -> bool:
        """Take the lock and return True, or return False when others held it for `timeout_s` seconds."""
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                self._connection.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as error:
                if not is_sqlite_error(error, "SQLITE_BUSY"):
                    raise
            else:
                return True
            if time.monotonic() >= deadline:
                return False
            # Waiting here and not in SQLite's busy handler, so that Ctrl-C gets through.
            time.sleep(_RETRY_S)

    def release(self) -> None:
        """Give the lock back; nothing happens if it isn't held."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def close(self) -> None:
        """Give the lock back and close its file."""
        self._connection.close()


def is_locked(path: Path) -> bool:
    """Whether some process, this one included, holds the lock at `path`; False if there is no such file."""
    if not path.exists():
        return False
    probe = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        probe.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.OperationalError as error:
        if is_sqlite_error(error, "SQLITE_BUSY"):
            return True
        raise
    finally:
        probe.close()
    return False
