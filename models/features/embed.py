"""The map: embeddings in two dimensions, at once or in slices between which a caller may stop, show or go on.

n images, D features.
"""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
import scipy.sparse as sp
import torch

from models.events import Progress
from models.features.map_descent import affinities, descend

PERPLEXITY = 30.0
SPREAD = 1e-4  # t-SNE wants a start of this deviation (Kobak and Berens, 2019)
EXAGGERATION = 12.0
EXAGGERATED_SLICES, OTHER_SLICES = 3, 5  # of a fresh map; more gained nothing over one run of 1,000 steps
MOVING_SLICES = 2  # from an earlier map
SLICE = 100  # steps
LATER_RATE = 2.5  # a slice has half the momentum that such steps have in one long run
MIN_IMAGES = 4
BLOCK = 1_024


def tsne_map(vectors: np.ndarray, *, start: np.ndarray | None = None, seed: int = 0) -> np.ndarray:
    """t-SNE (van der Maaten and Hinton, 2008) of vectors (n, D): points (n, 2).

    Args:
        start: an earlier map (n, 2) of the same images to move on from; by default their two main axes.

    Raises:
        ValueError: fewer than 4 images, or a start of another shape.
    """
    from sklearn.manifold import TSNE

    _check(vectors, start)
    scaled = _spread_out(_main_axes(vectors, seed) if start is None else start)
    return TSNE(init=scaled, perplexity=_perplexity(len(vectors)), random_state=seed).fit_transform(vectors)


def tsne_steps(
    vectors: np.ndarray, *, start: np.ndarray | None = None, seed: int = 0, slices: int | None = None
) -> Generator[Progress | np.ndarray, None, None]:
    """The same in slices of 100 steps: the points (n, 2) after each, and how far it is between them.

    Args:
        start: an earlier map (n, 2) to move on from as it is, so that points move rather than jump; in rows of NaN
            (new images) neighbours decide where to begin. By default a fresh map is made.
        slices: how many, if not as many as are usual for a fresh map, or for one that moves on.

    Raises:
        ValueError: fewer than 4 images, or a start of another shape.
    """
    _check(vectors, start)
    distances = yield from _neighbour_distances(vectors)
    is_fresh = start is None or not np.isfinite(start).all(1).any()
    slices = slices or (EXAGGERATED_SLICES + OTHER_SLICES if is_fresh else MOVING_SLICES)
    yield Progress("map", 0, slices * SLICE, "steps")
    points = _spread_out(_main_axes(vectors, seed)) if is_fresh else _placed(start, distances)
    affinity = affinities(distances, _perplexity(len(points)))
    for index in range(slices):
        steps = _slice(affinity, points, is_exaggerated=is_fresh and index < EXAGGERATED_SLICES)
        points = yield from _counted(steps, done=index * SLICE, total=slices * SLICE)
        yield points


def aligned(points: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Points (n, 2) turned, mirrored, scaled and shifted as a whole to lie nearest to `reference` (n, 2).

    Rows of NaN in the reference have no say; with fewer than two others the points stay as they are.
    """
    known = np.isfinite(reference).all(1)
    if np.count_nonzero(known) < 2:
        return points
    here, there = points[known].mean(0), reference[known].mean(0)
    from_points, to_points = points[known] - here, reference[known] - there
    left, stretch, right = np.linalg.svd(from_points.T @ to_points)
    scale = stretch.sum() / max(float(np.square(from_points).sum()), 1e-12)
    return ((points - here) @ (left @ right) * scale + there).astype(points.dtype)


def _check(vectors: np.ndarray, start: np.ndarray | None) -> None:
    if len(vectors) < MIN_IMAGES:
        raise ValueError(f"a map needs at least {MIN_IMAGES} images, not {len(vectors)}")
    if start is not None and start.shape != (len(vectors), 2):
        raise ValueError(f"the start has shape {start.shape}, not ({len(vectors)}, 2)")


def _perplexity(images: int) -> float:
    return min(PERPLEXITY, (images - 1) / 3)


def _main_axes(vectors: np.ndarray, seed: int) -> np.ndarray:
    from sklearn.decomposition import PCA

    return PCA(2, random_state=seed).fit_transform(vectors)


def _spread_out(start: np.ndarray) -> np.ndarray:
    return (start / max(float(start[:, 0].std()), 1e-12) * SPREAD).astype(np.float32)


def _neighbour_distances(vectors: np.ndarray) -> Generator[Progress, None, sp.csr_matrix]:
    """Distances of each image to itself and to the nearest, as many as the perplexity looks at: sparse (n, n)."""
    count = 1 + min(len(vectors) - 1, int(3 * _perplexity(len(vectors)) + 1))
    keys = torch.from_numpy(np.ascontiguousarray(vectors, dtype=np.float32))
    squares = keys.square().sum(1)
    # Made once: where each block has its own, small results settle in the gaps that large ones leave, and 20,000 images
    # leave 0.9 GB in the process instead of 0.1.
    room = torch.empty(min(BLOCK, len(keys)), len(keys))
    indices = torch.empty(len(keys), count, dtype=torch.int64)
    distances = torch.empty(len(keys), count)
    for start in range(0, len(keys), BLOCK):
        block = keys[start : start + BLOCK]
        end = start + len(block)
        # Squared distances, but for the block's own squared lengths, which change no order.
        apart = torch.addmm(squares, block, keys.T, alpha=-2, out=room[: len(block)])
        rows = torch.arange(len(block))
        apart[rows, rows + start] = -torch.inf  # itself comes first, before copies of it
        torch.topk(apart, count, dim=1, largest=False, out=(distances[start:end], indices[start:end]))
        yield Progress("neighbours", end, len(keys))
    distances += squares[:, None]
    distances.clamp_(min=0).sqrt_()
    ends = np.arange(0, len(keys) * count + 1, count)
    return sp.csr_matrix((distances.numpy().ravel(), indices.numpy().ravel(), ends), shape=(len(keys), len(keys)))


def _placed(start: np.ndarray, distances: sp.csr_matrix) -> np.ndarray:
    """The start with its NaN rows put where their nearest known neighbours are, else into the middle."""
    points = start.astype(np.float32)
    known = np.isfinite(points).all(1)
    for row in np.flatnonzero(~known):
        near = distances.indices[distances.indptr[row] : distances.indptr[row + 1]]
        near = near[known[near]][:5]
        points[row] = np.median(points[near] if len(near) else points[known], axis=0)
    scatter = (
        np.random.default_rng(0).standard_normal(points.shape) * 1e-3 * points[known].std()
    )  # none on top of others
    points[~known] += scatter[~known].astype(np.float32)
    return points


def _counted(
    steps: Generator[None, None, np.ndarray], *, done: int, total: int
) -> Generator[Progress, None, np.ndarray]:
    """Tell how far it is after each of the steps; returns what they return."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value
        done += 1
        yield Progress("map", done, total, "steps")


def _slice(affinity: sp.csr_matrix, points: np.ndarray, *, is_exaggerated: bool) -> Generator[None, None, np.ndarray]:
    """SLICE steps of t-SNE from points (n, 2), which it returns; if exaggerated, the first half of them."""
    rate = max(len(points) / EXAGGERATION / 4, 50.0)  # scikit-learn's rule for the whole of a run
    rate = rate if is_exaggerated else LATER_RATE * rate
    early = affinity * EXAGGERATION if is_exaggerated else affinity
    points = yield from descend(early, points, steps=SLICE // 2, momentum=0.5, rate=rate)
    return (yield from descend(affinity, points, steps=SLICE // 2, momentum=0.8, rate=rate))
