"""Linear heads on frozen features. n images, N of them in the pool, D features, K classes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from models.calibration import match_confidence, softmax
from models.propagate import NeighbourGraph

SELF_TRAINING_ROUNDS = 6
SELF_TRAINING_PARTS = 3
CROSS_FIT_PARTS = 10  # each head misses a tenth: as sure as one that is fitted on all
MOST_FITTED = 20_000  # images
EQUAL_SAY_LABELS = 5  # a class


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
    counts = np.bincount(labels, minlength=classes)
    means = np.zeros((classes, features.shape[1]), dtype=np.float32)
    np.add.at(means, labels, features)
    means /= np.maximum(counts, 1)[:, None]
    covariance = shrunk_covariance(torch.from_numpy(features - means[labels]))
    covariance *= len(labels) / max(len(labels) - np.count_nonzero(counts), 1)  # as many means were estimated
    weight = torch.linalg.solve(covariance, torch.from_numpy(means.T)).T.numpy()
    bias = -0.5 * (means * weight).sum(1) + np.log(np.maximum(prior, 1e-12))
    bias[counts == 0] = -1e4
    return LinearHead(weight.astype(np.float32), bias.astype(np.float32))


def shrunk_covariance(centred: Tensor) -> Tensor:
    """Covariance (D, D) of centred rows (n, D), shrunk towards the identity (Ledoit and Wolf, 2004, eq. 14).

    As scikit-learn's `ledoit_wolf`, in float32 and three times as fast; it is most of the time of a fit. Rows that are
    all zero give the identity.
    """
    n, D = centred.shape
    sample = centred.T @ centred / n
    level = sample.trace() / D
    if level < 1e-12:
        return torch.eye(D, dtype=centred.dtype)
    squared = sample.square().sum()
    spread = (centred.square().sum(1).square().sum() / n - squared) / n  # of the sample covariance about the true one
    distance = squared - D * level.square()  # of the sample covariance from the identity's multiple
    share = float((spread / distance.clamp(min=1e-12)).clamp(0, 1))
    return (1 - share) * sample + (share + 1e-6) * level * torch.eye(D, dtype=centred.dtype)


def mended_labels(
    features: np.ndarray,
    graph: NeighbourGraph,
    positions: np.ndarray,
    labels: np.ndarray,
    classes: int,
    *,
    prior: np.ndarray,
    held_out: np.ndarray | None = None,
    seed: int = 0,
) -> np.ndarray:
    """Class of every image of the pool (N,): propagated along the neighbours, then mended by linear heads.

    Propagation follows the neighbours into every corner of a class; a linear head must explain all of a class by one
    direction, and so sees where neighbours misled. In every round each image is relabelled by a head that was not
    fitted on it: one that was would only repeat the mistakes, since there are as many features as images.
    Images with a label keep it.

    Args:
        features: of the pool, (N, D).
        positions: (n,) of the labelled images.
        held_out: positions that no head is fitted on, so that a fold is judged on images as unknown as those to come.
    """
    usable = _usable(len(features), held_out)
    rng = np.random.default_rng(seed)
    pseudo = _first_guess(features, graph, positions, labels, classes, prior)
    for _ in range(SELF_TRAINING_ROUNDS):
        pseudo[positions] = labels
        part = rng.permutation(len(features)) % SELF_TRAINING_PARTS
        mended = pseudo.copy()
        for k in range(SELF_TRAINING_PARTS):
            fitted_on = usable & (part != k)
            fitted_on[positions] = True
            rows = _enough(np.flatnonzero(fitted_on), pseudo, rng)
            head = fit_lda(features[rows], pseudo[rows], classes, prior=prior)
            mended[~fitted_on] = head.logits(features[~fitted_on]).argmax(1)
        pseudo = mended
    pseudo[positions] = labels
    return pseudo


def fit_on_all(
    features: np.ndarray,
    pseudo: np.ndarray,
    classes: int,
    *,
    prior: np.ndarray,
    held_out: np.ndarray | None = None,
    seed: int = 0,
) -> LinearHead:
    """The head on the pool's images (N, D) with classes (N,), those at positions `held_out` left out."""
    rows = _enough(np.flatnonzero(_usable(len(features), held_out)), pseudo, np.random.default_rng(seed))
    return fit_lda(features[rows], pseudo[rows], classes, prior=prior)


def _enough(rows: np.ndarray, pseudo: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """All rows, or MOST_FITTED of them: more do not make a better covariance, but take as much longer.

    Frequent classes are thinned, rare ones kept whole.
    """
    if len(rows) <= MOST_FITTED:
        return rows
    classes = np.unique(pseudo[rows])
    most = MOST_FITTED // len(classes)
    return np.concatenate([rng.permutation(rows[pseudo[rows] == k])[:most] for k in classes])


def _usable(images: int, held_out: np.ndarray | None) -> np.ndarray:
    usable = np.ones(images, dtype=bool)
    if held_out is not None:
        usable[held_out] = False
    return usable


def cross_fitted_logits(
    features: np.ndarray, pseudo: np.ndarray, classes: int, *, prior: np.ndarray, seed: int = 0
) -> np.ndarray:
    """Logits (N, K) of the pool's images (N, D) with classes (N,), each by a head that was not fitted on it.

    With as many features as images a head is far surer of the images that it was fitted on than of any other, right or
    wrong.
    """
    rng = np.random.default_rng(seed)
    part = rng.permutation(len(features)) % CROSS_FIT_PARTS
    logits = np.zeros((len(features), classes), dtype=np.float32)
    for k in range(CROSS_FIT_PARTS):
        inside = part == k
        rows = _enough(np.flatnonzero(~inside), pseudo, rng)
        logits[inside] = fit_lda(features[rows], pseudo[rows], classes, prior=prior).logits(features[inside])
    return logits


def _first_guess(
    features: np.ndarray,
    graph: NeighbourGraph,
    positions: np.ndarray,
    labels: np.ndarray,
    classes: int,
    prior: np.ndarray,
) -> np.ndarray:
    """Class of every image (N,): propagation alone at one label a class; from five on a head on them has equal say.

    In between the head's log probability counts in proportion.
    """
    spread = graph.propagate(positions, labels, classes, prior=prior)
    say = min(1.0, (len(labels) / np.count_nonzero(np.bincount(labels)) - 1) / (EQUAL_SAY_LABELS - 1))
    logits = fit_lda(features[positions], labels, classes, prior=prior).logits(features)
    head = softmax(logits / match_confidence(logits, float(spread.max(1).mean())))
    unreached = spread.max(1) < 1 / classes + 1e-9  # by any label: there the head alone decides
    return np.where(unreached[:, None], head, np.log(spread + 1e-6) + say * np.log(head + 1e-6)).argmax(1)
