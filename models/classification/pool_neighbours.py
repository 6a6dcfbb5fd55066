"""The nearest neighbours of all images of a pool, looked for once: what doubt, difference and the graph are read off.

N images, D features, k neighbours.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from models.classification.propagate import NEIGHBOURS, NeighbourGraph, nearest_neighbours, search_neighbours
from models.events import Progress

NEAR = 5  # neighbours that make an image one of a kind and not the only one; a rare class has few


@dataclass(frozen=True, eq=False)
class PoolNeighbours:
    """Each image's neighbours, nearest first, itself not among them: positions (N, k) and cosines (N, k)."""

    indices: np.ndarray
    cosines: np.ndarray

    @classmethod
    def of(cls, unit: np.ndarray) -> PoolNeighbours:
        """Search by unit-length features (N, D)."""
        return cls(*nearest_neighbours(unit, unit, NEIGHBOURS, exclude_self=True))

    @classmethod
    def searching(cls, unit: np.ndarray) -> Generator[Progress, None, PoolNeighbours]:
        """`of` that tells how far it is, and returns the neighbours."""
        return cls(*(yield from search_neighbours(unit, unit, NEIGHBOURS, exclude_self=True)))

    def density(self) -> np.ndarray:
        """Mean cosine (N,) to the neighbours."""
        return self.cosines.mean(1)

    def near_density(self) -> np.ndarray:
        """Mean cosine (N,) to the NEAR nearest neighbours."""
        return self.cosines[:, :NEAR].mean(1)

    def graph(self) -> NeighbourGraph:
        """What labels spread along."""
        return NeighbourGraph.of_neighbours(self.indices, self.cosines)
