"""The descent of t-SNE, in steps between which a caller may stop, show or go on.

scikit-learn takes no fewer than 100 steps a call, which of 20,000 images last a minute on a busy machine. So only its
gradient (Barnes-Hut) and its affinities are called, and the loop around them is here. n images.
"""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
import scipy.sparse as sp

SMALLEST_GAIN = 0.01
GAIN_MORE, GAIN_LESS = 0.2, 0.8  # of a coordinate that goes on in its direction, and of one that turns back


def affinities(distances: sp.csr_matrix, perplexity: float) -> sp.csr_matrix:
    """How near images are, as a probability of each pair: sparse (n, n), from distances to each one's nearest.

    Every row holds as many others, and the image itself first.
    """
    from sklearn.manifold._t_sne import _joint_probabilities_nn

    n = distances.shape[0]
    others = distances.data.reshape(n, -1)[:, 1:], distances.indices.reshape(n, -1)[:, 1:]
    squares, columns = np.square(others[0]).ravel(), others[1].ravel()
    ends = np.arange(0, columns.size + 1, columns.size // n)
    return _joint_probabilities_nn(sp.csr_matrix((squares, columns, ends), shape=(n, n)), perplexity, 0)


def descend(
    affinity: sp.csr_matrix, points: np.ndarray, *, steps: int, momentum: float, rate: float
) -> Generator[None, None, np.ndarray]:
    """Move points (n, 2) down the divergence of the map from the affinities; yields after each step, returns them.

    One thread: a second OpenMP pool beside that of training makes both collapse.
    """
    from sklearn.manifold._t_sne import _kl_divergence_bh

    placed = points.astype(np.float32).ravel()
    update, gains = np.zeros_like(placed), np.ones_like(placed)
    for _ in range(steps):
        _, gradient = _kl_divergence_bh(placed, affinity, 1, len(points), 2, compute_error=False, num_threads=1)
        goes_on = update * gradient < 0
        gains = np.maximum(np.where(goes_on, gains + GAIN_MORE, gains * GAIN_LESS), SMALLEST_GAIN)
        update = momentum * update - rate * gains * gradient
        placed += update
        yield
    return placed.reshape(-1, 2)
