"""Files that a command is to write at its end, looked at before the work begins."""

from __future__ import annotations

from pathlib import Path

from models.errors import KnownError


def refuse_unusable(*paths: Path | None) -> None:
    """Make sure that each of the paths can be the name of a file; those that were not asked for are None.

    Raises:
        KnownError: one is a folder, or lies in a folder that is not there.
    """
    for path in paths:
        if path is not None and path.is_dir():
            raise KnownError(f"{path} cannot be written: it is a folder; name a file.")
        if path is not None and not path.parent.is_dir():
            raise KnownError(f"{path} cannot be written: there is no folder {path.parent}; make it first.")
