"""Where points of a map lie on the screen: which part is seen, at which scale. Plain arithmetic on arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

MARGIN_PX = 24
MIN_SCALE, MAX_SCALE = 0.2, 60.0  # beside the scale at which everything fits


@dataclass(frozen=True)
class MapFrame:
    """`centre` (x, y) of the map lies in the middle of `size` (width, height) px; `scale` is px a unit of the map."""

    centre: tuple[float, float] = (0.0, 0.0)
    scale: float = 1.0
    size: tuple[float, float] = (1.0, 1.0)

    @classmethod
    def fitting(cls, points: np.ndarray, size: tuple[float, float]) -> MapFrame:
        """The frame that shows all points (n, 2)."""
        if not len(points):
            return cls(size=size)
        low, high = points.min(0), points.max(0)
        extent = np.maximum(high - low, 1e-6)
        room = np.maximum(np.array(size) - 2 * MARGIN_PX, 1.0)
        middle = (low + high) / 2
        return cls((float(middle[0]), float(middle[1])), float((room / extent).min()), size)

    def to_screen(self, points: np.ndarray) -> np.ndarray:
        """Points (n, 2) of the map -> px (n, 2)."""
        return (points - self.centre) * self.scale + np.array(self.size) / 2

    def to_map(self, screen: np.ndarray) -> np.ndarray:
        """The opposite of `to_screen`."""
        return (np.asarray(screen, dtype=float) - np.array(self.size) / 2) / self.scale + self.centre

    def resized(self, size: tuple[float, float]) -> MapFrame:
        """The same middle in a widget of another size."""
        return replace(self, size=size)

    def panned(self, dx_px: float, dy_px: float) -> MapFrame:
        """Moved by so many px."""
        return replace(self, centre=(self.centre[0] - dx_px / self.scale, self.centre[1] - dy_px / self.scale))

    def zoomed(self, factor: float, at: tuple[float, float], fit_scale: float) -> MapFrame:
        """Closer by a factor; what is at the px `at` stays there."""
        scale = min(max(self.scale * factor, MIN_SCALE * fit_scale), MAX_SCALE * fit_scale)
        fixed = self.to_map(np.array(at))
        offset = (np.array(at) - np.array(self.size) / 2) / scale
        centre = fixed - offset
        return replace(self, scale=scale, centre=(float(centre[0]), float(centre[1])))


def inside(polygon: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Which points (n, 2) lie inside a polygon (m, 2), by the even-odd rule: (n,) bool."""
    result = np.zeros(len(points), dtype=bool)
    if len(polygon) < 3:
        return result
    low, high = polygon.min(0), polygon.max(0)
    near = np.flatnonzero(((points >= low) & (points <= high)).all(1))
    x, y = points[near, 0], points[near, 1]
    hits = np.zeros(len(near), dtype=bool)
    for (ax, ay), (bx, by) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        if ay == by:
            continue
        crosses = (ay > y) != (by > y)
        hits ^= crosses & (x < (bx - ax) * (y - ay) / (by - ay) + ax)
    result[near] = hits
    return result


def nearest(points: np.ndarray, at: tuple[float, float], within_px: float) -> int | None:
    """The row of the point (n, 2) nearest to `at`, None if none is within so many px."""
    if not len(points):
        return None
    distances = ((points - np.array(at)) ** 2).sum(1)
    best = int(distances.argmin())
    return best if distances[best] <= within_px**2 else None


def next_in_direction(points: np.ndarray, start: int, direction: tuple[int, int]) -> int:
    """The row of the nearest point that lies roughly in a direction from the point `start`; `start` if none does."""
    offset = points - points[start]
    along = offset @ np.array(direction, dtype=float)
    across = np.abs(offset @ np.array([-direction[1], direction[0]], dtype=float))
    candidates = np.flatnonzero((along > 0) & (across <= along))
    if not len(candidates):
        return start
    cost = along[candidates] + 2 * across[candidates]
    return int(candidates[cost.argmin()])
