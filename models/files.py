"""Writing a file so that it is the old one or the whole new one, whatever happens in between."""

from __future__ import annotations

import contextlib
import errno
import os
import uuid
from pathlib import Path

from models.errors import KnownError
from models.file_names import first_bytes

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


def write_atomically(path: Path, content: bytes) -> None:
    """Write `content` beside `path`, onto the disk, then put it in its place.

    Raises:
        KnownError: the disk is full, the folder is missing or read-only, `path` is a folder, ...
    """
    temporary = path.parent / f".{first_bytes(path.name, 80)}.{uuid.uuid4().hex[:8]}.tmp"
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise KnownError(_sentence(path, error)) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _sentence(path: Path, error: OSError) -> str:
    if error.errno in _FULL:
        return f"The disk is full: {path} could not be written; free some space and try again."
    return f"{path} cannot be written ({error.strerror or error}): choose another place."
