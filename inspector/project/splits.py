"""The split into images to learn from ('train') and images kept for judging ('test').

The split is by image, not by path, so that copies of an image are always in the same part; and by group (groups.py),
so that near-duplicates and images of one coil are, too.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from inspector.project.database import Database
from inspector.project.groups import groups
from inspector.project.images import image_path
from inspector.project.labels import labels
from inspector.project.records import Change
from inspector.project.seeded_order import seeded_order
from models.errors import KnownError
from models.evaluation.grouping import members_by_group

PARTS = ("train", "test")


def split(database: Database) -> dict[int, str]:
    """The part of every image that has been assigned one, by image id in ascending order."""
    return dict(database.query("SELECT image_id, part FROM splits ORDER BY image_id"))


def assign_split(database: Database, parts: Mapping[int, str]) -> Change:
    """Put images into 'train' or 'test', by image id, and with each the others of its group; the rest stay.

    Raises:
        KnownError: if two images of one group are to be in different parts.
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
        rows = list(_with_groups(database, parts).items())
        transaction.executemany("INSERT OR REPLACE INTO splits (image_id, part) VALUES (?, ?)", rows)
    return Change(splits=bool(parts))


def hold_out(database: Database, fraction: float, *, seed: int) -> Change:
    """Keep `fraction` of the labelled images of each class for judging; the other labelled images are to learn from.

    A class of two images or more always has at least one in each part; a single image is learned from.

    Raises:
        KnownError: if `fraction` is not between 0 and 1, or nothing is labelled.
    """
    if not 0 < fraction < 1:
        raise KnownError(f"The fraction of images to hold out must be between 0 and 1, not {fraction:g}.")
    named = labels(database)
    if not named:
        raise KnownError(f"The project {database.path.parent} has no labels yet: label some images first.")
    group_of = groups(database)
    classes: dict[int, Counter[str]] = defaultdict(Counter)  # how many images of each class a group has
    for image_id, name in named.items():
        classes[group_of[image_id]][name] += 1
    tested = _drawn(_in_seeded_order(database, classes, seed=seed), classes, fraction)
    return assign_split(database, {i: "test" if group_of[i] in tested else "train" for i in named})


def straddling(database: Database) -> list[list[int]]:
    """The groups that lie on both sides of the split, each with the ids of its members that have a part."""
    parts = split(database)
    listed = members_by_group({i: group for i, group in groups(database).items() if i in parts})
    return [members for members in listed.values() if len({parts[i] for i in members}) > 1]


def _in_seeded_order(database: Database, wanted: Mapping[int, object], *, seed: int) -> list[int]:
    ids = {content_hash: i for i, content_hash in database.query("SELECT id, content_hash FROM images") if i in wanted}
    return [ids[content_hash] for content_hash in seeded_order(ids, seed=seed)]


def _drawn(order: list[int], classes: Mapping[int, Counter[str]], fraction: float) -> set[int]:
    """The groups to judge by, the first in order that `fraction` of each class has room for."""
    images, kept = Counter[str](), Counter[str]()
    for counts in classes.values():
        images.update(counts)
        kept.update(counts.keys())  # groups that a class learns from
    room = {name: min(max(1, round(fraction * count)), count - 1) for name, count in images.items()}
    held_out: Counter[str] = Counter()
    drawn: set[int] = set()

    def draw(group: int) -> None:
        drawn.add(group)
        held_out.update(classes[group])
        kept.subtract(classes[group].keys())

    def leaves_some(group: int) -> bool:
        return all(kept[name] > 1 for name in classes[group])

    for group in order:
        fits = all(held_out[name] + count <= room[name] for name, count in classes[group].items())
        if fits and leaves_some(group):
            draw(group)
    for name in images:  # whose groups are all larger than its share
        fitting = [group for group in order if name in classes[group] and group not in drawn and leaves_some(group)]
        if not held_out[name] and fitting:
            draw(min(fitting, key=lambda group: classes[group].total()))
    return drawn


def _with_groups(database: Database, parts: Mapping[int, str]) -> dict[int, str]:
    """The parts of these images and of all others in their groups."""
    whole = dict(parts)
    for members in members_by_group(groups(database)).values():
        named = [image_id for image_id in members if image_id in parts]
        for image_id in named[1:]:
            if parts[image_id] != parts[named[0]]:
                first, second = (image_path(database, i) for i in (named[0], image_id))
                raise KnownError(
                    f"{first} and {second} are of one group and can't be on both sides of the split: put both into "
                    "'train' or both into 'test'."
                )
        if named:
            whole |= dict.fromkeys(members, parts[named[0]])
    return whole
