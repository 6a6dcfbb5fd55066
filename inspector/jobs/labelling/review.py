"""Files that somebody classified and now judges by eye: they become images of the project, so that it keeps labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspector.project import Project
from inspector.project.stored_paths import absolute_path


@dataclass(frozen=True)
class TakenIn:
    """The image ids by path, relative to the folder; files that can't be used have none."""

    image_ids: Mapping[str, int]


def known_images(project: Project, folder: Path, paths: Sequence[str]) -> dict[str, int]:
    """The image ids of those `paths`, relative to `folder`, that the project has already."""
    absolute = {
        absolute_path(folder / path): path for path in paths
    }  # a relative one might name another folder's image
    return {absolute[path]: image_id for path, image_id in project.image_ids_by_path(absolute).items()}


def take_in(project: Project, folder: Path, paths: Sequence[str]) -> Iterator[Any]:
    """Import `folder`: the import's events, then TakenIn for `paths`.

    Raises:
        KnownError: the folder is gone, the project is read-only.
    """
    yield from project.import_folders([folder])
    yield TakenIn(known_images(project, folder, paths))
