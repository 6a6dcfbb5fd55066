"""The classifications that a project remembers: of which folder, by which model, where the results lie.

Knows no widget.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from inspector.project import Project

SETTING = "classifications"
RESULTS_FOLDER = "results"
REMEMBERED = 20
MAX_NAME = 80  # characters of a folder's name that its results are named by


@dataclass(frozen=True)
class Classification:
    """One classification of a folder.

    Attributes:
        model: the model file; `run` is the training run that made it, None for a file from elsewhere.
        out: the CSV; unfinished rows lie in the file beside it.
        review_below: the threshold that the CSV was written with.
        sort_into: where copies go, a folder a class; None: nowhere.
        state: 'running', 'stopped' or 'finished'.
        images: rows so far, files that can't be read included.
        started: UTC in ISO 8601.
    """

    folder: Path
    model: Path
    run: int | None
    out: Path
    review_below: float
    sort_into: Path | None = None
    state: str = "running"
    images: int = 0
    started: str = ""

    @property
    def rows_file(self) -> Path:
        """Where the rows lie now."""
        return self.out if self.state == "finished" else self.out.with_name(f"{self.out.name}.partial")

    @property
    def model_name(self) -> str:
        """'run 6', or the file's name."""
        return self.model.name if self.run is None else f"run {self.run}"

    def repeats(self, other: Classification | None) -> bool:
        """Whether `other` is of the same folder, by the same model."""
        return other is not None and (self.folder, self.model) == (other.folder, other.model)

    def to_json(self) -> dict[str, Any]:
        """For the project's settings."""
        values = {**vars(self), "folder": str(self.folder), "model": str(self.model), "out": str(self.out)}
        return {**values, "sort_into": None if self.sort_into is None else str(self.sort_into)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Classification:
        """What `to_json` gave; TypeError or KeyError for anything else."""
        paths = {key: Path(values[key]) for key in ("folder", "model", "out")}
        sort_into = values["sort_into"]
        return cls(**{**values, **paths, "sort_into": None if sort_into is None else Path(sort_into)})


def remembered(project: Project) -> list[Classification]:
    """The project's classifications, newest first; entries of another version are left out."""
    found = []
    for values in project.setting(SETTING, []):
        try:
            found.append(_as_it_lies(Classification.from_json(values)))
        except (KeyError, TypeError):
            continue
    return found


def _as_it_lies(known: Classification) -> Classification:
    """Finished, if its CSV is whole though nobody was left to note that."""
    is_whole = known.state != "finished" and known.out.is_file() and not known.rows_file.is_file()
    return replace(known, state="finished") if is_whole else known


def remember(project: Project, classification: Classification) -> None:
    """Store a classification as the newest, in place of what was known of the same results."""
    others = [known for known in remembered(project) if known.out != classification.out]
    kept = [classification, *others][:REMEMBERED]
    project.set_setting(SETTING, [entry.to_json() for entry in kept])


def forget(project: Project, classification: Classification) -> None:
    """Drop a classification that has no results."""
    kept = [known.to_json() for known in remembered(project) if known.out != classification.out]
    project.set_setting(SETTING, kept)


def unfinished(known: Sequence[Classification], wanted: Classification) -> Classification | None:
    """The stopped classification that `wanted` would go on with: same folder, model and copies, and rows are there."""
    aim = (wanted.folder, wanted.model, wanted.sort_into)
    for entry in known:
        is_same = (entry.folder, entry.model, entry.sort_into) == aim
        if is_same and entry.state != "finished" and entry.rows_file.is_file():
            return replace(entry, state="running")
    return None


def free_results_file(project_folder: Path, folder: Path, day: date) -> Path:
    """A file below the project's results that no earlier classification has taken; its folder may not exist yet."""
    stem = f"{folder.name[:MAX_NAME] or 'images'} {day.isoformat()}"
    names = itertools.chain([stem], (f"{stem} ({number})" for number in itertools.count(2)))
    candidates = (project_folder / RESULTS_FOLDER / f"{name}.csv" for name in names)
    return next(path for path in candidates if not (path.exists() or path.with_name(f"{path.name}.partial").exists()))
