"""Finding the groups of a project: near-duplicates among all its images, and what the user's pattern tells."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.jobs.pool.pool import open_cache
from inspector.jobs.pool.pool_groups import signed
from models.errors import KnownError
from models.evaluation.grouping import members_by_group
from models.events import Notice, Progress

if TYPE_CHECKING:
    from inspector.project import Project


@dataclass(frozen=True)
class GroupsFinished:
    """What is known of groups now.

    Attributes:
        images: of the whole project.
        near_duplicates: paths of the images of each cluster.
        groups: paths of the images of each group of two or more; near-duplicates are part of them.
        straddling: the groups that lie on both sides of the split.
    """

    images: int
    pattern: str | None
    near_duplicates: tuple[tuple[Path, ...], ...]
    groups: tuple[tuple[Path, ...], ...]
    straddling: tuple[tuple[Path, ...], ...]

    def to_json(self) -> dict[str, Any]:
        """As `groups --json` prints it."""
        listed = {name: getattr(self, name) for name in ("near_duplicates", "groups", "straddling")}
        return {
            "images": self.images,
            "pattern": self.pattern,
            **{name: [[str(path) for path in paths] for paths in groups] for name, groups in listed.items()},
        }


def find_groups(project: Project, *, pattern: str | None = None, near_duplicates: bool = True) -> Iterator[Any]:
    """Look for near-duplicates among all images, and group by `pattern` from now on: progress, then GroupsFinished.

    Args:
        pattern: None keeps the one that the project has, '' takes it away.
        near_duplicates: whether to look for them; without, what was found before stays.

    Raises:
        KnownError: the pattern tells no groups apart; the project has no images, or none can be read.
    """
    if not project.images():
        raise KnownError(f"The project {project.folder} has no images yet: import a folder first.")
    if pattern is not None:
        project.set_group_pattern(pattern or None)
    if near_duplicates:
        yield from _find_near_duplicates(project)
    yield described(project)


def described(project: Project) -> GroupsFinished:
    """What the project knows of its groups, without looking for more."""
    paths = {image.id: image.path for image in project.images()}

    def named(listed: list[list[int]]) -> tuple[tuple[Path, ...], ...]:
        return tuple(tuple(paths[i] for i in members) for members in listed)

    return GroupsFinished(
        images=len(paths),
        pattern=project.group_pattern,
        near_duplicates=named(list(members_by_group(project.near_duplicates()).values())),
        groups=named(list(members_by_group(project.groups()).values())),
        straddling=named(project.straddling_groups()),
    )


def _find_near_duplicates(project: Project) -> Generator[Progress | Notice, None, None]:
    from models.evaluation.grouping import groups_of_pairs
    from models.features.near_duplicates import pairs_within

    with open_cache(project) as cache:
        yield from cache.ensure(project.image_files())
        images = [image for image in project.images() if image.content_hash in cache]
        if cache.failed:
            yield Notice(f"{len(cache.failed):,} images cannot be read any more and are not compared.", warning=True)
        if not images:
            raise KnownError(
                f"None of the images of {project.folder} can be read any more; if their folder has moved, import it "
                "from its new place."
            )
        signatures = yield from signed(cache, [image.content_hash for image in images])
    pairs = yield from pairs_within(signatures)
    clusters = groups_of_pairs(len(images), pairs)
    project.save_near_duplicates({image.id: images[k].id for image, k in zip(images, clusters, strict=True)})
