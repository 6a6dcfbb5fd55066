"""Files that a command is to write at its end, looked at before the work begins."""

from __future__ import annotations

import os
from pathlib import Path

from models.errors import KnownError
from models.storage.files import refuse_special


def refuse_unusable(*paths: Path | None) -> None:
    """Make sure that each of the paths can be the name of a file; those that were not asked for are None.

    Raises:
        KnownError: one is a folder, a pipe or a device, lies in a folder that is not there, holds labels, or is named
            twice.
    """
    given = [path for path in paths if path is not None]
    for path in given:
        if path.is_dir():
            raise KnownError(f"{path} cannot be written: it is a folder; name a file.")
        if not path.parent.is_dir():
            raise KnownError(f"{path} cannot be written: there is no folder {path.parent}; make it first.")
        refuse_special(path)
        refuse_labels(path)
    if len({os.path.realpath(path) for path in given}) < len(given):
        raise KnownError(f"{given[0]} cannot be written twice: name a file for each.")


def refuse_labels(path: Path) -> None:
    """Make sure that nothing is written over a user's labels, which other commands take as --csv or --labels.

    Raises:
        KnownError: `path` is a label file.
    """
    from inspector.project import read_label_csv

    try:
        holds_labels = path.is_file() and any(label for _, label in read_label_csv(path))
    except KnownError:  # so it is none
        return
    if holds_labels:
        raise KnownError(f"{path} cannot be written: it holds labels, which would be lost; name another file.")
