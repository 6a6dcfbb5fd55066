"""The map: embeddings in two dimensions."""

from __future__ import annotations

import numpy as np

PERPLEXITY = 30.0
SPREAD = 1e-4  # t-SNE wants a start of this deviation (Kobak and Berens, 2019)


def tsne_map(vectors: np.ndarray, *, start: np.ndarray | None = None, seed: int = 0) -> np.ndarray:
    """t-SNE (van der Maaten and Hinton, 2008) of vectors (n, D): points (n, 2).

    Args:
        start: an earlier map (n, 2) of the same images to move on from; by default their two main axes.

    Raises:
        ValueError: fewer than 4 images, or a start of another shape.
    """
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE

    if len(vectors) < 4:
        raise ValueError(f"a map needs at least 4 images, not {len(vectors)}")
    if start is None:
        start = PCA(2, random_state=seed).fit_transform(vectors)
    if start.shape != (len(vectors), 2):
        raise ValueError(f"the start has shape {start.shape}, not ({len(vectors)}, 2)")
    scaled = (start / max(float(start[:, 0].std()), 1e-12) * SPREAD).astype(np.float32)
    perplexity = min(PERPLEXITY, (len(vectors) - 1) / 3)
    return TSNE(init=scaled, perplexity=perplexity, random_state=seed).fit_transform(vectors)
