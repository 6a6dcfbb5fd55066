"""Reading which images a project has, where they lie, and which paths name them."""

from __future__ import annotations

import gc
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from inspector.project.database import Database
from inspector.project.records import ImageRecord, UnreadableFile
from inspector.project.stored_paths import absolute_path, from_stored, printable
from models.storage.system_path import system_path

# Where copies of an image lie, one that was there at the last import comes first.
_PATH_ORDER = "missing, id"


def images(database: Database) -> list[ImageRecord]:
    """All images in the order of their ids."""
    with _uncollected():
        rows = database.query(
            f"""SELECT images.id, content_hash, width, height, mode, path
            FROM images JOIN image_paths ON image_paths.id =
                (SELECT id FROM image_paths WHERE image_id = images.id ORDER BY {_PATH_ORDER} LIMIT 1)
            ORDER BY images.id"""
        )
        return [ImageRecord(*facts, Path(from_stored(path))) for *facts, path in rows]


def paths(database: Database, image_id: int) -> list[Path]:
    """Every path at which an image was found, those that were there at the last import first."""
    rows = database.query(f"SELECT path FROM image_paths WHERE image_id = ? ORDER BY {_PATH_ORDER}", (image_id,))
    return [Path(from_stored(path)) for (path,) in rows]


def image_path(database: Database, image_id: int) -> Path:
    """A path at which the image's file is now; the first known one if it is at none.

    Raises:
        ValueError: if there is no image of this id.
    """
    known = paths(database, image_id)
    if not known:
        raise ValueError(f"there is no image {image_id}")
    return next((path for path in known if system_path(path).exists()), known[0])


def source_folders(database: Database) -> list[Path]:
    """The folders that were imported, sorted; one that lies below another is not told of."""
    roots = sorted(Path(from_stored(root)) for (root,) in database.query("SELECT DISTINCT root FROM image_paths"))
    return [root for root in roots if not any(parent in roots for parent in root.parents)]


def image_files(database: Database) -> list[tuple[str, Path]]:
    """(content hash, path) of every image's every path, in the order of the ids and of `paths`."""
    rows = database.query(
        """SELECT content_hash, path FROM image_paths JOIN images ON images.id = image_id
        ORDER BY image_id, missing, image_paths.id"""
    )
    return [(content_hash, Path(from_stored(path))) for content_hash, path in rows]


def image_files_by_id(database: Database) -> dict[int, list[Path]]:
    """Every path of every image, in the order of `paths`."""
    files: dict[int, list[Path]] = defaultdict(list)
    for image_id, path in database.query(f"SELECT image_id, path FROM image_paths ORDER BY image_id, {_PATH_ORDER}"):
        files[image_id].append(Path(from_stored(path)))
    return files


def unreadable(database: Database) -> list[UnreadableFile]:
    """The files that could not be used at their last import, sorted by path."""
    rows = database.query("SELECT path, reason FROM unreadable_files")
    files = [UnreadableFile(Path(from_stored(path)), reason) for path, reason in rows]
    return sorted(files, key=lambda file: file.path)


def duplicates(database: Database) -> list[tuple[ImageRecord, list[Path]]]:
    """The images that lie at more than one path, with those paths."""
    rows = database.query(
        """SELECT image_id, path FROM image_paths
        WHERE NOT missing AND image_id IN
            (SELECT image_id FROM image_paths WHERE NOT missing GROUP BY image_id HAVING count(*) > 1)
        ORDER BY image_id, id"""
    )
    copies: dict[int, list[Path]] = defaultdict(list)
    for image_id, path in rows:
        copies[image_id].append(Path(from_stored(path)))
    if not copies:
        return []  # without reading all images
    return [(image, copies[image.id]) for image in images(database) if image.id in copies]


def image_ids_by_path(database: Database, wanted: Iterable[str], *, base: Path | None = None) -> dict[str, int]:
    """The image ids of paths as a user or a CSV writes them; paths that name no image are left out.

    A path is taken as absolute, else as relative to `base`, to an imported folder, or to the current folder. Both
    slashes part folders. A relative path that names different images in two imported folders names none.
    """
    known = KnownPaths(database, base=base)
    return {text: image_id for text in wanted if (image_id := known.image_id(text)) is not None}


class KnownPaths:
    """Every path of a project, to look up what a user writes as `image_ids_by_path` says."""

    def __init__(self, database: Database, *, base: Path | None = None) -> None:
        rows = database.query("SELECT path, relative_path, image_id FROM image_paths ORDER BY missing DESC, id DESC")
        self._base = base
        # Later entries win: a path that was there at the last import over one that was not.
        self._absolute = {_key(from_stored(path)): image_id for path, _, image_id in rows}
        self._relative: dict[str, set[int]] = defaultdict(set)
        for _, path, image_id in rows:
            self._relative[_key(from_stored(path))].add(image_id)

    def image_id(self, text: str) -> int | None:
        """The image that a path names, None if it names none."""
        # As written first: on Linux a backslash may be part of a name.
        for spelling in dict.fromkeys((text, text.replace("\\", "/"))):
            key = _key(spelling)
            if Path(spelling).is_absolute():
                if key in self._absolute:
                    return self._absolute[key]
                continue
            if self._base is not None and (beside := _key(absolute_path(self._base / spelling))) in self._absolute:
                return self._absolute[beside]
            if len(self._relative.get(key, ())) == 1:
                return next(iter(self._relative[key]))
            if (here := _key(absolute_path(spelling))) in self._absolute:
                return self._absolute[here]
        return None


@contextmanager
def _uncollected() -> Iterator[None]:
    """While many records are made, none of which is garbage: the collector would walk them all again and again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _key(path: str) -> str:
    """The form in which two spellings of a path are equal; names that are no Unicode as they are written to a CSV."""
    return printable(os.path.normcase(os.path.normpath(path)))
