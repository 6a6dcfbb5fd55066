"""Which class is the plain surface: the one whose images hold nothing unusual."""

from __future__ import annotations

import numpy as np

LEAST_SEPARATION = 0.75  # share of pairs (other class, background) in which the other image is the more unusual one
LEAST_SHARE = 0.1  # of the labels: suggestions lead to defects, so the commonest class may have few of them


def background_class(labels: np.ndarray, unusual: np.ndarray, classes: int) -> int | None:
    """The class of defect-free images among the labels (n,), or None where there is none.

    Args:
        unusual: how unusual the most unusual place of each image is (n,).
    """
    counts = np.bincount(labels, minlength=classes)
    means = np.array([unusual[labels == k].mean() if counts[k] else np.inf for k in range(classes)])
    calmest = int(means.argmin())
    if counts[calmest] < max(2, LEAST_SHARE * len(labels)) or counts[calmest] == len(labels):
        return None
    return calmest if separation(unusual[labels != calmest], unusual[labels == calmest]) >= LEAST_SEPARATION else None


def separation(higher: np.ndarray, lower: np.ndarray) -> float:
    """Share of pairs in which the value of `higher` (n,) exceeds that of `lower` (m,), ties counting half (AUROC)."""
    ordered = np.sort(lower)
    below, up_to = np.searchsorted(ordered, higher, "left"), np.searchsorted(ordered, higher, "right")
    return float((below + up_to).mean() / 2 / len(ordered))
