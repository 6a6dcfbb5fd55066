"""Leaks: images that would judge a run although it has learned from their near-duplicates, or from others of a group.

What was labelled teaches the answer, so an image judges nothing beside a trained one. Of images kept for judging
(split part 'test') a run must not have seen anything at all, unlabelled neither.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import KnownError
from models.events import Progress

if TYPE_CHECKING:
    from inspector.jobs.evaluation.truth import TruthImage
    from inspector.project import ImageRecord, Project, RunRecord
    from models.features.image_signatures import Signatures
    from models.images.cache import ImageCache

BATCH = 64
SHOWN_PAIRS = 3
SHOWN_NAMES = 40


@dataclass(frozen=True)
class Leak:
    """An image that should judge, and the one that the run has seen and that is a copy of it or of its group."""

    measured: Path
    seen: Path

    def describe(self) -> str:
        """In words."""
        if self.measured == self.seen:
            return f"{self.measured} was seen itself"
        return f"{self.measured} is like {self.seen}"


@dataclass(frozen=True)
class LeaksFound:
    """What a window is told instead of figures: how many of the `measured` images leak, and which."""

    run: int
    leaks: tuple[Leak, ...]
    measured: int


class LeaksFoundError(KnownError):
    """Figures are withheld: images that should judge a run show what it has learned from."""

    def __init__(self, run_id: int, leaks: Sequence[Leak], *, measured: int) -> None:
        self.found = LeaksFound(run_id, tuple(leaks), measured)
        shown = ", ".join(leak.describe() for leak in leaks[:SHOWN_PAIRS])
        others = [leak.measured.name for leak in leaks[SHOWN_PAIRS:]]
        if others:
            shown += f", and {len(others):,} more: {', '.join(others[:SHOWN_NAMES])}"
            shown += ", ..." if len(others) > SHOWN_NAMES else ""
        super().__init__(
            f"{len(leaks):,} of the {measured:,} images that would judge run {run_id} are near-duplicates of images "
            f"that it has learned from, or of one group with them, so the figures are withheld ({shown}). Leave them "
            "out with --leave-out-leaks, or put them on one side ('inspector split'), pretrain and train again."
        )


def find_leaks(
    project: Project, run: RunRecord, truth: Sequence[TruthImage], cache: ImageCache
) -> Generator[Progress, None, list[Leak]]:
    """Returns the leaks among the images that should judge a run, one an image, in their order."""
    trained = project.run_images(run.id, "train")
    looked_at = trained | _seen_unlabelled(project, run)
    held_out = {image_id for image_id, part in project.split().items() if part == "test"}
    trained_hashes = {image.content_hash for image in project.images() if image.id in trained}
    judging = [image for image in truth if _hash(image) not in trained_hashes]  # the others judge nothing
    kept = [image for image in judging if image.image_id in held_out]
    others = [image for image in judging if image.image_id not in held_out]
    found = dict((yield from _leaks(project, others, trained, cache)))
    found |= dict((yield from _leaks(project, kept, looked_at, cache)))
    return [Leak(image.path, found[image.path]) for image in truth if image.path in found]


def _hash(image: TruthImage) -> str | None:
    """Of the image's content; None where it can't be read, so that it judges nothing either."""
    from models.images.reading import ImageError, content_hash, read_bytes

    if image.content_hash is not None:
        return image.content_hash
    try:
        return content_hash(read_bytes(image.path))
    except ImageError:
        return None


def _seen_unlabelled(project: Project, run: RunRecord) -> set[int]:
    """The images that the run and the encoder that it stands on have looked at, labelled or not."""
    return {prediction.image_id for prediction in project.predictions(run.id)} | project.run_images(run.id, "seen")


def _leaks(
    project: Project, truth: Sequence[TruthImage], seen_ids: set[int], cache: ImageCache
) -> Generator[Progress, None, list[tuple[Path, Path]]]:
    """Pairs of a path that should judge and one that was seen."""
    if not truth or not seen_ids:
        return []
    seen = [image for image in project.images() if image.id in seen_ids]
    known = _same_group(project, truth, seen)
    compared = project.near_duplicates().keys()
    asked = [image for image in truth if image.path not in known]
    if not (compared >= seen_ids and all(image.image_id in compared for image in asked)):
        known |= yield from _near_duplicates(project, asked, seen, cache)
    return list(known.items())


def _same_group(project: Project, truth: Sequence[TruthImage], seen: Sequence[ImageRecord]) -> dict[Path, Path]:
    """Of the images that are in one group with a seen one: the seen one's path, by path."""
    from inspector.project.groups import compiled, group_key

    groups = project.groups()
    seen_by_group: dict[int, Path] = {}
    for image in seen:
        seen_by_group.setdefault(groups[image.id], image.path)
    pattern = None if project.group_pattern is None else compiled(project.group_pattern)
    by_key: dict[str, Path] = {}
    if pattern is not None:
        by_key = {key: image.path for image in seen if (key := group_key(pattern, project.paths(image.id)))}
    found = {}
    for image in truth:
        path = None if image.image_id is None else seen_by_group.get(groups[image.image_id])
        if path is None and image.image_id is None and pattern is not None:
            path = by_key.get(group_key(pattern, [image.path]) or "")
        if path is not None:
            found[image.path] = path
    return found


def _near_duplicates(
    project: Project, truth: Sequence[TruthImage], seen: Sequence[ImageRecord], cache: ImageCache
) -> Generator[Progress, None, dict[Path, Path]]:
    from models.features.near_duplicates import pairs_between

    paths, asked = yield from _signed(project, {image.path: image.content_hash for image in truth}, cache)
    seen_paths, known = yield from _signed(project, {image.path: image.content_hash for image in seen}, cache)
    pairs = yield from pairs_between(asked, known)
    found: dict[Path, Path] = {}
    for i, j in pairs:
        found.setdefault(paths[i], seen_paths[j])
    return found


def _signed(
    project: Project, files: Mapping[Path, str | None], cache: ImageCache
) -> Generator[Progress, None, tuple[list[Path], Signatures]]:
    """Returns the files that can be read, and their signatures; what cannot be read judges nothing either."""
    from models.features.image_signatures import Signatures
    from models.images.reading import ImageError, prepare, read_bytes

    settings = project.image_settings
    readable: list[Path] = []
    parts = []
    for done, (path, content_hash) in enumerate(files.items(), start=1):
        try:
            in_cache = content_hash is not None and content_hash in cache
            pixels = cache.image(content_hash) if in_cache else prepare(read_bytes(path), settings)
        except ImageError:
            continue
        readable.append(path)
        parts.append(Signatures.of([pixels]))
        if done % BATCH == 0 or done == len(files):
            yield Progress("signatures", done, len(files))
    return readable, Signatures.joined(parts)
