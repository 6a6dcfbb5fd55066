"""Cutting labels into folds so that no group lies in two: what tells of an image must not be learned from beside it.

n labels of K classes; groups (n,) are numbers, equal for images that belong together.
"""

from __future__ import annotations

import numpy as np


def group_folds(labels: np.ndarray, groups: np.ndarray, *, most: int, seed: int = 0) -> np.ndarray:
    """Fold of each label (n,), 0 to at most `most` - 1; -1 for groups that always train.

    Stratified: each group, the largest first, goes where its classes are rarest so far. A group always trains where
    a class would otherwise have no label outside a fold: where it alone holds the class.
    """
    numbers = np.unique(groups, return_inverse=True)[1]
    counts = np.zeros((numbers.max(initial=-1) + 1, labels.max(initial=-1) + 1), dtype=np.int64)  # (G, K)
    np.add.at(counts, (numbers, labels), 1)
    fold = np.full(len(counts), -1)
    alone = counts[:, (counts > 0).sum(0) == 1].any(1)
    filled = np.zeros((most, counts.shape[1]))
    total = np.maximum(counts.sum(0), 1)
    order = np.random.default_rng(seed).permutation(np.flatnonzero(~alone))
    for group in order[np.argsort(-counts[order].sum(1), kind="stable")]:
        crowded = (filled / total) @ counts[group]
        fold[group] = np.lexsort((filled.sum(1), crowded))[0]
        filled[fold[group]] += counts[group]
    for k in range(counts.shape[1]):
        _leave_some_to_train(fold, counts, k)
    return fold[numbers]


def judged_alone(labels: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """The classes that figures can't be told of: all their labels lie in one group."""
    return np.array([k for k in np.unique(labels) if len(np.unique(groups[labels == k])) < 2], dtype=np.int64)


def _leave_some_to_train(fold: np.ndarray, counts: np.ndarray, k: int) -> None:
    """Where all groups of class k lie in one fold, let the smallest of them always train."""
    members = np.flatnonzero(counts[:, k])
    if len(members) and len(np.unique(fold[members])) == 1 and fold[members[0]] >= 0:
        fold[members[np.argmin(counts[members].sum(1))]] = -1
