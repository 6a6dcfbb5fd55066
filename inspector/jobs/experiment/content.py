"""What tells the images of an experiment from others: their number, classes and content."""

from __future__ import annotations

import hashlib
import sqlite3
import tempfile
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Any

from inspector.jobs.experiment.protocol import truth_of
from inspector.jobs.experiment.stages import shown
from inspector.project import Project
from inspector.project.creation import DATABASE_NAME
from inspector.project.sqlite_errors import known_errors


def content_of(project_folder: Path, folder: Path) -> dict[str, Any]:
    """Of the images in a project that was filled from the class folders in `folder`.

    Raises:
        KnownError: see `truth_of`.
    """
    with Project.open(project_folder) as project:
        return _content(project, folder)


def content_to_be(project_folder: Path, folder: Path) -> Generator[Any, None, dict[str, Any]]:
    """Of the images that the project would have once `folder` was imported; it is left as it is.

    Only what has changed since the last import is read.

    Raises:
        KnownError: see `truth_of`; the disk is full.
    """
    beside = project_folder.parent
    # On Windows what a virus scanner looks at just then cannot be removed; that ends no experiment.
    with tempfile.TemporaryDirectory(dir=beside, prefix=".check-", ignore_cleanup_errors=True) as scratch:
        with Project.create(Path(scratch) / "project") as made:
            copy = made.folder
        if (project_folder / DATABASE_NAME).is_file():
            _copy_database(project_folder / DATABASE_NAME, copy / DATABASE_NAME)
        with Project.open(copy) as project:
            yield from shown(project.import_folders([folder]))
            return _content(project, folder)


def _copy_database(source: Path, target: Path) -> None:
    """Through SQLite: a copy of the file alone would miss what still lies in its write-ahead log."""
    with (
        known_errors(source),
        closing(sqlite3.connect(source)) as original,
        closing(sqlite3.connect(target)) as copy,
    ):
        original.backup(copy)


def _content(project: Project, folder: Path) -> dict[str, Any]:
    truth = truth_of(project, folder)
    hashes = {image.id: image.content_hash for image in project.images()}
    named = sorted(f"{truth.classes[k]}:{hashes[image_id]}" for image_id, k in truth.class_of.items())
    digest = hashlib.sha256("\n".join(named).encode("utf-8", "surrogateescape")).hexdigest()
    return {"images": len(named), "classes": list(truth.classes), "digest": digest}
