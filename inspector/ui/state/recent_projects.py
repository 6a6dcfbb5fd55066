"""Which projects were open lately, and what the start page says of them without opening them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from inspector.places import cache_folder
from inspector.ui.state.settings import settings

KEPT = 12
PICTURES = 3


@dataclass(frozen=True)
class RecentProject:
    """A project as it was when it was last open. `opened` is UTC in ISO 8601."""

    path: str
    name: str
    first_line: str
    second_line: str
    opened: str
    note: str = ""

    @property
    def is_there(self) -> bool:
        """Whether its folder can be found now."""
        return Path(self.path).is_dir()

    def picture_files(self) -> list[Path]:
        """Up to three small pictures of its images."""
        return picture_files(self.path)


def picture_files(path: str) -> list[Path]:
    """Where the small pictures of the project at `path` lie."""
    digest = hashlib.sha256(path.encode(errors="surrogatepass")).hexdigest()[:16]
    return [cache_folder() / "recent" / f"{digest}-{i}.png" for i in range(PICTURES)]


def recent_projects() -> list[RecentProject]:
    """The latest first; entries that cannot be read are left out."""
    found = []
    for text in settings.listing("recent"):
        try:
            found.append(RecentProject(**json.loads(text)))
        except (ValueError, TypeError):
            continue
    return found


def remember(path: Path, *, name: str, lines: Sequence[str], note: str = "") -> RecentProject:
    """Put a project at the head of the list."""
    entry = RecentProject(str(path), name, lines[0], lines[1], datetime.now(UTC).isoformat(timespec="seconds"), note)
    _write([entry, *(other for other in recent_projects() if other.path != entry.path)])
    return entry


def forget(path: str) -> None:
    """Take a project off the list; nothing happens to its folder."""
    _write([entry for entry in recent_projects() if entry.path != path])


def relocate(path: str, new_path: Path) -> None:
    """The project lies elsewhere now."""
    _write([RecentProject(**{**asdict(e), "path": str(new_path)}) if e.path == path else e for e in recent_projects()])


def _write(entries: Sequence[RecentProject]) -> None:
    settings.set("recent", [json.dumps(asdict(entry)) for entry in entries[:KEPT]])
