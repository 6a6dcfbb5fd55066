"""Making, finding and removing a project's folder."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator
from pathlib import Path

from inspector.project.database import LOCK_NAME, Database, create_database, partial_database
from inspector.project.file_lock import FileLock
from inspector.project.runs import RUNS_FOLDER
from inspector.project.sqlite_errors import known_errors
from inspector.project.summary import counts
from models.errors import KnownError

DATABASE_NAME = "project.sqlite"
CACHE_FOLDER = "cache"


def create_folder(folder: Path) -> Path:
    """Make a project's folder with an empty database in it, and return it.

    The database comes last and whole. An attempt that fails takes back what it made; what one that was killed left
    behind is no obstacle to the next one.

    Raises:
        KnownError: if the folder is taken, or can't be made or written.
    """
    _refuse_taken(folder)
    try:
        _make_folders(folder)
        with _making(folder):
            _refuse_taken(folder)  # again: another process may have been quicker
            create_database(folder / DATABASE_NAME)
    except FileNotFoundError as error:
        raise KnownError(f"The folder {folder.parent} does not exist: make it first, or choose another.") from error
    except OSError as error:
        raise KnownError(f"The project {folder} can't be made: {error.strerror}.") from error
    return folder


def database_file(folder: Path) -> Path:
    """The database of the project in `folder`.

    Raises:
        KnownError: if there is no project.
    """
    file = folder / DATABASE_NAME
    try:
        if file.is_file():
            return file
        if not folder.exists():
            raise KnownError(f"The project {folder} does not exist: check the name, or make it with 'inspector new'.")
        if not folder.is_dir():
            raise KnownError(f"{folder} is no Inspector project: a project is a folder, this is a file.")
    except OSError as error:
        raise KnownError(f"The project {folder} can't be opened: {error.strerror}.") from error
    raise KnownError(f"{folder} is no Inspector project: it has no {DATABASE_NAME}.")


def remove_empty(database: Database) -> None:
    """Close `database` and remove its folder, which holds a project without images and runs.

    Raises:
        ValueError: if the project has images or runs.
    """
    if counts(database)["images"] or database.value("SELECT count(*) FROM runs"):
        raise ValueError(f"the project {database.path.parent} is in use")
    database.close()
    folder = database.path.parent
    for name in (DATABASE_NAME, LOCK_NAME):
        (folder / name).unlink(missing_ok=True)
    _remove_empty_folders(folder)


def _make_folders(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    try:
        for name in (RUNS_FOLDER, CACHE_FOLDER):
            (folder / name).mkdir(exist_ok=True)
    except OSError:
        _remove_leftovers(folder)
        raise


@contextlib.contextmanager
def _making(folder: Path) -> Iterator[None]:
    """Keep other processes from making a project in `folder`; if there is no database after it, all is taken back.

    Raises:
        KnownError: another one is making a project there, or the lock can't be made.
    """
    with contextlib.ExitStack() as stack:
        try:
            with known_errors(folder / DATABASE_NAME):
                lock = FileLock(folder / LOCK_NAME)
                stack.callback(lock.close)
                is_free = lock.acquire(timeout_s=0)
        except KnownError:
            stack.close()
            _remove_leftovers(folder)
            raise
        if not is_free:
            raise KnownError(f"The project {folder} is just being made by another Inspector: wait until that is done.")
        try:
            yield
        finally:
            stack.close()  # first: Windows removes no file that is open
            if not (folder / DATABASE_NAME).exists():
                _remove_leftovers(folder)


def _remove_leftovers(folder: Path) -> None:
    """Remove what an attempt to make a project made before the database was whole."""
    for name in _leftover_names(folder):
        with contextlib.suppress(OSError):
            (folder / name).unlink(missing_ok=True)
    _remove_empty_folders(folder)


def _remove_empty_folders(folder: Path) -> None:
    for emptied in (folder / RUNS_FOLDER, folder / CACHE_FOLDER, folder):
        with contextlib.suppress(OSError):  # missing, or not empty
            emptied.rmdir()


def _leftover_names(folder: Path) -> tuple[str, ...]:
    partial = partial_database(folder / DATABASE_NAME).name
    return partial, f"{partial}-journal", LOCK_NAME, f"{LOCK_NAME}-journal"


def _refuse_taken(folder: Path) -> None:
    try:
        if not folder.exists():
            return
        if not folder.is_dir():
            raise KnownError(f"{folder} is a file: choose another name for the project's folder.")
        if (folder / DATABASE_NAME).exists():
            raise KnownError(f"The project {folder} exists already: open it, or choose another name.")
        leftovers = _leftover_names(folder)
        if any(not _is_leftover(entry, leftovers) for entry in folder.iterdir()):
            raise KnownError(f"The folder {folder} is not empty: choose a new folder for the project.")
    except OSError as error:
        raise KnownError(f"The project {folder} can't be made: {error.strerror}.") from error


def _is_leftover(entry: Path, names: Collection[str]) -> bool:
    """Whether `entry` may come from an attempt to make a project that was broken off."""
    if entry.name in {RUNS_FOLDER, CACHE_FOLDER}:
        return entry.is_dir() and not any(entry.iterdir())
    return entry.name in names
