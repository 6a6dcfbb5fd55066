"""Which images to label next: works right after an import, on the texture spectrum alone."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.jobs.pool.detectors import find_unusual
from inspector.jobs.pool.features import pool_features
from inspector.jobs.pool.pool import fill_pool, open_cache
from inspector.jobs.running.devices import usable_device
from models.errors import KnownError
from models.events import Notice, Progress

if TYPE_CHECKING:
    import numpy as np
    import torch

    from inspector.jobs.pool.features import PoolFeatures
    from inspector.jobs.pool.pool import Pool
    from inspector.project import Project
    from models.suggestions.suggest import Suggestion


@dataclass(frozen=True)
class SuggestedImage:
    """An image worth labelling, and why."""

    image_id: int
    path: Path
    reason: str


@dataclass(frozen=True)
class SuggestFinished:
    """The images, the most useful first."""

    images: tuple[SuggestedImage, ...]


def suggest(
    project: Project,
    *,
    count: int,
    strategy: str = "auto",
    features: str = "fused",
    encoder: str = "latest",
    device: str = "auto",
    seed: int = 0,
) -> Iterator[Any]:
    """Choose `count` images that have no label yet: progress, then SuggestFinished.

    Raises:
        KnownError: every image is labelled, or the features cannot be had.
    """
    import numpy as np

    from models.features.extraction import unit_blocks
    from models.suggestions.suggest import at_random
    from models.suggestions.unusual import joined

    with open_cache(project) as cache:
        pool = yield from fill_pool(project, cache)
        names = pool.labelled(project)
        positions = np.array(sorted(names), dtype=np.int64)
        if len(positions) == len(pool.image_ids):
            raise KnownError("Every image has a label already; import more images to go on.")
        if strategy == "random":
            chosen = at_random(len(pool.image_ids), positions, count, seed=seed)
        else:
            usable = yield from usable_device(device)
            made = yield from pool_features(project, pool, which=features, encoder=encoder, device=usable, seed=seed)
            unit = unit_blocks(made.blocks)
            labels = [names[i] for i in positions.tolist()]
            unusual = yield from _unusual(project, pool, made, positions, labels, count, strategy, usable)
            count -= len(unusual)
            taken = np.concatenate([positions, [s.position for s in unusual]]).astype(np.int64)
            others = (yield from _by_features(unit, taken, positions, labels, count, strategy, seed)) if count else []
            chosen = joined(unusual, others)
        records = {image.id: image for image in project.images()}
        images = [
            SuggestedImage(pool.image_ids[s.position], records[pool.image_ids[s.position]].path, s.reason)
            for s in chosen
        ]
        yield SuggestFinished(tuple(images))


def _unusual(
    project: Project,
    pool: Pool,
    made: PoolFeatures,
    positions: np.ndarray,
    names: Sequence[str],
    count: int,
    strategy: str,
    device: torch.device,
) -> Generator[Progress | Notice, None, list[Suggestion]]:
    """The unusual images that belong into the list, none where the strategy or the pool has no use for them.

    Raises:
        KnownError: they were asked for, and no detector can find them.
    """
    import numpy as np

    if strategy not in ("auto", "unusual"):
        return []
    found = None if made.detector is None else (yield from find_unusual(project, pool, made.detector, device))
    if found is None:
        if strategy == "unusual":
            raise KnownError(
                "Nothing is known of what is unusual yet; pretrain first, with small defects, by a preset."
            )
        return []
    classes = sorted(set(names))
    labels = np.array([classes.index(name) for name in names], dtype=np.int64)
    count = min(count, len(pool.image_ids) - len(positions))
    wanted = found.wanted(strategy, count, positions, labels)
    if not wanted:
        return []
    if strategy == "auto":
        part = "most" if 2 * wanted > count else "half"
        yield Notice(f"Some images stand out from the others: {part} of the list is to see whether they show a defect.")
    return found.suggest(positions, labels, positions, wanted)


def _by_features(
    unit: np.ndarray,
    taken: np.ndarray,
    positions: np.ndarray,
    names: Sequence[str],
    count: int,
    strategy: str,
    seed: int,
) -> Generator[Progress | Notice, None, list[Suggestion]]:
    """Choose by the pool's features (N, D), with the class names of the labelled positions; none of those `taken`."""
    import numpy as np

    from models.classification.pool_neighbours import PoolNeighbours
    from models.suggestions.suggest import Guess, Mixture, mixture, suggest

    classes = sorted(set(names))
    labels = np.array([classes.index(name) for name in names])
    mixed = Mixture()
    if strategy == "auto" and len(classes) > 1:
        neighbours = yield from PoolNeighbours.searching(unit)
        mixed = mixture(unit, positions, labels, classes, neighbours=neighbours, seed=seed)
        if mixed.different_share:
            yield Notice("Some classes come much more often than others: part of the list looks for rare ones.")
        if mixed.uncertain_share:
            yield Notice("Among your labels, undecided images taught more than typical ones: half of these are such.")
    elif strategy == "uncertain" and len(classes) < 2:
        yield Notice("Doubt needs labels of two classes at least; typical images are suggested instead.")
    elif strategy == "uncertain":
        neighbours = yield from PoolNeighbours.searching(unit)
        guess = Guess(neighbours.graph().propagate(positions, labels, len(classes)), classes)
        mixed = Mixture(uncertain_share=1.0, guess=guess, neighbours=neighbours)
    return suggest(unit, taken, count, **vars(mixed), seed=seed)
