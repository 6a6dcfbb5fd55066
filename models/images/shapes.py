"""Shapes of images, (height, width) in px: how large they are kept, how many make a batch, which window fits them."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

MIN_SIDE = 32  # px; below it nothing is left after an encoder's four halvings
MAX_WORKING_AREA = 640 * 640  # px of an image that is kept as it is
MAX_WHOLE_AREA = 256 * 256  # px of an image that is read whole by what takes images of one shape alone
WINDOW_PX = 128  # side of the windows that are cut out of images too large or too unequal to be read whole
STRAY_SHARE = 0.1  # of images that may be larger than the others without setting the window
BATCH_PIXELS = 64 * MAX_WHOLE_AREA  # of a batch of one channel; large images come in smaller batches


def shape_within(*, height: int, width: int, max_area: int) -> tuple[int, int]:
    """(height, width) scaled down, keeping the aspect, until it fits `max_area` px; smaller ones stay as they are.

    It fits with a side below `MIN_SIDE` padded to that, so that a line of pixels, however long, is bounded too.
    """
    longest = max_area // MIN_SIDE
    scale = min(1.0, math.sqrt(max_area / (height * width)), longest / max(height, width))
    return max(1, int(height * scale)), max(1, int(width * scale))


def common_shape(shapes: np.ndarray) -> tuple[int, int]:
    """The commonest of shapes (N, 2), of equally common ones the largest, scaled down to `MAX_WHOLE_AREA`.

    A side that would fall below `MIN_SIDE` stays there, whatever becomes of the aspect.
    """
    found, counts = np.unique(shapes, axis=0, return_counts=True)
    height, width = (int(side) for side in found[np.lexsort((found.prod(1), counts))[-1]])
    if height * width <= MAX_WHOLE_AREA:
        return height, width
    scale, longest = math.sqrt(MAX_WHOLE_AREA / (height * width)), MAX_WHOLE_AREA // MIN_SIDE
    return min(max(int(height * scale), MIN_SIDE), longest), min(max(int(width * scale), MIN_SIDE), longest)


def window_shape(shapes: np.ndarray) -> tuple[int, int]:
    """The window that is cut out of images of shapes (N, 2).

    Images of one shape are looked at whole, up to `MAX_WHOLE_AREA`. Others through a square of `WINDOW_PX`, or of a
    smaller one if nearly all of them are smaller.
    """
    height, width = (int(side) for side in shapes[0])
    if (shapes == shapes[0]).all() and height * width <= MAX_WHOLE_AREA:
        return height, width
    side = min(WINDOW_PX, int(np.quantile(shapes.min(1), 1 - STRAY_SHARE, method="lower")))
    return side, side


def groups_of_one_shape(
    shapes: np.ndarray, *, most_images: int, most_pixels: int = BATCH_PIXELS
) -> Iterator[np.ndarray]:
    """Cut shapes (N, 2) into batches of equal shape: indices (B,), rising within a shape, small shapes first."""
    if not len(shapes):
        return
    _, kinds = np.unique(shapes, axis=0, return_inverse=True)
    order = np.argsort(kinds.reshape(-1), kind="stable")
    for members in np.split(order, np.flatnonzero(np.diff(kinds.reshape(-1)[order])) + 1):
        size = max(1, min(most_images, most_pixels // max(1, int(shapes[members[0]].prod()))))
        yield from np.split(members, range(size, len(members), size))
