"""Curves as a plot keeps them: thinned to what a screen can show, and asked for their value at an x."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

MAX_POINTS = 2_000
STYLES = ("run", "compared", "reference")

Values = Sequence[float] | NDArray[np.floating]


@dataclass(frozen=True)
class Curve:
    """One line: x and y (n,), 'run', 'compared' or 'reference', and the name written beside its last point."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    style: str = "run"
    label: str = ""
    dots: bool = False

    def at(self, x: float) -> float | None:
        """The value at the finite point nearest to x; None if there is none."""
        finite = np.isfinite(self.y)
        if not finite.any():
            return None
        nearest = np.abs(self.x[finite] - x).argmin()
        return float(self.y[finite][nearest])

    def last(self) -> tuple[float, float] | None:
        """The last finite point."""
        finite = np.flatnonzero(np.isfinite(self.y))
        return (float(self.x[finite[-1]]), float(self.y[finite[-1]])) if finite.size else None


@dataclass(frozen=True)
class Band:
    """An interval around a curve: x, low and high (n,)."""

    x: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def curve(x: Values, y: Values, *, style: str = "run", label: str = "", dots: bool = False) -> Curve:
    """A thinned curve; ValueError for another style or unequal lengths."""
    if style not in STYLES:
        raise ValueError(f"style must be one of {', '.join(STYLES)}, not {style!r}")
    xs, ys = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if xs.shape != ys.shape:
        raise ValueError(f"x and y must be as long as each other, not {len(xs)} and {len(ys)}")
    kept = thinned(ys)
    return Curve(xs[kept], ys[kept], style, label, dots)


def band(x: Values, low: Values, high: Values) -> Band:
    """A thinned band, without the places where it is not known."""
    xs, lows, highs = (np.asarray(values, dtype=np.float64) for values in (x, low, high))
    known = np.flatnonzero(np.isfinite(lows) & np.isfinite(highs))
    kept = known[thinned(highs[known])]
    return Band(xs[kept], lows[kept], highs[kept])


def thinned(y: NDArray[np.float64], limit: int = MAX_POINTS) -> NDArray[np.intp]:
    """Positions of at most `limit` points that keep the line's outline: each stretch's lowest and highest point."""
    if len(y) <= limit:
        return np.arange(len(y))
    edges = np.linspace(0, len(y), limit // 2, dtype=np.intp)  # one stretch fewer: room for both ends
    kept = {0, len(y) - 1}
    for start, end in pairwise(edges):
        part = np.nan_to_num(y[start:end])
        kept.update((int(start + part.argmin()), int(start + part.argmax())))
    return np.array(sorted(kept), dtype=np.intp)


def finite_stretches(y: NDArray[np.float64]) -> list[slice]:
    """The stretches between gaps (values that are no number)."""
    finite = np.concatenate([[False], np.isfinite(y), [False]])
    edges = np.flatnonzero(finite[1:] != finite[:-1])
    return [slice(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]
