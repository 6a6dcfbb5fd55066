"""Labels from the names of the folders that images lie in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.project.classes import checked_name, folded
from inspector.project.database import Database
from inspector.project.images import image_files_by_id, images
from inspector.project.labels import label_images
from inspector.project.records import FolderLabels, ImageRecord
from inspector.project.seeded_order import seeded_order
from inspector.project.splits import split
from models.errors import KnownError

if TYPE_CHECKING:
    from models.events import Progress

STEP = 1_000  # images after which it says how far it is


def label_from_folders(
    database: Database,
    *,
    fraction: float | None = None,
    per_class: int | None = None,
    seed: int = 0,
    exclude_part: str | None = None,
) -> FolderLabels:
    """Label images by the name of the folder that holds them, as one step.

    With `fraction` (0 to 1, at least one image a class) or `per_class` only so many of each class are drawn, by
    `seed`. Images of the split's part `exclude_part` are left alone. Images that lie in folders of different classes
    are not labelled but returned as ambiguous.

    Raises:
        KnownError: if `fraction` or `per_class` is out of range, there are no images, or a name can't be a class.
    """
    *_, labelled = label_from_folders_in_steps(
        database, fraction=fraction, per_class=per_class, seed=seed, exclude_part=exclude_part
    )
    assert isinstance(labelled, FolderLabels)
    return labelled


def label_from_folders_in_steps(
    database: Database,
    *,
    fraction: float | None = None,
    per_class: int | None = None,
    seed: int = 0,
    exclude_part: str | None = None,
) -> Iterator[Progress | FolderLabels]:
    """The same for a window: says how far it is, and ends with what it did. Left before that, it has done nothing."""
    from models.events import Progress  # brings NumPy

    _check_amounts(fraction, per_class)
    parts = split(database)
    listed = [image for image in images(database) if exclude_part is None or parts.get(image.id) != exclude_part]
    if not listed:
        raise KnownError(f"The project {database.path.parent} has no images to label: import a folder first.")
    by_class, ambiguous = yield from _by_folder_name(database, listed)
    wanted: dict[int, str] = {}
    for name in sorted(by_class):
        ids = {image.content_hash: image.id for image in by_class[name]}
        count = _amount(len(ids), fraction, per_class)
        wanted.update((ids[key], name) for key in seeded_order(ids, seed=seed)[:count])
    yield Progress("folder names", len(listed), len(listed))
    change = label_images(database, wanted, step=f"Label {len(wanted)} images from folders", source="folders")
    yield FolderLabels(labels=change.labels, classes=change.classes, ambiguous=tuple(ambiguous))


def _check_amounts(fraction: float | None, per_class: int | None) -> None:
    if fraction is not None and per_class is not None:
        raise KnownError("Give either a fraction or a number of images per class, not both.")
    if fraction is not None and not 0 < fraction <= 1:
        raise KnownError(f"The fraction of images to label must be above 0 and at most 1, not {fraction:g}.")
    if per_class is not None and per_class < 1:
        raise KnownError(f"The number of images to label per class must be at least 1, not {per_class}.")


def _amount(count: int, fraction: float | None, per_class: int | None) -> int:
    if fraction is not None:
        return max(1, round(fraction * count))
    return count if per_class is None else min(per_class, count)


def _by_folder_name(
    database: Database, listed: list[ImageRecord]
) -> Generator[Progress, None, tuple[dict[str, list[ImageRecord]], list[ImageRecord]]]:
    """The images of each class, and those whose copies lie in folders of different classes."""
    from models.events import Progress  # brings NumPy

    files = image_files_by_id(database)
    by_class: dict[str, list[ImageRecord]] = defaultdict(list)
    spellings: dict[str, str] = {}
    ambiguous = []
    for done, image in enumerate(listed):
        if done % STEP == 0:
            yield Progress("folder names", done, len(listed))
        names = _folder_names(files[image.id])
        if len(names) > 1:
            ambiguous.append(image)
            continue
        name = checked_name(names.pop())
        by_class[spellings.setdefault(folded(name), name)].append(image)
    return by_class, ambiguous


def _folder_names(paths: list[Path]) -> set[str]:
    """The names of the folders that hold a file; folders that are gone count only if none is left."""
    names = {path.parent.name for path in paths}
    if len(names) == 1:
        return names
    return {path.parent.name for path in paths if path.exists()} or names
