"""Runs: what was started with which configuration, how it went, and the folder that holds what it made.

A running run holds a file lock in its folder. A run that is noted as running while nobody holds its lock was
interrupted: its program crashed, was killed, or the machine went down.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

from inspector.project.clock import now
from inspector.project.database import Database
from inspector.project.file_lock import FileLock, is_locked
from inspector.project.records import RunEvent, RunRecord
from models.errors import KnownError
from models.storage.files import write_atomically

RUNS_FOLDER = "runs"
LOCK_NAME = "running.lock"
CONFIG_NAME = "config.json"
LOCK_TIMEOUT_S = 1.0  # whoever only looks whether the run is running holds its lock for a moment
FLUSH_EVENTS = 200
MAX_ID = 2**63 - 1  # of SQLite
FLUSH_SECONDS = 1.0

_COLUMNS = "id, kind, state, config, metrics, created, finished, message"


class Run:
    """A run that this process carries out. It must end in exactly one of `finish`, `fail` and `cancel`.

    As a context manager it sees to that: leaving the block finishes the run if nothing else has ended it, Ctrl-C and
    the closing of the generator around it cancel it, any other exception fails it.
    """

    def __init__(self, database: Database, record: RunRecord, lock: FileLock) -> None:
        self.id = record.id
        self.kind = record.kind
        self.folder = record.folder
        self.config = record.config
        self._database = database
        self._lock = lock
        self._buffer: list[tuple[int, str, str, str]] = []
        self._flushed_at = time.monotonic()
        self._ended = False

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._ended:
            return
        if error is None:
            self.finish({})
        elif isinstance(error, GeneratorExit | KeyboardInterrupt):
            self.cancel()
        else:
            self.fail(str(error) or type(error).__name__)

    def log(self, name: str, data: dict[str, Any]) -> None:
        """Record an event; events are written together, about once a second and at the run's end."""
        self._buffer.append((self.id, name, now(), _to_json(data)))
        if len(self._buffer) >= FLUSH_EVENTS or time.monotonic() - self._flushed_at >= FLUSH_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write the events that are still in memory."""
        if self._buffer:
            with self._database.transaction(durable=False) as transaction:
                transaction.executemany(
                    "INSERT INTO run_events (run_id, name, at, data) VALUES (?, ?, ?, ?)", self._buffer
                )
            self._buffer.clear()
        self._flushed_at = time.monotonic()

    def record_images(self, role: str, image_ids: Iterable[int]) -> None:
        """Note which images the run uses as `role`, replacing an earlier note.

        Roles are 'pretrain', 'train', 'validation', and 'seen': what the encoder of a classifier was trained on.
        """
        with self._database.transaction(durable=False) as transaction:
            transaction.execute("DELETE FROM run_images WHERE run_id = ? AND role = ?", (self.id, role))
            transaction.executemany(
                "INSERT OR IGNORE INTO run_images (run_id, role, image_id) VALUES (?, ?, ?)",
                ((self.id, role, int(image_id)) for image_id in image_ids),
            )

    def finish(self, metrics: dict[str, Any]) -> None:
        """End the run well, with its figures."""
        self._end("finished", metrics=metrics)

    def fail(self, message: str) -> None:
        """End the run because of an error."""
        self._end("failed", message=message)

    def cancel(self) -> None:
        """End the run because the user stopped it."""
        self._end("cancelled")

    def _end(self, state: str, *, metrics: dict[str, Any] | None = None, message: str | None = None) -> None:
        if self._ended:
            raise RuntimeError(f"run {self.id} has ended already")
        self.flush()
        with self._database.transaction() as transaction:
            transaction.execute(
                "UPDATE runs SET state = ?, metrics = ?, message = ?, finished = ? WHERE id = ?",
                (state, _to_json(metrics or {}), message, now(), self.id),
            )
        self._ended = True
        self._lock.close()
        # Windows keeps a file that another program is just looking at; an unlocked one says the same.
        with contextlib.suppress(OSError):
            self._lock.path.unlink(missing_ok=True)


def start_run(database: Database, kind: str, config: dict[str, Any]) -> Run:
    """Begin a run: its row, its folder, and its configuration (with seed and versions in it) in both."""
    with database.transaction() as transaction:
        cursor = transaction.execute(
            "INSERT INTO runs (kind, state, config, pid, host, created) VALUES (?, 'running', ?, ?, ?, ?)",
            (kind, _to_json(config), os.getpid(), platform.node(), now()),
        )
        assert cursor.lastrowid is not None
        lock = _prepared_folder(database, cursor.lastrowid, config)
    return Run(database, run(database, cursor.lastrowid), lock)


def resume_run(database: Database, run_id: int) -> Run:
    """Go on with a run that was cancelled, failed or interrupted.

    Raises:
        KnownError: if there is no such run, it is running, or it has finished.
    """
    record = run(database, run_id)
    if record.state == "running":
        raise KnownError(f"Run {run_id} is running in another window or program: stop it there first.")
    if record.state == "finished":
        raise KnownError(f"Run {run_id} has finished, so there is nothing to resume: start a new run.")
    with database.transaction() as transaction:
        lock = _prepared_folder(database, run_id, record.config)
        transaction.execute(
            "UPDATE runs SET state = 'running', message = NULL, finished = NULL, pid = ?, host = ? WHERE id = ?",
            (os.getpid(), platform.node(), run_id),
        )
    return Run(database, run(database, run_id), lock)


def run(database: Database, run_id: int) -> RunRecord:
    """The run of this id.

    Raises:
        KnownError: if there is none.
    """
    rows = database.query(f"SELECT {_COLUMNS} FROM runs WHERE id = ?", (run_id,)) if run_id <= MAX_ID else []
    if not rows:
        raise KnownError(f"The project {database.path.parent} has no run {run_id}: see its runs with 'inspector info'.")
    return _record(database, rows[0])


def runs(database: Database, kind: str | None = None) -> list[RunRecord]:
    """All runs, or those of a kind, oldest first."""
    rows = database.query(f"SELECT {_COLUMNS} FROM runs WHERE ? IS NULL OR kind = ? ORDER BY id", (kind, kind))
    return [_record(database, row) for row in rows]


def latest_run(database: Database, kind: str, *, state: str = "finished") -> RunRecord | None:
    """The newest run of a kind that is in `state`, None if there is none."""
    return next((record for record in reversed(runs(database, kind)) if record.state == state), None)


def run_images(database: Database, run_id: int, role: str) -> set[int]:
    """The ids of the images that a run used as `role`."""
    rows = database.query("SELECT image_id FROM run_images WHERE run_id = ? AND role = ?", (run_id, role))
    return {image_id for (image_id,) in rows}


def run_events(database: Database, run_id: int, name: str | None = None) -> list[RunEvent]:
    """What a run logged, or what it logged as `name`, oldest first."""
    rows = database.query(
        "SELECT name, at, data FROM run_events WHERE run_id = ? AND (? IS NULL OR name = ?) ORDER BY id",
        (run_id, name, name),
    )
    return [RunEvent(event, at, json.loads(data)) for event, at, data in rows]


def _record(database: Database, row: tuple[Any, ...]) -> RunRecord:
    run_id, kind, state, config, metrics, created, finished, message = row
    # The folder follows from the id: no path out of a project file is ever trusted.
    folder = _folder(database, run_id)
    if state == "running" and not is_locked(folder / LOCK_NAME):
        state = "interrupted"
    return RunRecord(run_id, kind, state, json.loads(config), json.loads(metrics), created, finished, message, folder)


def _folder(database: Database, run_id: int) -> Path:
    return database.path.parent / RUNS_FOLDER / str(run_id)


def _prepared_folder(database: Database, run_id: int, config: dict[str, Any]) -> FileLock:
    """Make the run's folder with its configuration, and take its lock."""
    folder = _folder(database, run_id)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(config, indent=2, default=_plain)
        write_atomically(folder / CONFIG_NAME, text.encode("utf-8"))
    except OSError as error:
        raise KnownError(f"The folder {folder} can't be written: {error.strerror}.") from error
    lock = FileLock(folder / LOCK_NAME)
    if not lock.acquire(timeout_s=LOCK_TIMEOUT_S):
        lock.close()
        raise KnownError(f"Run {run_id} is running in another window or program: stop it there first.")
    return lock


def _to_json(data: dict[str, Any]) -> str:
    return json.dumps(data, default=_plain)


def _plain(value: Any) -> Any:
    """NumPy numbers and arrays, and paths, as JSON knows them."""
    if isinstance(value, Path):
        return str(value)
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} can't be written as JSON")
