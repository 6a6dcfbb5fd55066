"""The power transform that makes features bell-shaped, one exponent a number."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

Blocks = dict[str, np.ndarray]
EXPONENT_BOUNDS = (-4.0, 4.0)  # a nearly constant number would run away
GOLDEN = (math.sqrt(5) - 1) / 2
SEARCH_STEPS = 20  # narrows the bounds to 0.001
LIMIT = 10.0  # deviations; a number far outside the pool says no more than that
MAX_IMAGES = 5_000


@dataclass
class PowerTransform:
    """Yeo-Johnson transform of each number, then zero mean and unit deviation (Yeo and Johnson, 2000, eq. 2.1).

    All numbers are fitted at once, some twenty times faster than one after the other in scikit-learn; and what is
    fitted can be applied without it.
    """

    exponent: dict[str, np.ndarray] = field(default_factory=dict)  # block -> (3, D): exponent, centre, spread
    mean: dict[str, np.ndarray] = field(default_factory=dict)
    scale: dict[str, np.ndarray] = field(default_factory=dict)

    @classmethod
    def fit(cls, blocks: Blocks) -> PowerTransform:
        """Fit on the pool's blocks (N, D), on at most MAX_IMAGES of them, drawn at random but always the same.

        Every second one would be from one of two cameras whose images come by turns.
        """
        fitted = cls()
        for name, values in blocks.items():
            chosen = np.random.default_rng(0).permutation(len(values))[:MAX_IMAGES]
            rows = values[np.sort(chosen)].astype(np.float64)
            centre, spread = rows.mean(0), np.maximum(rows.std(0), 1e-9)
            standard = (rows - centre) / spread
            exponent = _likeliest_exponent(standard)
            raw = _yeo_johnson(standard, exponent)
            fitted.exponent[name] = np.stack([exponent, centre, spread]).astype(np.float32)
            fitted.mean[name] = raw.mean(0).astype(np.float32)
            fitted.scale[name] = np.maximum(raw.std(0), 1e-6).astype(np.float32)
        return fitted

    def __call__(self, blocks: Blocks) -> Blocks:
        """Transform blocks (n, D) of any images."""
        out = {}
        for name, (exponent, centre, spread) in self.exponent.items():
            with np.errstate(over="ignore"):  # images like none of the pool: beyond the limit all the same
                raw = _yeo_johnson((blocks[name] - centre) / spread, exponent)
                standard = (raw - self.mean[name]) / self.scale[name]
            out[name] = np.clip(standard, -LIMIT, LIMIT).astype(np.float32)
        return out


def _likeliest_exponent(x: np.ndarray) -> np.ndarray:
    """Maximum-likelihood exponents (D,) of numbers (n, D) by golden-section search over all columns at once."""
    log_jacobian = (np.sign(x) * np.log1p(np.abs(x))).mean(0)

    def loss(exponent: np.ndarray) -> np.ndarray:
        variance = _yeo_johnson(x, exponent).var(0)
        return 0.5 * np.log(np.maximum(variance, 1e-30)) - (exponent - 1) * log_jacobian

    low, high = (np.full(x.shape[1], bound) for bound in EXPONENT_BOUNDS)
    left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    loss_left, loss_right = loss(left), loss(right)
    for _ in range(SEARCH_STEPS):
        shrink_high = loss_left < loss_right
        low, high = np.where(shrink_high, low, left), np.where(shrink_high, right, high)
        fresh = np.where(shrink_high, high - GOLDEN * (high - low), low + GOLDEN * (high - low))
        loss_fresh = loss(fresh)
        left, right = np.where(shrink_high, fresh, right), np.where(shrink_high, left, fresh)
        loss_left, loss_right = (
            np.where(shrink_high, loss_fresh, loss_right),
            np.where(shrink_high, loss_left, loss_fresh),
        )
    return (low + high) / 2


def _yeo_johnson(x: np.ndarray, exponent: np.ndarray) -> np.ndarray:
    """Yeo and Johnson (2000), eq. 2.1, vectorised over (n, D) with exponents (D,)."""
    magnitude = np.log1p(np.abs(x))
    positive = _box_cox_of_log(magnitude, exponent)
    negative = -_box_cox_of_log(magnitude, 2 - exponent)
    return np.where(x >= 0, positive, negative)


def _box_cox_of_log(log_value: np.ndarray, exponent: np.ndarray) -> np.ndarray:
    """(exp(exponent * log_value) - 1) / exponent, and its limit log_value at exponent 0."""
    near_zero = np.abs(exponent) < 1e-6
    safe = np.where(near_zero, 1.0, exponent)
    return np.where(near_zero, log_value, np.expm1(safe * log_value) / safe)
