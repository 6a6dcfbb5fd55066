"""Files that a command is to write at its end, looked at before the work begins."""

from __future__ import annotations

from pathlib import Path

from models.errors import KnownError
from models.storage.files import refuse_special


def refuse_unusable(*paths: Path | None) -> None:
    """Make sure that each of the paths can be the name of a file; those that were not asked for are None.

    Raises:
        KnownError: one is a folder, a pipe or a device, or lies in a folder that is not there.
    """
    for path in filter(None, paths):
        if path.is_dir():
            raise KnownError(f"{path} cannot be written: it is a folder; name a file.")
        if not path.parent.is_dir():
            raise KnownError(f"{path} cannot be written: there is no folder {path.parent}; make it first.")
        refuse_special(path)
