"""What a pattern would make of a project's paths, told before it is chosen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from inspector.project.groups import compiled, group_key, told_apart
from inspector.project.stored_paths import printable

if TYPE_CHECKING:
    from inspector.project import Project

T = TypeVar("T")
EXAMPLES = 3
SHOWN_PATHS = 3


@dataclass(frozen=True)
class ProjectPaths:
    """Where a project's images lie, and what they are labelled as.

    Attributes:
        files: every path of each image, by its id.
        folders: the imported folders; none lies below another.
        labels: class names by image id.
    """

    files: Mapping[int, Sequence[Path]]
    folders: tuple[Path, ...]
    labels: Mapping[int, str]

    @classmethod
    def of(cls, project: Project) -> ProjectPaths:
        """Those of a project; reads all its paths."""
        return cls(project.image_files_by_id(), tuple(project.source_folders()), project.labels())


@dataclass(frozen=True)
class ExampleGroup:
    """A group by its key, and a few of its paths: the first, one from the middle, the last."""

    key: str
    images: int
    paths: tuple[str, ...]


@dataclass(frozen=True)
class PatternPreview:
    """The groups of a pattern.

    Attributes:
        groups: how many there are, those of one image included.
        smallest: images of the smallest group.
        unmatched: images that the pattern does not match; each stands alone.
        examples: the largest, a middle and the smallest group.
        whole_classes: classes all of whose labels, two or more, lie in one group, so that none of them could judge.
    """

    pattern: str
    groups: int
    smallest: int
    largest: int
    unmatched: int
    examples: tuple[ExampleGroup, ...]
    whole_classes: tuple[str, ...]


def preview(paths: ProjectPaths, pattern: str) -> PatternPreview:
    """What a pattern makes of a project's paths.

    Raises:
        KnownError: it is no regular expression, matches no path, or puts all images into one group.
    """
    return described_groups(paths, pattern, told_apart(paths.files, pattern))


def described_groups(paths: ProjectPaths, pattern: str, groups: Mapping[str, Sequence[int]]) -> PatternPreview:
    """The preview of a pattern whose groups, image ids by key, are known."""
    by_size = sorted(groups, key=lambda key: (-len(groups[key]), key))
    return PatternPreview(
        pattern,
        groups=len(groups),
        smallest=len(groups[by_size[-1]]),
        largest=len(groups[by_size[0]]),
        unmatched=len(paths.files) - sum(map(len, groups.values())),
        examples=tuple(_example(paths, pattern, key, groups[key]) for key in _spread(by_size, EXAMPLES)),
        whole_classes=_whole_classes(paths.labels, groups),
    )


def shown_path(path: str, folders: Sequence[Path]) -> str:
    """A path, or the beginning of one, as far as it differs: below its imported folder, if there is only one.

    With several, their names come first; an imported folder itself is shown by its name. What is no path stays.
    """
    for folder in folders:
        start = folder.as_posix().rstrip("/")
        if path == start:
            return printable(folder.name or start)
        if path.startswith(f"{start}/"):
            below = path[len(start) + 1 :]
            return printable(below if len(folders) == 1 else f"{folder.name}/{below}")
    return printable(path)


def group_names(project: Project, groups: Sequence[Sequence[Path]]) -> list[str]:
    """What groups of paths are called: what the project's pattern finds in them, or else their first file's name."""
    if not groups:
        return []
    pattern, folders = project.group_pattern, project.source_folders()
    expression = None if pattern is None else compiled(pattern)
    keys = [None if expression is None else group_key(expression, paths) for paths in groups]
    return [
        printable(paths[0].name) if key is None else shown_path(key, folders)
        for key, paths in zip(keys, groups, strict=True)
    ]


def _example(paths: ProjectPaths, pattern: str, key: str, members: Sequence[int]) -> ExampleGroup:
    """By the paths that the pattern matches: a copy of an image may lie where it does not."""
    expression = compiled(pattern)
    matching = (
        next(path for path in paths.files[image_id] if group_key(expression, [path]) is not None)
        for image_id in _spread(members, SHOWN_PATHS)
    )
    return ExampleGroup(
        shown_path(key, paths.folders),
        len(members),
        tuple(shown_path(path.as_posix(), paths.folders) for path in matching),
    )


def _spread(items: Sequence[T], wanted: int) -> list[T]:
    """The first, the last, and some between them; all if there are no more than wanted."""
    places = {round(i * (len(items) - 1) / (wanted - 1)) for i in range(wanted)}
    return [items[place] for place in sorted(places)]


def _whole_classes(labels: Mapping[int, str], groups: Mapping[str, Sequence[int]]) -> tuple[str, ...]:
    key_of = {image_id: key for key, members in groups.items() for image_id in members}
    places: dict[str, set[str | int]] = defaultdict(set)
    counts: dict[str, int] = defaultdict(int)
    for image_id, name in labels.items():
        places[name].add(key_of.get(image_id, image_id))
        counts[name] += 1
    return tuple(name for name in places if len(places[name]) == 1 and counts[name] > 1)
