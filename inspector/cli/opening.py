"""Opening a project for a command that writes to it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inspector.project import Project


def open_project(folder: Path) -> Project:
    """The project in `folder`; what the user should know of how it could be opened goes to stderr.

    Raises:
        KnownError: there is none, or it is damaged or of a newer version.
    """
    from inspector.project import Project

    project = Project.open(folder)
    for notice in project.notices:
        print(f"Warning: {notice}", file=sys.stderr)
    return project
