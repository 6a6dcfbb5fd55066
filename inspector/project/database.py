"""The connection to project.sqlite: how it is opened, read, written and closed.

One `Database` holds one connection, which its threads share under a mutex. Between processes every write, and with it
every checkpoint of the write-ahead log, happens under one file lock: SQLite before 3.51.3 can damage the log when two
connections write and checkpoint it at the same moment.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import urllib.parse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from inspector.project.file_lock import FileLock
from inspector.project.migrations import APPLICATION_ID, SCHEMA_VERSION, back_up, migrate, schema_version
from inspector.project.network_drive import is_network_drive
from inspector.project.sqlite_errors import is_sqlite_error, known_errors
from models.errors import KnownError
from models.storage.files import put_in_place

BUSY_SECONDS = 10.0
LOCK_NAME = "project.lock"


class Database:
    """An open project.sqlite. `notices` holds sentences that the user should read."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self.notices: list[str] = []
        self._connection = connection
        self._writer_lock: FileLock | None = None  # None means that this connection only reads
        self._mutex = threading.RLock()
        self._journal_mode = ""

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> Database:
        """Open the file at `path`, bringing its schema up to date, for which an older one is written to in any case.

        Where the folder can't be written the file is opened for reading.

        Raises:
            KnownError: if the file is damaged, of another program or of a newer version.
        """
        _refuse_empty(path)
        with known_errors(path):
            database = cls(path, _connect_for_reading(path, read_only=read_only))
            try:
                database._refuse_foreign()
                if not read_only or schema_version(database._connection) < SCHEMA_VERSION:
                    database._writer_lock = _writer_lock(path)
                database._prepare()
                if read_only:
                    database._give_up_writing()
            except BaseException:
                database.close()
                raise
        return database

    @property
    def read_only(self) -> bool:
        """Whether nothing can be written."""
        return self._writer_lock is None

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a SELECT."""
        with self._mutex, known_errors(self.path):
            return self._connection.execute(sql, parameters).fetchall()

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """The first column of a SELECT's first row, None if there is no row."""
        rows = self.query(sql, parameters)
        return rows[0][0] if rows else None

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[sqlite3.Connection]:
        """Write all or nothing: commits at the end of the block, rolls back if it raises.

        `durable` says that what is committed survives a power cut (about 7 ms); without it the last commits may be
        lost then, though never by halves.

        Raises:
            KnownError: if the project is read-only, the disk is full, or another program goes on writing.
        """
        if self._writer_lock is None:
            raise KnownError(f"The project {self.path.parent} is read-only: make its folder writable, or copy it.")
        with self._mutex, known_errors(self.path), self._as_only_writer():
            if self._journal_mode == "wal":
                self._connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # A full disk makes SQLite roll back by itself.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def check(self) -> list[str]:
        """What SQLite finds wrong with the file; an empty list if nothing. Reads the whole file."""
        answers = [row[0] for row in self.query("PRAGMA quick_check")]
        return [] if answers == ["ok"] else answers

    def close(self) -> None:
        """Close the connection; calling it again does nothing."""
        with self._mutex:
            self._connection.close()
            if self._writer_lock is not None:
                self._writer_lock.close()

    @contextmanager
    def _as_only_writer(self) -> Iterator[None]:
        assert self._writer_lock is not None
        if not self._writer_lock.acquire(timeout_s=BUSY_SECONDS):
            raise KnownError(
                f"Another program is writing to the project {self.path.parent}: "
                "wait until it has finished and try again."
            )
        try:
            yield
        finally:
            self._writer_lock.release()

    def _prepare(self) -> None:
        self._connection.execute("PRAGMA trusted_schema = OFF")
        self._connection.execute("PRAGMA foreign_keys = ON")
        if self.read_only:
            self._connection.execute("PRAGMA query_only = ON")
            if schema_version(self._connection) < SCHEMA_VERSION:
                raise KnownError(
                    f"The project {self.path.parent} was made by an older version of Inspector and is read-only: "
                    "make its folder writable and open it once, so that it can be brought up to date."
                )
            return
        self._choose_journal()
        if schema_version(self._connection) < SCHEMA_VERSION:
            with self._as_only_writer():
                back_up(self._connection, self.path)
                migrate(self._connection)

    def _give_up_writing(self) -> None:
        if self._writer_lock is not None:
            self._connection.execute("PRAGMA query_only = ON")
            self._writer_lock.close()
            self._writer_lock = None

    def _refuse_foreign(self) -> None:
        if self._connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise KnownError(f"{self.path} belongs to another program: it is no Inspector project.")
        version = schema_version(self._connection)
        if version > SCHEMA_VERSION:
            raise KnownError(
                f"The project {self.path.parent} was made by a newer version of Inspector (schema {version}, this one "
                f"knows {SCHEMA_VERSION}): update Inspector to open it."
            )

    def _choose_journal(self) -> None:
        wanted = "delete" if is_network_drive(self.path.parent) else "wal"
        current = self._connection.execute("PRAGMA journal_mode").fetchone()[0]
        if current != wanted:
            with self._as_only_writer():
                current = self._connection.execute(f"PRAGMA journal_mode = {wanted}").fetchone()[0]
        self._journal_mode = current
        if current != "wal":
            self.notices.append(
                f"The project {self.path.parent} lies on a drive without a write-ahead log (a network drive): "
                "saving is slower, and other programs wait while one writes."
            )


def create_database(path: Path) -> None:
    """Write a new, empty database of the current schema to `path`, whole or not at all.

    Raises:
        KnownError: if it can't be written.
    """
    partial = partial_database(path)
    for leftover in (partial, partial.with_name(partial.name + "-journal")):
        leftover.unlink(missing_ok=True)
    with known_errors(path):
        connection = sqlite3.connect(partial, isolation_level=None)
        try:
            migrate(connection)
        finally:
            connection.close()
    put_in_place(partial, path)


def partial_database(path: Path) -> Path:
    """Where `create_database` builds the file that it then puts at `path`."""
    return path.with_name(f".{path.name}.tmp")


def _refuse_empty(path: Path) -> None:
    if path.stat().st_size == 0:
        raise KnownError(f"{path} is empty, so it is damaged: restore the project folder from a backup.")


def _writer_lock(path: Path) -> FileLock | None:
    """The lock for writing to the database at `path`, None where it or its folder can't be written."""
    if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
        return None
    lock = FileLock(path.with_name(LOCK_NAME))
    try:
        # Taken once to see that the file can be made and locked here; being held by another process is as good.
        lock.acquire(timeout_s=0)
        lock.release()
    except sqlite3.OperationalError as error:
        lock.close()
        if is_sqlite_error(error, "SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM"):
            return None
        raise
    return lock


def _connect_for_reading(path: Path, *, read_only: bool) -> sqlite3.Connection:
    """A connection to the file at `path` that can read it, even where nothing may be written beside it.

    Where nothing can be written since the disk is full, it is for those alone who want to read only.
    """
    connection = _connect(_uri(path, "mode=rw"))  # rw: without it SQLite would make a missing file
    try:
        connection.execute("SELECT count(*) FROM sqlite_master")
        return connection
    except sqlite3.Error as error:
        connection.close()
        is_full = is_sqlite_error(error, "SQLITE_IOERR_SHMSIZE")  # there is no room for the log's index file
        log = path.with_name(path.name + "-wal")
        is_logged = log.exists() and log.stat().st_size > 0
        if is_full and (is_logged or not read_only):
            raise
        if not is_full and not is_sqlite_error(error, "SQLITE_CANTOPEN", "SQLITE_READONLY"):
            raise
    if is_logged:
        raise KnownError(
            f"The project {path.parent} was not closed cleanly and its folder is read-only: copy the whole folder "
            "to a place that can be written and open it there."
        )
    # Without a log nothing can be pending; immutable lets SQLite do without the log's index file.
    return _connect(_uri(path, "immutable=1"))


def _connect(uri: str) -> sqlite3.Connection:
    return sqlite3.connect(uri, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, uri=True)


def _uri(path: Path, options: str) -> str:
    posix = path.absolute().as_posix()
    rooted = posix if posix.startswith("/") else "/" + posix
    return f"file://{urllib.parse.quote(os.fsencode(rooted))}?{options}"
