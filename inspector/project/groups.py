"""Groups: images that belong on one side of every split, since one of them tells what the others show.

A group is what near-duplicates and the user's pattern unite. Near-duplicates are stored, as finding them takes a while;
the pattern is applied to the paths whenever groups are asked for, so that images imported later have theirs at once.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from inspector.project.database import Database
from inspector.project.images import image_files_by_id
from inspector.project.records import Change
from inspector.project.settings import set_setting, setting
from models.errors import KnownError
from models.evaluation.grouping import Groups

_KEY = "group_pattern"


def groups(database: Database) -> dict[int, int]:
    """The group of every image, by image id in rising order: the smallest id of those that belong together."""
    pattern = group_pattern(database)
    ids = [image_id for (image_id,) in database.query("SELECT id FROM images ORDER BY id")]
    rows = {image_id: row for row, image_id in enumerate(ids)}
    united = Groups(len(ids))
    for image_id, cluster in near_duplicates(database).items():
        united.unite(rows[image_id], rows[cluster])
    if pattern is not None:
        for members in images_by_key(image_files_by_id(database), compiled(pattern)).values():
            for image_id in members:
                united.unite(rows[members[0]], rows[image_id])
    return {image_id: ids[group] for image_id, group in zip(ids, united.numbers(), strict=True)}


def near_duplicates(database: Database) -> dict[int, int]:
    """The cluster of every image that was compared with the others: the smallest id of those that it is a copy of."""
    return dict(database.query("SELECT image_id, cluster FROM near_duplicates ORDER BY image_id"))


def save_near_duplicates(database: Database, clusters: Mapping[int, int]) -> Change:
    """Replace what is stored of near-duplicates."""
    with database.transaction() as transaction:
        transaction.execute("DELETE FROM near_duplicates")
        transaction.executemany("INSERT INTO near_duplicates (image_id, cluster) VALUES (?, ?)", list(clusters.items()))
    return Change(images=True, splits=True)


def group_pattern(database: Database) -> str | None:
    """The regular expression that tells groups by path; None if the user gave none."""
    return setting(database, _KEY)


def set_group_pattern(database: Database, pattern: str | None) -> Change:
    """Keep a regular expression to group images by, or none.

    Raises:
        KnownError: it is no regular expression, matches no path, or puts all images into one group.
    """
    if pattern is not None:
        told_apart(image_files_by_id(database), pattern)
    set_setting(database, _KEY, pattern)
    return Change(images=True, splits=True)


def told_apart(files: Mapping[int, Sequence[Path]], pattern: str) -> dict[str, list[int]]:
    """The ids of the images of each group that a pattern makes of images with these paths, by the group's key.

    Raises:
        KnownError: it is no regular expression, matches no path, or puts all images into one group.
    """
    found = images_by_key(files, compiled(pattern))
    if not found:
        example = next((paths[0].name for paths in files.values()), "none, no images yet")
        raise KnownError(f"The pattern {pattern} matches no path of the project; a file name is: {example}.")
    (key, members), *others = found.items()
    if not others and len(members) == len(files):
        raise KnownError(
            f"The pattern {pattern} puts all {len(files):,} images into one group, {key!r}, so that nothing could be "
            "held out: name what differs from coil to coil, such as coil(\\d+)."
        )
    return found


def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, ready to be searched; KnownError if it is no regular expression."""
    try:
        return re.compile(pattern)
    except re.error as error:
        raise KnownError(
            f"The pattern {pattern} is no regular expression ({error}); write something like coil(\\d+)."
        ) from error


def group_key(pattern: re.Pattern[str], paths: Iterable[Path]) -> str | None:
    """What tells the group of an image by the first of its paths that matches; None if none does.

    The last match in the path counts, with forward slashes, so that the file name goes before its folders. The group
    is what the named groups of the pattern match, else what its first one does, else the whole match.
    """
    for path in paths:
        matches = list(pattern.finditer(path.as_posix()))
        if matches:
            last = matches[-1]
            named = last.groupdict(default="")
            return " ".join(named.values()) if named else last[1 if pattern.groups else 0]
    return None


def images_by_key(files: Mapping[int, Iterable[Path]], pattern: re.Pattern[str]) -> dict[str, list[int]]:
    """The ids of the images of each group, by its key; images that the pattern does not match are in none."""
    found: dict[str, list[int]] = defaultdict(list)
    for image_id, paths in files.items():
        key = group_key(pattern, paths)
        if key is not None:
            found[key].append(image_id)
    return found
