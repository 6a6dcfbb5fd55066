"""Where the application keeps what belongs to no project and can be made or fetched again. Knows no Qt."""

from __future__ import annotations

from pathlib import Path

import platformdirs

NAME = "Inspector"


def cache_folder() -> Path:
    """Files that are made or fetched again when they are gone."""
    return Path(platformdirs.user_cache_dir(NAME, appauthor=False))
