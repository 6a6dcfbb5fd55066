"""Which images are what: the true classes by folder, the images that no step sees, and the labels that are drawn.

The unseen images are the split's part 'test', which pretraining, features, neighbours and training leave out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from inspector.project.classes import checked_name, folded
from inspector.project.stored_paths import absolute_path
from models.errors import KnownError

if TYPE_CHECKING:
    from inspector.project import Project

FEWEST_OF_A_CLASS = 5
SPLIT = "by groups"  # an experiment that was begun otherwise is another one
FOLDS = 5  # a fifth of each class is unseen
FULLEST = 1.1  # of a fifth


@dataclass(frozen=True)
class Truth:
    """What the folders say: `class_of` image ids, positions in `classes`; images of no or of two classes have none."""

    classes: tuple[str, ...]
    class_of: dict[int, int]
    unclear: tuple[int, ...]


def truth_of(project: Project, folder: Path) -> Truth:
    """The class of each image is the folder right below `folder` that it lies in, by the name that labels give it.

    Raises:
        KnownError: there are fewer than two class folders, a class has too few images, or a name can't be a class.
    """
    names = {image.id: _folder_names(project.paths(image.id), folder) for image in project.images()}
    class_names = _class_names(set().union(*names.values()) - {""}) | {"": ""}
    names = {image_id: {class_names[name] for name in found} for image_id, found in names.items()}
    known = {image_id: found.pop() for image_id, found in names.items() if len(found) == 1 and "" not in found}
    counts = defaultdict(int)
    for name in known.values():
        counts[name] += 1
    classes = tuple(sorted(counts))
    if len(classes) < 2:
        raise KnownError(f"{folder} must hold a folder of images for each of at least two classes.")
    small = [f"{name} has {counts[name]}" for name in classes if counts[name] < FEWEST_OF_A_CLASS]
    if small:
        raise KnownError(
            f"Each class needs at least {FEWEST_OF_A_CLASS} different images, but {', '.join(small)}: add some, or "
            "leave the class out."
        )
    class_of = {image_id: classes.index(name) for image_id, name in known.items()}
    return Truth(classes, class_of, tuple(sorted(names.keys() - known.keys())))


def _class_names(folders: Iterable[str]) -> dict[str, str]:
    """The class of each folder by its name: composed, without blanks around it, and in one spelling for all cases."""
    spellings: dict[str, str] = {}
    names = {name: checked_name(name) for name in sorted(folders)}
    return {folder: spellings.setdefault(folded(name), name) for folder, name in names.items()}


def _folder_names(paths: list[Path], folder: Path) -> set[str]:
    """The class folders that an image's files lie in; '' for a file right in `folder`."""
    parts = [path.relative_to(absolute_path(folder)).parts for path in paths]
    return {part[0] if len(part) > 1 else "" for part in parts}


def hold_back(project: Project, truth: Truth, *, seed: int, per_class: int = 0) -> None:
    """Put a fifth of each class, or `per_class` images of it (at most half), into the part 'test'.

    Seeds 0 to 4 hold back another fifth each, so that together they judge by every image once; seeds 5 to 9 draw the
    fifths anew. An image takes the others of its group along: where the project knows of near-duplicates, none of them
    is seen while another judges, and a large group goes where there is room. Images of no clear class join them, so
    that no step sees those either; they are never judged.
    """
    rng, fold = np.random.default_rng(seed // FOLDS), seed % FOLDS
    group_of = project.groups()
    fold_of_group: dict[int, int] = {}
    members: dict[int, list[int]] = defaultdict(list)
    for image in project.images():
        if image.id in truth.class_of:
            members[truth.class_of[image.id]].append(image.id)
    unseen: list[int] = list(truth.unclear)
    for ids in members.values():
        order = rng.permutation(ids)
        count = min(per_class, len(ids) // 2)
        if per_class:
            unseen += np.roll(order, -fold * count)[:count].tolist()
            continue
        _deal([group_of[i] for i in order.tolist()], fold_of_group)
        unseen += [i for i in ids if fold_of_group[group_of[i]] == fold]
    project.assign_split(dict.fromkeys(unseen, "test"))


def _deal(groups: list[int], fold_of_group: dict[int, int]) -> None:
    """Give a fold to each group of a class, `groups` being those of its images in the order in which they are dealt.

    A group lies where its first image falls, unless a fold would grow by that to over a fifth and a tenth more.
    """
    sizes, filled = Counter(groups), np.zeros(FOLDS, dtype=np.int64)
    met: set[int] = set()
    for number, fifth in enumerate(np.array_split(groups, FOLDS)):
        for group in fifth.tolist():
            if group in met:
                continue
            met.add(group)
            has_room = filled[number] + sizes[group] <= FULLEST * len(fifth)
            filled[fold_of_group.setdefault(group, number if has_room else int(filled.argmin()))] += sizes[group]


def unseen_ids(project: Project, truth: Truth) -> list[int]:
    """The ids of the images to judge by, in ascending order."""
    return [i for i, part in project.split().items() if part == "test" and i in truth.class_of]


def draw_labels(labels: np.ndarray, amount: int | float, seed: int) -> np.ndarray:
    """Indices into `labels` (n,) of so many of each class, or of a share of each class (at least one).

    With the same seed a smaller draw is part of a larger one.

    Raises:
        KnownError: a class has fewer.
    """
    rng = np.random.default_rng(1_000 + seed)
    drawn = []
    for k in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == k))
        count = amount if isinstance(amount, int) else max(1, round(amount * len(members)))
        if count > len(members):
            raise KnownError(f"A class has {len(members)} images to draw labels from, and {count} are asked for.")
        drawn.append(members[:count])
    return np.concatenate(drawn)
