"""Fewer labels where there are more than can be looked at: drawn at random, but no class is lost."""

from __future__ import annotations

import numpy as np

KEPT_OF_EACH = 2  # labels: one to learn from and one to judge by


def thinned(labels: np.ndarray, most: int, rng: np.random.Generator) -> np.ndarray:
    """Indices (m,) of at most `most` of labels (n,), drawn at random.

    KEPT_OF_EACH of every class come before all others: among thousands of labels of one class a plain draw misses a
    class that has three.
    """
    order = rng.permutation(len(labels))
    by_class = np.argsort(labels[order], kind="stable")
    ordered = labels[order][by_class]
    place = np.empty(len(labels), dtype=np.int64)  # of each among those of its class
    place[by_class] = np.arange(len(labels)) - np.searchsorted(ordered, ordered)
    return order[np.argsort(place >= KEPT_OF_EACH, kind="stable")][:most]
