"""Where new projects are put when nobody says where."""

from __future__ import annotations

import itertools
from pathlib import Path

from inspector.ui.state.places import own_folder
from inspector.ui.state.settings import settings


def projects_folder() -> Path:
    """The folder for new projects, as the settings say."""
    usual = own_folder("Inspector projects")
    return Path(settings.text("projects_folder", str(usual)))


def free_project_folder(name: str) -> Path:
    """A folder of this name that does not exist yet, numbered if need be.

    Without a name, as a whole drive has none, it is 'project'.
    """
    folder, name = projects_folder(), name or "project"
    names = itertools.chain([name], (f"{name}-{number}" for number in itertools.count(2)))
    return next(path for path in (folder / candidate for candidate in names) if not path.exists())
