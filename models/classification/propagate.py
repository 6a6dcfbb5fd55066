"""Labels spread over unlabelled images along a graph of nearest neighbours (Zhou et al., 2004).

The graph is sparse and the linear system is solved by conjugate gradients, so that 100,000 images fit in memory.
Dimensions: N images, D features, K classes, R right-hand sides.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
import torch

from models.events import Progress
from models.stages import returned

NEIGHBOURS = 15
SHARPNESS = 20.0  # edge weight exp(SHARPNESS * (cosine - 1))
ALPHA = 0.9  # share that a label hands on at each hop; .99 gains for weak encoders at 1 label and costs from 24 on
TOLERANCE = 1e-6  # of a residual, as a share of its right-hand side
MAX_STEPS = 500  # conjugate gradients need about 20
BLOCK = 512


def nearest_neighbours(
    queries: np.ndarray, pool: np.ndarray, count: int, *, exclude_self: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Cosine neighbours of unit vectors: queries (M, D), pool (N, D) -> indices and cosines, each (M, count).

    Brute force in blocks: at 100,000 x 512 it takes 19 ms a query, less than building any index.
    """
    return returned(search_neighbours(queries, pool, count, exclude_self=exclude_self))


def nearest_cosine(queries: np.ndarray, pool: np.ndarray) -> np.ndarray:
    """Cosine (M,) of each of the unit vectors (M, D) to the nearest of the pool's (N, D), N >= 1."""
    return nearest_neighbours(queries, pool, 1)[1][:, 0]


def search_neighbours(
    queries: np.ndarray, pool: np.ndarray, count: int, *, exclude_self: bool = False
) -> Generator[Progress, None, tuple[np.ndarray, np.ndarray]]:
    """`nearest_neighbours` that tells after each block how far it is, so that it can be stopped."""
    count = min(count, len(pool) - exclude_self)
    keys = torch.from_numpy(np.ascontiguousarray(pool, dtype=np.float32))
    # Made once: where each block has its own, small results settle in the gaps that large ones leave, and 100,000
    # images take 22 GB.
    room = torch.empty(min(BLOCK, len(queries)), len(keys))
    indices = torch.empty(len(queries), count, dtype=torch.int64)
    cosines = torch.empty(len(queries), count)
    for start in range(0, len(queries), BLOCK):
        block = torch.from_numpy(np.ascontiguousarray(queries[start : start + BLOCK], dtype=np.float32))
        end = start + len(block)
        similarity = torch.mm(block, keys.T, out=room[: len(block)])
        if exclude_self:
            rows = torch.arange(len(block))
            similarity[rows, rows + start] = -torch.inf
        torch.topk(similarity, count, dim=1, out=(cosines[start:end], indices[start:end]))
        yield Progress("neighbours", end, len(queries))
    return indices.numpy(), cosines.numpy()


@dataclass(frozen=True)
class NeighbourGraph:
    """Symmetric normalised affinities S = D^-1/2 W D^-1/2, sparse (N, N), and the diagonal of D, `degree` (N,)."""

    affinity: sp.csr_array
    degree: np.ndarray

    @classmethod
    def build(cls, unit: np.ndarray, *, neighbours: int = NEIGHBOURS) -> NeighbourGraph:
        """Connect each of the unit vectors (N, D) with its nearest ones.

        Raises:
            ValueError: fewer than two images.
        """
        _refuse_lone_image(len(unit))
        return cls.of_neighbours(*nearest_neighbours(unit, unit, neighbours, exclude_self=True))

    @classmethod
    def building(cls, unit: np.ndarray) -> Generator[Progress, None, NeighbourGraph]:
        """`build` that tells how far it is, and returns the graph."""
        _refuse_lone_image(len(unit))
        indices, cosines = yield from search_neighbours(unit, unit, NEIGHBOURS, exclude_self=True)
        return cls.of_neighbours(indices, cosines)

    @classmethod
    def of_neighbours(cls, indices: np.ndarray, cosines: np.ndarray) -> NeighbourGraph:
        """Connect each of N images with those at indices (N, k), by their cosines (N, k)."""
        count = len(indices)
        rows = np.repeat(np.arange(count), indices.shape[1])
        weights = np.exp(SHARPNESS * (cosines.ravel() - 1)).astype(np.float64)
        one_way = sp.csr_array((weights, (rows, indices.ravel())), shape=(count, count))
        both = one_way.maximum(one_way.T)
        degree = np.maximum(both.sum(axis=1), 1e-12)
        scale = sp.diags_array(1 / np.sqrt(degree))
        return cls(sp.csr_array(scale @ both @ scale), degree)

    def cosines(self) -> sp.csr_array:
        """Cosines of connected images, sparse (N, N)."""
        row = np.repeat(np.arange(len(self.degree)), np.diff(self.affinity.indptr))
        weights = self.affinity.data * np.sqrt(self.degree[row] * self.degree[self.affinity.indices])
        values = 1 + np.log(weights) / SHARPNESS
        return sp.csr_array((values, self.affinity.indices, self.affinity.indptr), shape=self.affinity.shape)

    def respond(self, seeds: np.ndarray) -> np.ndarray:
        """Where what starts at seeds (N, R) ends up, handed on by ALPHA a hop: scores (N, R), not negative.

        Solves (I - ALPHA S) scores = seeds, all R sides at once.
        """
        scores, residual = np.zeros_like(seeds), seeds.copy()
        direction = residual.copy()
        squares = np.einsum("ij,ij->j", residual, residual)
        enough = TOLERANCE**2 * squares
        for _ in range(MAX_STEPS):
            if (squares <= enough).all():
                break
            image = direction - ALPHA * (self.affinity @ direction)
            step = squares / np.maximum(np.einsum("ij,ij->j", direction, image), 1e-300)
            scores += step * direction
            residual -= step * image
            before, squares = squares, np.einsum("ij,ij->j", residual, residual)
            direction *= squares / np.maximum(before, 1e-300)
            direction += residual
        return np.maximum(scores, 0)

    def propagate(
        self, positions: np.ndarray, labels: np.ndarray, classes: int, *, prior: np.ndarray | None = None
    ) -> np.ndarray:
        """Spread labels (n,) of the images at positions (n,) over all: probabilities (N, K).

        Each class starts with the same total, whatever the number of its labels, and ends with the share `prior` (K,)
        of the total (equal shares by default). A class without a label gets 0. An image that no label reaches gets
        equal probabilities.
        """
        seeds = np.zeros((self.affinity.shape[0], classes))
        counts = np.bincount(labels, minlength=classes)
        seeds[positions, labels] = 1 / counts[labels]
        return class_shares(self.respond(seeds), prior=prior)


def class_shares(
    scores: np.ndarray, *, prior: np.ndarray | None = None, totals: np.ndarray | None = None
) -> np.ndarray:
    """Scores (n, K) -> probabilities (n, K), each class having the share `prior` (K,) of the total, or an equal one.

    Args:
        totals: (K,) of all images, where `scores` are those of some of them.
    """
    scores = scores / np.maximum(scores.sum(0) if totals is None else totals, 1e-300)
    if prior is not None:
        scores = scores * prior
    total = scores.sum(1, keepdims=True)
    return np.where(total > 1e-300, scores / np.maximum(total, 1e-300), 1 / scores.shape[1])


def _refuse_lone_image(images: int) -> None:
    if images < 2:
        raise ValueError("a graph needs at least two images")
