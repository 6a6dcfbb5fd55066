"""Which images of a pool belong together: the groups that the project knows, and near-duplicates among the rest."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

from models.events import Progress

if TYPE_CHECKING:
    import numpy as np

    from inspector.jobs.pool.pool import Pool
    from inspector.project import Project
    from models.features.image_signatures import Signatures
    from models.images.cache import ImageCache

BATCH = 64


def groups_of(project: Project, pool: Pool, positions: np.ndarray) -> Generator[Progress, None, np.ndarray]:
    """Returns the groups (n,) of the images at positions (n,): equal numbers, one group.

    Near-duplicates among them are looked for unless the project has compared them all before.
    """
    import numpy as np

    from models.evaluation.grouping import Groups
    from models.features.near_duplicates import pairs_within

    ids = [pool.image_ids[i] for i in positions.tolist()]
    known, compared = project.groups(), project.near_duplicates().keys()
    united = Groups(len(ids))
    united.unite_equal([known[image_id] for image_id in ids])
    if not compared >= set(ids):
        signatures = yield from signed(pool.cache, [pool.hashes[i] for i in positions.tolist()])
        for first, second in (yield from pairs_within(signatures)):
            united.unite(first, second)
    return np.array(united.numbers(), dtype=np.int64)


def signed(cache: ImageCache, hashes: Sequence[str]) -> Generator[Progress, None, Signatures]:
    """Returns the signatures of the cached images with these hashes, in their order."""
    from models.features.image_signatures import Signatures

    parts = []
    for start in range(0, len(hashes), BATCH):
        parts.append(Signatures.of(cache.gather(hashes[start : start + BATCH])))
        yield Progress("signatures", min(start + BATCH, len(hashes)), len(hashes))
    return Signatures.joined(parts)
