"""inspector import PROJECT FOLDER..."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.cli.choices import path
from inspector.cli.opening import open_project
from inspector.cli.progress import follow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.project import Project, UnreadableFile

SHOWN_UNREADABLE = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("project", type=path, metavar="PROJECT")
    parser.add_argument("folders", type=path, nargs="+", metavar="FOLDER", help="folder of images, walked recursively")


def run(arguments: argparse.Namespace) -> int:
    """Import into a project that is there."""

    with open_project(arguments.project) as project:
        run_import(project, arguments.folders)
    return 0


def run_import(project: Project, folders: Sequence[Path]) -> None:
    """Import with a progress bar, and say what came in and what could not be read."""
    finished = follow(project.import_folders(folders))
    print(
        f"{finished.images:,} images ({finished.new_images:,} new) at {finished.paths:,} paths, "
        f"{finished.duplicates:,} of them at more than one, in {finished.seconds:.1f} s"
    )
    unreadable = project.unreadable()
    print_unreadable(unreadable[:SHOWN_UNREADABLE])
    if len(unreadable) > SHOWN_UNREADABLE:
        print(f"... and {len(unreadable) - SHOWN_UNREADABLE:,} more, which 'inspector info' lists")


def print_unreadable(files: Sequence[UnreadableFile]) -> None:
    """A line a file; names are quoted, so that a line break in one does no harm."""
    for file in files:
        print(f"not readable: {str(file.path)!r}: {file.reason}")
