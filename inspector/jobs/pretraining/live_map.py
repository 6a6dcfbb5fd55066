"""The map of a run: made anew from every look at its embeddings, each time moving on from the last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from inspector.jobs.events import MapMoved

if TYPE_CHECKING:
    from models.events import Embedding


class LiveMap:
    """Turns embeddings of a run into maps whose points move rather than jump.

    Args:
        image_ids: of all images of the run, by position.
    """

    def __init__(self, image_ids: Sequence[int]) -> None:
        self._image_ids = np.asarray(image_ids, dtype=np.int64)
        self._last: MapMoved | None = None

    def moved(self, look: Embedding) -> MapMoved | None:
        """The map after a look; None while there are too few images for one. Takes up to a second."""
        from models.features.embed import MIN_IMAGES, aligned, tsne_steps

        if len(look.positions) < MIN_IMAGES:
            return None
        ids = self._image_ids[look.positions]
        start = None if self._last is None else places(ids, self._last.image_ids, self._last.points)
        *_, points = tsne_steps(look.vectors, start=start)
        if start is not None:
            points = aligned(points, start)
        self._last = MapMoved(ids, points, look.epoch)
        return self._last


def places(image_ids: np.ndarray, known_ids: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Where a map shows the images (N,): (N, 2), NaN for those that are not among its own, `known_ids` (n,)."""
    order = np.argsort(known_ids)
    rows = np.minimum(np.searchsorted(known_ids[order], image_ids), len(known_ids) - 1)
    found = known_ids[order][rows] == image_ids
    return np.where(found[:, None], points[order][rows], np.nan)
