"""Random fields that surfaces and defects are made of. Lengths are in pixels; y is the rolling direction.

A `size` is the side of a square, or height and width.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

REFERENCE_PX = 200  # lengths are given for pictures of this side and scaled for others

# A smooth field is drawn on a coarse grid, this many cells to a standard deviation, and enlarged: it looks the same
# and costs a fraction.
CELLS_PER_SIGMA = 1.5

Size = int | tuple[int, int]


def noise(rng: np.random.Generator, size: Size, sigma_y: float, sigma_x: float) -> np.ndarray:
    """Gaussian noise smoothed over `sigma_y` and `sigma_x`: (height, width) float32 of mean 0 and deviation 1."""
    height, width = _height_width(size)
    step_y, step_x = max(sigma_y / CELLS_PER_SIGMA, 1.0), max(sigma_x / CELLS_PER_SIGMA, 1.0)
    rows, columns = math.ceil(height / step_y) + 2, math.ceil(width / step_x) + 2
    field = rng.standard_normal((rows, columns), dtype=np.float32)
    field = blurred(field, sigma_y / step_y, sigma_x / step_x)
    field = cv2.resize(field, (math.ceil(columns * step_x), math.ceil(rows * step_y)), interpolation=cv2.INTER_CUBIC)
    return standardised(field[:height, :width])


def turned_noise(rng: np.random.Generator, size: Size, along: float, across: float, degrees: float) -> np.ndarray:
    """Like `noise`, with the direction of `along` turned by `degrees` from the rolling direction."""
    height, width = _height_width(size)
    large = math.ceil(math.hypot(height, width))
    turn = cv2.getRotationMatrix2D((large / 2, large / 2), degrees, 1.0)
    turn[:, 2] -= ((large - width) / 2, (large - height) / 2)
    field = cv2.warpAffine(noise(rng, large, along, across), turn, (width, height), borderMode=cv2.BORDER_REFLECT)
    return standardised(field)


def profile(rng: np.random.Generator, length: int, sigma: float) -> np.ndarray:
    """A smooth random line: (length,) float32 of mean 0 and deviation 1."""
    return noise(rng, length, length * 2.0, sigma)[length // 2]


def blurred(field: np.ndarray, sigma_y: float, sigma_x: float) -> np.ndarray:
    """Gaussian blur; a deviation below a fifth of a pixel changes nothing."""
    if max(sigma_y, sigma_x) < 0.2:
        return field
    return cv2.GaussianBlur(field, (0, 0), sigmaX=max(sigma_x, 1e-3), sigmaY=max(sigma_y, 1e-3))


def shifted(field: np.ndarray, *, right: float = 0.0, down: float = 0.0) -> np.ndarray:
    """The field moved by so many pixels; what comes in over the edge continues the edge."""
    move = np.array([[1, 0, right], [0, 1, down]], np.float32)
    return cv2.warpAffine(field, move, field.shape[::-1], borderMode=cv2.BORDER_REPLICATE)


def standardised(field: np.ndarray) -> np.ndarray:
    """The field shifted and scaled to mean 0 and deviation 1."""
    return (field - field.mean()) / max(float(field.std()), 1e-6)


def soft_step(field: np.ndarray, width: float) -> np.ndarray:
    """From 0 to 1 where `field` rises through 0, over about `width` of its values."""
    return 1.0 / (1.0 + np.exp(np.clip(field / -width, -30.0, 30.0)))


def ragged(rng: np.random.Generator, mask: np.ndarray, reach: float, grain: float) -> np.ndarray:
    """`mask` with its outlines displaced at random by about `reach`, in bends of about `grain` pixels."""
    size = mask.shape[:2]
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
    return cv2.remap(
        mask,
        x + reach * noise(rng, size, grain, grain),
        y + reach * noise(rng, size, grain, grain),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT,
    )


def log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """A number from `low` to `high`, small and large ones alike by their ratio."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _height_width(size: Size) -> tuple[int, int]:
    return (size, size) if isinstance(size, int) else size
