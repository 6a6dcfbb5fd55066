"""Near-duplicates: images that show the same piece of surface, such as a copy saved again, or two overlapping shots.

Pairs that are near by hash or by spectrum are laid over each other by an affine map and must then agree point by point:
two images of one texture agree in their statistics, a copy agrees in its places. N images; hashes and
spectra of all pairs are compared a block of rows at a time, and at most MOST_CANDIDATES of each image are aligned, so
that memory grows with N and time nearly so: under a second for 1,800 images, three minutes for 20,000 on one core.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable

import cv2
import numpy as np

from models.events import Progress
from models.features.image_signatures import SIDE_PX, Signatures

MAX_HASH_DISTANCE = 12  # of 63 bits; two images differ in 32 by chance
MIN_COSINE = 0.6  # of whitened spectra; a crop of 95 % keeps 0.65 or more
MIN_CORRELATION = 0.93  # after alignment; on NEU nearly all copies have 0.96 or more, other images 0.92 at most
MIN_ROUGH_CORRELATION = 0.5  # of the pictures at half their size, which tells most others apart in less time
MAX_CHANGE = 0.15  # of size and shape: how far the affine map may be from leaving them as they are
MAX_SHIFT = 0.25  # of a side
MOST_CANDIDATES = 4  # an image, the nearest ones: in a long series of copies each need not meet all others

_PRIOR_IMAGES = 32  # that the spread of spectra is told from before any image is seen: it makes few images safe
_BLOCK = 256  # rows of pairs held at a time
_PRECISION = 1e-4  # of the correlation, at which the alignment ends
_SMOOTHING_PX = 3  # of the alignment, odd
_MARGIN_PX = 4  # at the edges, where a shifted copy has another surface beside it, nothing is compared


def pairs_within(signatures: Signatures) -> Generator[Progress, None, list[tuple[int, int]]]:
    """Returns the near-duplicates among N images: (i, j) with i < j."""
    return (yield from _confirmed(signatures, signatures, is_same=True))


def pairs_between(signatures: Signatures, others: Signatures) -> Generator[Progress, None, list[tuple[int, int]]]:
    """Returns the near-duplicates of N images among M others: (i, j) with i < N and j < M."""
    return (yield from _confirmed(signatures, others, is_same=False))


def is_near_duplicate(first: np.ndarray, second: np.ndarray) -> bool:
    """Whether two pictures of local contrast (SIDE_PX, SIDE_PX) uint8 show the same piece of surface.

    The map that lays one over the other maximises their enhanced correlation coefficient: Evangelidis and Psarakis,
    "Parametric image alignment using enhanced correlation coefficient maximization", PAMI 2008.
    """
    unmoved = np.eye(2, 3, dtype=np.float32)
    rough, start = _aligned(_halved(first), _halved(second), unmoved.copy(), iterations=25)
    if rough < MIN_ROUGH_CORRELATION:
        return False
    start[:, 2] *= 2
    # The rough map reaches large shifts; where there is none it may lead astray.
    return any(_agrees(*_aligned(first, second, affine, iterations=50)) for affine in (unmoved, start))


def _agrees(correlation: float, affine: np.ndarray) -> bool:
    """Whether the pictures are alike after a map (2, 3) that leaves most of them where it was."""
    changes_little = np.abs(affine[:, :2] - np.eye(2)).max() <= MAX_CHANGE
    # The shift of the middle: that of the corner grows with every change of size.
    middle = np.array([SIDE_PX / 2, SIDE_PX / 2])
    shift_px = np.abs(affine[:, :2] @ middle + affine[:, 2] - middle).max()
    return bool(correlation >= MIN_CORRELATION and changes_little and shift_px <= MAX_SHIFT * SIDE_PX)


def _halved(picture: np.ndarray) -> np.ndarray:
    return cv2.resize(picture, (SIDE_PX // 2, SIDE_PX // 2), interpolation=cv2.INTER_AREA)


def _aligned(first: np.ndarray, second: np.ndarray, start: np.ndarray, *, iterations: int) -> tuple[float, np.ndarray]:
    """Correlation and affine map (2, 3) after alignment from `start`; -1 where nothing in the two agrees."""
    margin = _MARGIN_PX * len(first) // SIDE_PX
    inner = np.zeros_like(first)
    inner[margin:-margin, margin:-margin] = 1
    criteria = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, iterations, _PRECISION)
    try:
        return cv2.findTransformECC(first, second, start, cv2.MOTION_AFFINE, criteria, inner, _SMOOTHING_PX)
    except cv2.error:  # the alignment did not converge
        return -1.0, start


def _confirmed(
    signatures: Signatures, others: Signatures, *, is_same: bool
) -> Generator[Progress, None, list[tuple[int, int]]]:
    pairs: list[tuple[int, int]] = []
    if not len(signatures) or not len(others):
        return pairs
    unit, other_unit = _whitened(signatures, others)
    shows, other_shows = ~signatures.flat(), ~others.flat()
    for start in range(0, len(signatures), _BLOCK):
        rows = slice(start, start + _BLOCK)
        cosines = unit[rows] @ other_unit.T
        distances = np.bitwise_count(signatures.hashes[rows, None] ^ others.hashes)
        is_candidate = (cosines >= MIN_COSINE) | (distances <= MAX_HASH_DISTANCE)
        is_candidate &= shows[rows, None] & other_shows
        if is_same:
            is_candidate &= np.arange(len(others)) > np.arange(len(signatures))[rows, None]
        for i, j in _nearest(is_candidate, cosines):
            if is_near_duplicate(signatures.pictures[start + i], others.pictures[j]):
                pairs.append((start + i, j))
        yield Progress("near-duplicates", min(start + _BLOCK, len(signatures)), len(signatures))
    return pairs


def _nearest(is_candidate: np.ndarray, cosines: np.ndarray) -> Iterable[tuple[int, int]]:
    """The candidates of each row, at most MOST_CANDIDATES of them."""
    for row in np.flatnonzero(is_candidate.any(1)).tolist():
        columns = np.flatnonzero(is_candidate[row])
        order = np.argsort(-cosines[row, columns], kind="stable")[:MOST_CANDIDATES]
        for column in columns[order].tolist():
            yield row, column


def _whitened(signatures: Signatures, others: Signatures) -> tuple[np.ndarray, np.ndarray]:
    """The spectra of both at unit length, after taking off what most images share."""
    spectra = np.concatenate([signatures.spectra, others.spectra]).astype(np.float64)
    weight = len(spectra) + _PRIOR_IMAGES
    mean = spectra.sum(0) / weight
    variance = (((spectra - mean) ** 2).sum(0) + _PRIOR_IMAGES * spectra.var()) / weight
    white = (spectra - mean) / np.sqrt(variance + 1e-6)
    unit = (white / np.maximum(np.linalg.norm(white, axis=1, keepdims=True), 1e-6)).astype(np.float32)
    return unit[: len(signatures)], unit[len(signatures) :]
