"""The split into images to learn from ('train') and images kept for judging ('test').

The split is by image, not by path, so that copies of an image are always in the same part.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from inspector.project.database import Database
from inspector.project.labels import labels
from inspector.project.records import Change
from inspector.project.seeded_order import seeded_order
from models.errors import KnownError

PARTS = ("train", "test")


def split(database: Database) -> dict[int, str]:
    """The part of every image that has been assigned one, by image id in ascending order."""
    return dict(database.query("SELECT image_id, part FROM splits ORDER BY image_id"))


def assign_split(database: Database, parts: Mapping[int, str]) -> Change:
    """Put images into 'train' or 'test', by image id; the other images stay where they are.

    Raises:
        ValueError: for another part, or an id that no image has.
    """
    wrong = sorted(set(parts.values()) - set(PARTS))
    if wrong:
        raise ValueError(f"a part of the split is one of {PARTS}, not {wrong[0]!r}")
    with database.transaction() as transaction:
        known = {image_id for (image_id,) in transaction.execute("SELECT id FROM images")}
        unknown = sorted(parts.keys() - known)
        if unknown:
            raise ValueError(f"there is no image {unknown[0]}")
        transaction.executemany("INSERT OR REPLACE INTO splits (image_id, part) VALUES (?, ?)", list(parts.items()))
    return Change(splits=bool(parts))


def hold_out(database: Database, fraction: float, *, seed: int) -> Change:
    """Keep `fraction` of the labelled images of each class for judging; the other labelled images are to learn from.

    A class of two images or more always has at least one in each part; a single image is learned from.

    Raises:
        KnownError: if `fraction` is not between 0 and 1, or nothing is labelled.
    """
    if not 0 < fraction < 1:
        raise KnownError(f"The fraction of images to hold out must be between 0 and 1, not {fraction:g}.")
    by_class: dict[str, dict[str, int]] = defaultdict(dict)
    hashes = dict(database.query("SELECT id, content_hash FROM images"))
    for image_id, name in labels(database).items():
        by_class[name][hashes[image_id]] = image_id
    if not by_class:
        raise KnownError(f"The project {database.path.parent} has no labels yet: label some images first.")
    parts: dict[int, str] = {}
    for ids in by_class.values():
        count = min(max(1, round(fraction * len(ids))), len(ids) - 1)
        for position, content_hash in enumerate(seeded_order(ids, seed=seed)):
            parts[ids[content_hash]] = "test" if position < count else "train"
    return assign_split(database, parts)
