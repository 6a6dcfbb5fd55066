"""A Bayesian learning curve: which curves error = floor + (error now - floor) * x ** -c the answers so far allow.

x is a number of labels as a multiple of those at hand. The three parameters lie on a grid, so the posterior is exact up
to its steps and needs no optimiser that few labels could lead astray. Error is 1 - F1, of a class or the mean of all.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

SMALL = (0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075)
NOW = np.concatenate([SMALL, np.arange(0.01, 0.1, 0.005), np.arange(0.1, 0.98, 0.0125)])
FLOOR = {0.0: 2.0, 0.25: 1.5, 0.5: 1.0, 0.75: 0.7, 1.0: 0.3}  # as a share of the error now: prior weight
EXPONENT = {0.25: 2.0, 0.5: 3.0, 0.75: 2.0, 1.0: 1.0, 1.5: 0.5}  # c: prior weight
# How these and the doubts were chosen: docs/measurements.md.
PRIOR = (0.5, 0.7)  # Beta, of the error now
PER_LOG = 0.15  # of the log odds, between curve and truth, for each unit of log x
SAMPLES = 2_000
TINY = 1e-5


@dataclass(frozen=True)
class Seen:
    """F1 measured with x times the labels at hand, worth `trials` independent answers, counted with `weight`.

    Weights below 1 allow for the same labels judging at several x.
    """

    x: float
    f1: float
    trials: float
    weight: float


@dataclass(frozen=True)
class Doubt:
    """What no curve explains, as deviations of the log odds: `always`, and `draw` over the root of the labels a class.

    `draw` is for the luck of which labels were drawn.
    """

    always: float
    draw: float


@dataclass(frozen=True)
class CurvePosterior:
    """Curves drawn in proportion to their probability: error now, floor's share of it, exponent, each (SAMPLES,)."""

    now: np.ndarray
    floor: np.ndarray
    exponent: np.ndarray
    _noise: np.ndarray

    @classmethod
    def of(cls, seen: list[Seen], *, seed: int = 0) -> CurvePosterior:
        """Weigh all curves of the grid by how well they explain what was seen, as shares of independent answers."""
        now, floor, exponent, log_prior = _grid()
        log_weight = log_prior.copy()
        for point in seen:
            error = _error(now, floor, exponent, point.x)
            likelihood = point.f1 * np.log1p(-error) + (1 - point.f1) * np.log(error)
            log_weight += point.weight * point.trials * likelihood
        weight = np.exp(log_weight - log_weight.max())
        rng = np.random.default_rng(seed)
        drawn = rng.choice(len(weight), SAMPLES, p=weight / weight.sum())
        return cls(now[drawn], floor[drawn], exponent[drawn], rng.standard_normal(SAMPLES))

    def f1(
        self, x: float, doubt: Doubt, *, labels_a_class: float, trials: float | None = None, seed: int = 0
    ) -> np.ndarray:
        """F1 (SAMPLES,) that one draw of x times the labels at hand may have, in no order.

        Args:
            doubt: of a class or of the mean.
            labels_a_class: at hand, of the class or on average.
            trials: how many independent answers it will be measured by; None: so many that chance plays no part.
        """
        error = _error(self.now, self.floor, self.exponent, x)
        spread = np.hypot(doubt.always + PER_LOG * np.log(x), doubt.draw / np.sqrt(labels_a_class))
        odds = np.log(error / (1 - error)) + spread * self._noise
        f1 = 1 / (1 + np.exp(odds))
        if trials is None:
            return f1
        whole = max(1, round(trials))
        return np.random.default_rng(seed).binomial(whole, f1) / whole


def _error(now: np.ndarray, floor: np.ndarray, exponent: np.ndarray, x: float) -> np.ndarray:
    return np.clip(now * (floor + (1 - floor) * x**-exponent), TINY, 1 - TINY)


@cache
def _grid() -> tuple[np.ndarray, ...]:
    """Error now, floor, exponent and log prior of every curve, each (G,)."""
    axes = NOW, np.array(list(FLOOR)), np.array(list(EXPONENT))
    now, floor, exponent = (axis.ravel() for axis in np.meshgrid(*axes, indexing="ij"))
    level = np.log(np.gradient(NOW)) + (PRIOR[0] - 1) * np.log(NOW) + (PRIOR[1] - 1) * np.log1p(-NOW)
    parts = np.meshgrid(level, np.log(list(FLOOR.values())), np.log(list(EXPONENT.values())), indexing="ij")
    return now, floor, exponent, sum(parts).ravel()
