"""Writing a file so that it is the old one or the whole new one, whatever happens in between."""

from __future__ import annotations

import os
from pathlib import Path


def replace_file(path: Path, content: bytes) -> None:
    """Write `content` beside `path`, onto the disk, then put it in its place.

    Raises:
        OSError: if it can't be written; `path` is then as it was.
    """
    partial = path.with_name(f".{path.name}.tmp")
    try:
        with partial.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
