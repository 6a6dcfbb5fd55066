"""Writing a file so that it is the old one or the whole new one, whatever happens in between."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
import uuid
from pathlib import Path

from models.errors import KnownError
from models.storage.file_names import first_bytes
from models.storage.system_path import system_path

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_PAUSES_S = (0.05, 0.1, 0.2, 0.4, 0.75, 1.5)


def write_atomically(path: Path, content: bytes) -> None:
    """Write `content` beside `path`, onto the disk, then put it in its place; a link stays one to the new file.

    Raises:
        KnownError: the disk is full, the folder is missing or read-only, `path` is a folder, ...
    """
    refuse_special(path)
    place = system_path(linked(path))
    temporary = place.parent / f".{first_bytes(path.name, 80)}.{uuid.uuid4().hex[:8]}.tmp"
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        put_in_place(temporary, place)
    except OSError as error:
        raise KnownError(_full(path) if error.errno in _FULL else unwritable(path, error)) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def put_in_place(source: Path, target: Path, *, overwrite: bool = True) -> None:
    """Rename `source`, a whole file, to `target` in one step.

    Windows refuses while a virus scanner, an indexer or a reader of ours has one of the two open, mostly for a moment:
    there it is tried again for three seconds.

    Args:
        overwrite: whether `target` may be there already. If not, Windows raises FileExistsError; elsewhere the caller
            has looked.

    Raises:
        OSError: PermissionError where another program still holds the file, ...
    """
    move = source.replace if overwrite else source.rename
    for pause_s in _PAUSES_S if sys.platform == "win32" else ():
        try:
            move(target)
        except PermissionError:
            time.sleep(pause_s)
        else:
            return
    move(target)


def linked(path: Path) -> Path:
    """The file that is written where a user names `path`: what it links to, since a link is to stay one."""
    return Path(os.path.realpath(path)) if path.is_symlink() else path


def refuse_special(path: Path) -> None:
    """Make sure that no pipe or device lies at `path`: who may write to /dev would put a file in its place.

    Raises:
        KnownError: one does.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        raise KnownError(f"{path} cannot be written: it is a pipe or a device; name a file.")


def unwritable(path: Path, error: OSError) -> str:
    """Why `path` could not be written and what helps, in one sentence."""
    reason = f"{path} cannot be written ({error.strerror or error})"
    if isinstance(error, PermissionError):  # on Windows also what another program holds
        return f"{reason}: close it in other programs, such as Excel, or choose another place."
    return f"{reason}: choose another place."


def _full(path: Path) -> str:
    return f"The disk is full: {path} could not be written; free some space and try again."


def refuse_taken(folder: Path, purpose: str) -> None:
    """Make sure that nothing of the user's lies where something is written, 'the demo' or 'the samples'.

    Raises:
        KnownError: `folder` is neither new nor empty, or it can't be read.
    """
    try:
        if folder.exists() and not folder.is_dir():
            raise KnownError(f"{folder} is a file: name a folder for {purpose}.")
        if folder.is_dir() and any(folder.iterdir()):
            raise KnownError(f"{folder} is not empty: name a new folder for {purpose}.")
    except OSError as error:
        raise KnownError(f"{folder} can't be read ({error.strerror}): name another folder for {purpose}.") from error
