"""Linear discriminants on frozen features. n images, D features, K classes.

Fewer images than features are described by as many coordinates as there are images (`Span`), which changes nothing but
the time: no discriminant looks in a direction in which no image differs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True)
class LinearHead:
    """logits = features @ weight.T + bias."""

    weight: np.ndarray  # (K, D)
    bias: np.ndarray  # (K,)

    def logits(self, features: np.ndarray) -> np.ndarray:
        """(n, D) -> (n, K)."""
        return features @ self.weight.T + self.bias


@dataclass(frozen=True)
class Span:
    """The space that n rows of D features span.

    Attributes:
        basis: (D, R) with orthonormal columns; None: the features themselves, where there are as many rows.
    """

    basis: Tensor | None

    @classmethod
    def of(cls, features: Tensor) -> Span:
        """Of rows (n, D)."""
        n, D = features.shape
        return cls(torch.linalg.qr(features.T).Q if n < D else None)

    def coordinates(self, features: Tensor) -> Tensor:
        """Rows (n, D) of the space -> (n, R)."""
        return features if self.basis is None else features @ self.basis

    def head(self, fitted: LinearHead) -> LinearHead:
        """One that was fitted on coordinates, for features."""
        if self.basis is None:
            return fitted
        return LinearHead(fitted.weight @ self.basis.numpy().T, fitted.bias)


@dataclass(frozen=True)
class Scatter:
    """Deviations of n rows from the means of their classes, and all that a discriminant needs to know of them.

    Attributes:
        counts: (K,) rows of each class.
        means: (K, R); zero for a class without rows.
        products: (R, R), the deviations' products summed over the rows.
        fourth: the deviations' squared lengths, squared again and summed over the rows.
        features: how many there are, D; the rows may be given by fewer coordinates, R (see `Span`).
    """

    counts: Tensor
    means: Tensor
    products: Tensor
    fourth: float
    features: int

    @classmethod
    def of(cls, rows: Tensor, labels: Tensor, classes: int, *, features: int) -> Scatter:
        """Of rows (n, R) with class indices (n,)."""
        counts, means = class_means(rows, labels, classes)
        centred = rows - means[labels]
        return cls(counts, means, centred.T @ centred, float(centred.square().sum(1).square().sum()), features)

    @property
    def rows(self) -> int:
        return int(self.counts.sum())

    def covariance(self) -> Tensor:
        """(R, R), shrunk towards the identity (Ledoit and Wolf, 2004, eq. 14).

        As scikit-learn's `ledoit_wolf`, in float32 and three times as fast. Deviations that are all zero give the
        identity.
        """
        D = self.features
        sample = self.products / self.rows
        level = sample.trace() / D
        if level < 1e-12:
            return torch.eye(len(self.products))
        squared = sample.square().sum()
        spread = (self.fourth / self.rows - squared) / self.rows  # of the sample covariance about the true one
        distance = squared - D * level.square()  # of the sample covariance from the identity's multiple
        share = float((spread / distance.clamp(min=1e-12)).clamp(0, 1))
        sample *= 1 - share
        sample.diagonal().add_((share + 1e-6) * level)
        return sample

    def discriminant(self, prior: np.ndarray) -> LinearHead:
        """Linear discriminant analysis with one shrunk covariance of all classes, for class shares `prior` (K,).

        The deviations of all classes are pooled, so a class of one image takes part: with one image a class the
        covariance is the identity, and the nearest mean decides. A class without an image is never predicted.
        """
        present = int(torch.count_nonzero(self.counts))
        covariance = self.covariance()
        covariance *= self.rows / max(self.rows - present, 1)  # as many means were estimated
        weight = _solved(covariance, self.means.T).T
        bias = -0.5 * (self.means * weight).sum(1).numpy() + np.log(np.maximum(prior, 1e-12))
        bias[self.counts.numpy() == 0] = -1e4
        return LinearHead(weight.float().contiguous().numpy(), bias.astype(np.float32))


def fit_lda(
    rows: np.ndarray, labels: np.ndarray, classes: int, *, prior: np.ndarray, features: int | None = None
) -> LinearHead:
    """See `Scatter.discriminant`.

    Args:
        rows: (n, D).
        labels: (n,) class indices.
        prior: (K,) class shares.
        features: how many they are, where `rows` are already coordinates of a span.
    """
    given = torch.from_numpy(rows)
    span = Span.of(given)
    coordinates = span.coordinates(given)
    scatter = Scatter.of(coordinates, torch.from_numpy(labels), classes, features=features or given.shape[1])
    return span.head(scatter.discriminant(prior))


def class_means(features: Tensor, labels: Tensor, classes: int) -> tuple[Tensor, Tensor]:
    """Rows of each class (K,) and their mean (K, D), of rows (n, D) with class indices (n,); -1 belongs to none."""
    members = labels[None] == torch.arange(classes)[:, None]
    counts = members.sum(1)
    return counts, members.to(features.dtype) @ features / counts.clamp(min=1)[:, None]


def _solved(covariance: Tensor, right: Tensor) -> Tensor:
    factor, failed = torch.linalg.cholesky_ex(covariance)
    if failed:  # rounding left it not quite positive definite
        return torch.linalg.solve(covariance, right)
    return torch.cholesky_solve(right, factor)
