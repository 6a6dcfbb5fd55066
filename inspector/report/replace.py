"""Writing a file so that it is the old one or the whole new one, whatever happens in between."""

from __future__ import annotations

import contextlib
import os
import uuid
from pathlib import Path

from models.errors import KnownError


def replace_file(path: Path, content: bytes) -> None:
    """Writes `content` beside `path`, then puts it in its place.

    Raises:
        KnownError: the folder is missing or read-only, the disk is full, `path` is a folder, ...
    """
    temporary = path.parent / f".{uuid.uuid4().hex}.tmp"
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise KnownError(f"{path} cannot be written ({error.strerror}): choose another place.") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
