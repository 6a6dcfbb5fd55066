"""Where the window keeps what belongs to no project: settings, log, sample projects."""

from __future__ import annotations

import sys
from pathlib import Path

import platformdirs

from inspector.places import NAME


def settings_file() -> Path:
    """The application's settings."""
    return Path(platformdirs.user_config_dir(NAME, appauthor=False)) / "settings.ini"


def log_file() -> Path:
    """The application's log."""
    return Path(platformdirs.user_log_dir(NAME, appauthor=False)) / "inspector.log"


def samples_folder() -> Path:
    """Where projects on sample images are made."""
    return own_folder("Inspector samples")


def own_folder(name: str) -> Path:
    """A folder of that name for what a user looks for: among the documents; on Windows beside them.

    There OneDrive takes the documents into its care, and would upload gigabytes of cache.
    """
    home = Path.home() if sys.platform == "win32" else Path(platformdirs.user_documents_dir())
    return home / name
