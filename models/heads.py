"""Linear heads on frozen features. n images, N of them in the pool, D features, K classes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.propagate import NeighbourGraph

SELF_TRAINING_ROUNDS = 3  # rounds of relabelling the pool by the head itself; from 3 on nothing changes


@dataclass(frozen=True)
class LinearHead:
    """logits = features @ weight.T + bias."""

    weight: np.ndarray  # (K, D)
    bias: np.ndarray  # (K,)

    def logits(self, features: np.ndarray) -> np.ndarray:
        """(n, D) -> (n, K)."""
        return features @ self.weight.T + self.bias


def fit_lda(features: np.ndarray, labels: np.ndarray, classes: int, *, prior: np.ndarray) -> LinearHead:
    """Linear discriminant analysis with one shrunk covariance (Ledoit and Wolf, 2004) of all classes.

    Each class is centred on its mean and their deviations are pooled, so a class of one image takes part: with one
    image a class the covariance is the identity, and the nearest mean decides. A class without an image is never
    predicted.

    Args:
        features: (n, D).
        labels: (n,) class indices.
        prior: (K,) class shares.
    """
    from sklearn.covariance import ledoit_wolf

    counts = np.bincount(labels, minlength=classes)
    means = np.zeros((classes, features.shape[1]))
    np.add.at(means, labels, features)
    means /= np.maximum(counts, 1)[:, None]
    residuals = features - means[labels]
    if np.abs(residuals).max() < 1e-9:
        covariance = np.eye(features.shape[1])
    else:
        covariance, _ = ledoit_wolf(residuals, assume_centered=True, block_size=2_000)
        covariance *= len(labels) / max(len(labels) - np.count_nonzero(counts), 1)  # as many means were estimated
        covariance[np.diag_indices_from(covariance)] += 1e-6 * np.trace(covariance) / len(covariance)
    weight = np.linalg.solve(covariance, means.T).T
    bias = -0.5 * (means * weight).sum(1) + np.log(np.maximum(prior, 1e-12))
    bias[counts == 0] = -1e4
    return LinearHead(weight.astype(np.float32), bias.astype(np.float32))


def fit_propagated(
    features: np.ndarray,
    graph: NeighbourGraph,
    positions: np.ndarray,
    labels: np.ndarray,
    classes: int,
    *,
    prior: np.ndarray,
) -> LinearHead:
    """The same head, fitted on the whole pool: labels are propagated first, then the head relabels what it was given.

    Propagation follows the neighbours into every corner of a class; the linear head, which must explain all of them by
    one direction a class, mends its mistakes. Images with a label keep it.
    """
    pseudo = graph.propagate(positions, labels, classes, prior=prior).argmax(1)
    for _ in range(SELF_TRAINING_ROUNDS):
        pseudo[positions] = labels
        head = fit_lda(features, pseudo, classes, prior=prior)
        relabelled = head.logits(features).argmax(1)
        if len(np.unique(relabelled)) < len(np.unique(labels)):
            break  # a class was swallowed: the head that was taught it stays
        pseudo = relabelled
    return head
