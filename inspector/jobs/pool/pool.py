"""The images that learning may look at: decoded, in memory or memory-mapped, by position.

Images of the split part 'test' are no part of it: they are seen by no step, unlabelled included.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.errors import KnownError
from models.events import Notice, Progress

if TYPE_CHECKING:
    import torch

    from inspector.project import ImageRecord, Project
    from models.images.cache import ImageCache
    from models.images.pixels import Pixels

SHOWN_REASONS = 3


@dataclass(frozen=True)
class Pool:
    """N images, by position: their ids, content hashes and decoded pixels."""

    image_ids: list[int]
    hashes: list[str]
    cache: ImageCache

    def pixels(self, device: torch.device, hashes: list[str] | None = None) -> Pixels:
        """The pixels of all of them, or of those named."""
        from models.images.pixels import Pixels

        return Pixels(self.cache, self.hashes if hashes is None else hashes, device)

    def labelled(self, project: Project) -> dict[int, str]:
        """Class name by position of the labelled ones."""
        labels = project.labels()
        return {i: labels[image_id] for i, image_id in enumerate(self.image_ids) if image_id in labels}


@contextmanager
def open_cache(project: Project) -> Iterator[ImageCache]:
    """The project's cache of decoded images."""
    from models.images.cache import ImageCache

    with ImageCache(project.cache_folder, project.image_settings) as cache:
        yield cache


def fill_pool(project: Project, cache: ImageCache) -> Generator[Progress | Notice, None, Pool]:
    """Decode what is not cached yet; returns the Pool. Images that can no longer be read are left out.

    Raises:
        KnownError: none is left.
    """
    images = _not_held_out(project)
    yield from cache.ensure(project.image_files())
    usable = [image for image in images if image.content_hash in cache]
    lost = [image for image in images if image.content_hash in cache.failed]
    reasons = "; ".join(f"{image.path}: {cache.failed[image.content_hash]}" for image in lost[:SHOWN_REASONS])
    more = f"; and {len(lost) - SHOWN_REASONS:,} more" if len(lost) > SHOWN_REASONS else ""
    if not usable:
        raise KnownError(
            f"None of the {len(images):,} images of {project.folder} can be read any more ({reasons}{more}); if their "
            "folder has moved, import it from its new place."
        )
    if text := _scaled_down(usable, project.image_settings.max_area):
        yield Notice(text)
    if lost:
        yield Notice(f"{len(lost):,} images cannot be read any more and are left out ({reasons}{more}).", warning=True)
    return Pool([image.id for image in usable], [image.content_hash for image in usable], cache)


def usable_hashes(project: Project, cache: ImageCache) -> list[str]:
    """The content hashes of a pool of all images, position by position, without decoding any."""
    return [image.content_hash for image in _not_held_out(project) if image.content_hash in cache]


def _not_held_out(project: Project) -> list[ImageRecord]:
    held_out = {image_id for image_id, part in project.split().items() if part == "test"}
    return [image for image in project.images() if image.id not in held_out]


def _scaled_down(images: list[ImageRecord], max_area: int) -> str:
    """How many images are looked at smaller than they are, in words; '' if none is."""
    from models.images.shapes import shape_within

    kept = [shape_within(height=image.height, width=image.width, max_area=max_area) for image in images]
    # The longer side tells the scale best: it has the most px to be rounded.
    scales = [max(shape) / max(image.height, image.width) for shape, image in zip(kept, images, strict=True)]
    smaller = [scale for scale in scales if scale < 1]
    if not smaller:
        return ""
    side = math.isqrt(max_area)
    are, largest = ("is", "") if len(smaller) == 1 else ("are", "the largest ")
    return (
        f"{len(smaller):,} of {len(images):,} images {are} larger than {side} x {side} px and {are} looked at smaller, "
        f"{largest}at {100 * min(smaller):.0f} %."
    )
