"""Suggestions for a window that asks again after every few labels: those of suggest.py in a second or two.

What is the same: as many clusters as labels, the most typical image of those without one, then what is different and
doubt where they pay.
What is cheaper: clusters are looked for once and in the features' main axes, typicality and density are read off the
graph of neighbours, and the trial of whether doubt pays sees a part of the pool. N images, D features, d axes.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
import torch

from models.classification.pool_neighbours import NEAR, PoolNeighbours
from models.classification.propagate import NeighbourGraph
from models.classification.thinning import thinned
from models.suggestions.suggest import (
    KMEANS_DISTANCES,
    KMEANS_STARTS,
    KMEANS_STEPS,
    TRIAL_LABELS,
    UNCERTAIN_SHARE,
    Guess,
    Suggestion,
    different,
    mini_batch_clusters,
    most_undecided,
    stands_for,
    uncertain_pays,
)

AXES = 48
ROUNDS = 2  # of ever finer clusters; a list that is still short is asked for again soon
FEW_DISTANCES = 300_000  # N x clusters of a step; below, clusters are looked for several times
TRIAL_IMAGES = 1_000


@dataclass(frozen=True, eq=False)
class SuggestionPool:
    """What does not change with the labels.

    Attributes:
        unit: unit-length features (N, D).
        axes: the same along their main axes (N, d).
        cosines: of neighbours, sparse (N, N).
    """

    unit: np.ndarray
    axes: np.ndarray
    cosines: sp.csr_array

    @classmethod
    def build(cls, unit: np.ndarray, graph: NeighbourGraph, *, seed: int = 0) -> SuggestionPool:
        """Find the main axes of unit-length features (N, D)."""
        return cls(unit, _main_axes(unit, seed=seed), graph.cosines())

    def density(self) -> np.ndarray:
        """Mean cosine (N,) to the neighbours."""
        return self.cosines.sum(1) / np.maximum(np.diff(self.cosines.indptr), 1)

    def near_density(self) -> np.ndarray:
        """Mean cosine (N,) to the NEAR nearest neighbours."""
        starts, degree = self.cosines.indptr[:-1], np.diff(self.cosines.indptr)
        row = np.repeat(np.arange(len(degree)), degree)
        by_nearness = np.lexsort((-self.cosines.data, row))
        rank = np.arange(len(row)) - np.repeat(starts, degree)
        near = by_nearness[rank < NEAR]
        return np.bincount(row[near], self.cosines.data[near], minlength=len(degree)) / np.clip(degree, 1, NEAR)

    def neighbours(self, position: int) -> np.ndarray:
        """Positions of an image's neighbours, nearest first."""
        row = slice(self.cosines.indptr[position], self.cosines.indptr[position + 1])
        return self.cosines.indices[row][np.argsort(-self.cosines.data[row], kind="stable")]

    def suggest(
        self,
        labelled: np.ndarray,
        count: int,
        *,
        skipped: Collection[int] = (),
        different_share: float = 0.0,
        uncertain_share: float = 0.0,
        guess: Guess | None = None,
        seed: int = 0,
    ) -> list[Suggestion]:
        """Up to `count` images without a label: typical ones, different ones, then the share of uncertain ones.

        Of what is not uncertain, `different_share` are different.

        Args:
            labelled: positions that have a label (n,).
            skipped: positions not to suggest; another image may still stand for their group.
            guess: what the labels say of the pool; without it all are typical.
        """
        avoided = np.union1d(labelled, np.fromiter(skipped, dtype=np.int64)).astype(np.int64)
        count = min(count, len(self.unit) - len(avoided))
        wanted = round(uncertain_share * count) if guess is not None else 0
        doubtful = most_undecided(guess, self.density(), self.neighbours, avoided, wanted) if guess and wanted else []
        unlike = []
        if wanted := round(different_share * (count - len(doubtful))):
            seen = np.union1d(avoided, [s.position for s in doubtful]).astype(np.int64)
            unlike = different(self.unit, self.near_density(), seen, wanted)
        others = unlike + doubtful
        taken = np.concatenate([labelled, [s.position for s in others]]).astype(np.int64)
        avoided = np.union1d(avoided, taken).astype(np.int64)
        return self._typical(taken, avoided, count - len(others), seed=seed) + others

    def _typical(self, taken: np.ndarray, avoided: np.ndarray, count: int, *, seed: int) -> list[Suggestion]:
        chosen: list[Suggestion] = []
        clusters, rounds = len(taken) + count, 0
        while len(chosen) < count and (rounds < ROUNDS or not chosen):
            assignment = _kmeans(self.axes, min(clusters, len(self.axes)), seed)
            fresh = self._typical_of_clusters(assignment, taken, avoided, count - len(chosen))
            chosen += fresh
            taken = np.concatenate([taken, [s.position for s in fresh]]).astype(np.int64)
            clusters, rounds = 2 * clusters, rounds + 1
        return chosen

    def _typical_of_clusters(
        self, assignment: np.ndarray, taken: np.ndarray, avoided: np.ndarray, count: int
    ) -> list[Suggestion]:
        typicality = self._typicality(assignment)
        typicality[avoided] = -np.inf
        sizes = np.bincount(assignment)
        sizes[assignment[taken]] = 0
        out = []
        for cluster in np.argsort(-sizes, kind="stable"):
            if len(out) == count or not sizes[cluster]:
                break
            members = np.flatnonzero(assignment == cluster)
            best = int(members[np.argmax(typicality[members])])
            if np.isfinite(typicality[best]):
                out.append(stands_for(best, members, self.unit))
        return out

    def _typicality(self, assignment: np.ndarray) -> np.ndarray:
        """Mean cosine (N,) to the neighbours; those in another cluster count as unlike."""
        degree = np.diff(self.cosines.indptr)
        row = np.repeat(np.arange(len(degree)), degree)
        inside = assignment[row] == assignment[self.cosines.indices]
        return np.bincount(row, self.cosines.data * inside, minlength=len(degree)) / np.maximum(degree, 1)

    def uncertain_share(self, labelled: np.ndarray, labels: np.ndarray, classes: int, *, seed: int = 0) -> float:
        """The share of uncertain images that pays by a trial on the labels (n,) at hand, on a part of the pool."""
        rng = np.random.default_rng(seed)
        kept = np.sort(thinned(labels, TRIAL_LABELS, rng))
        others = np.setdiff1d(np.arange(len(self.unit)), labelled[kept])
        part = np.concatenate([labelled[kept], rng.permutation(others)[: TRIAL_IMAGES - len(kept)]])
        unit = _unit(self.axes[part])
        near = PoolNeighbours.of(unit)
        positions = np.arange(len(kept))
        pays = uncertain_pays(near.graph(), near.density(), unit, positions, labels[kept], classes, seed=seed)
        return UNCERTAIN_SHARE if pays else 0.0


def _main_axes(unit: np.ndarray, *, seed: int) -> np.ndarray:
    axes = min(AXES, *unit.shape)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        left, scale, _ = torch.pca_lowrank(torch.from_numpy(np.ascontiguousarray(unit, dtype=np.float32)), q=axes)
    return (left * scale).numpy()


def _unit(values: np.ndarray) -> np.ndarray:
    return values / np.maximum(np.linalg.norm(values, axis=1, keepdims=True), 1e-12)


def _kmeans(values: np.ndarray, clusters: int, seed: int) -> np.ndarray:
    """Cluster of each image (N,)."""
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    if clusters >= len(values):
        return np.arange(len(values))
    if clusters * len(values) > KMEANS_DISTANCES:
        return mini_batch_clusters(values, clusters, seed)
    starts = KMEANS_STARTS if clusters * len(values) <= FEW_DISTANCES else 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # copies among the images: fewer clusters
        return KMeans(clusters, n_init=starts, max_iter=KMEANS_STEPS, random_state=seed).fit_predict(values)
