"""Does an image look like those that were learned from? Of any other a classifier's answer is worth nothing.

A linear head is as sure of a surface that it never saw, of a camera out of focus or of a new kind of defect as of its
own images: far from all classes it is always far on one side of every border. n images, D features, K classes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from models.classification.heads import Scatter

PARTS = 10  # of the pool: each is held against the others
SHARE_OF_POOL = 0.995  # that counts as familiar
ROUNDING = 1e-6  # of the trace: what float32 may have lost of a variance
FEWEST, MOST = 20, 5_000  # images of a pool to learn from


@dataclass(frozen=True, eq=False)
class Familiarity:
    """Detects out-of-distribution images by their squared Mahalanobis distance from the nearest class.

    The covariance is the discriminant's, shrunk (Lee et al., 2018, eq. 2); the limit is what images of the pool keep.

    Attributes:
        whitening: (D, D), after which all directions vary alike within a class.
        means: (K, D) of the classes that have images, whitened.
        limit: distance a feature up to which an image is familiar.
    """

    whitening: Tensor
    means: Tensor
    limit: float

    @classmethod
    def fit(cls, features: np.ndarray, labels: np.ndarray, *, seed: int = 0) -> Familiarity | None:
        """Of a pool's features (n, D) and the classes (n,) that its images seem to have; None if they are too few.

        The limit comes from images that the distances were not learned from: from their own mean and covariance they
        are never far.
        """
        rng = np.random.default_rng(seed)
        chosen = _of_each_class(labels, rng)
        if len(chosen) < FEWEST:
            return None
        rows, known = torch.from_numpy(features[chosen]), labels[chosen]
        part = rng.permutation(len(chosen)) % PARTS
        distances = np.zeros(len(chosen))
        for k in range(PARTS):
            inside = part == k
            distances[inside] = _learned(rows[~inside], known[~inside]).distances(rows[inside])
        whole = _learned(rows, known)
        return cls(whole.whitening, whole.means, float(np.quantile(distances, SHARE_OF_POOL)))

    def distances(self, features: Tensor) -> np.ndarray:
        """(n, D) -> (n,), of the nearest class, a feature: 1 where an image deviates as much as those of a class do."""
        # By differences: products, which are faster, lose the distance where classes lie far apart for their spread.
        whitened = features @ self.whitening
        apart = torch.cdist(whitened, self.means, compute_mode="donot_use_mm_for_euclid_dist")
        return apart.min(1).values.square().numpy() / features.shape[1]

    def is_unfamiliar(self, features: np.ndarray) -> np.ndarray:
        """(n, D) -> (n,) bool: whether each image lies farther from all classes than the pool's images do."""
        return ~(self.distances(torch.from_numpy(features)) <= self.limit)

    def state(self) -> dict[str, Tensor]:
        """To be saved."""
        return {"whitening": self.whitening, "means": self.means, "limit": torch.tensor(self.limit)}

    @classmethod
    def from_state(cls, tensors: dict[str, Tensor], *, features: int) -> Familiarity | None:
        """What `state` gave; None where there is nothing.

        Raises:
            ValueError: the shapes do not fit the number of features.
        """
        if not tensors:
            return None
        whitening, means, limit = tensors["whitening"], tensors["means"], float(tensors["limit"])
        if whitening.shape != (features, features) or means.ndim != 2 or means.shape[1] != features or not len(means):
            raise ValueError(f"distances of {tuple(whitening.shape)} and {tuple(means.shape)} for {features} features")
        return cls(whitening, means, limit)


def _learned(rows: Tensor, labels: np.ndarray) -> Familiarity:
    """The distances alone, without a limit."""
    present, indices = np.unique(labels, return_inverse=True)
    scatter = Scatter.of(rows, torch.from_numpy(indices), len(present), features=rows.shape[1])
    covariance = scatter.covariance()
    covariance.diagonal().add_(ROUNDING * covariance.trace())
    factor = torch.linalg.cholesky(covariance)
    whitening = torch.linalg.solve_triangular(factor, torch.eye(len(factor)), upper=False).T.contiguous()
    return Familiarity(whitening, scatter.means @ whitening, float("inf"))


def _of_each_class(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Positions of at most MOST images: frequent classes are thinned, rare ones kept whole."""
    if len(labels) <= MOST:
        return np.arange(len(labels))
    classes = np.unique(labels)
    return np.concatenate([rng.permutation(np.flatnonzero(labels == k))[: MOST // len(classes)] for k in classes])
