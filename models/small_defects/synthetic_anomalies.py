"""Synthetic anomalies: small, irregular changes drawn into windows of real images, to learn what a defect is like.

A family of shapes (spots, grains, cracks, fibres) with a continuum of sizes, contrasts and edges, laid on any
background. It follows the idea of CutPaste (Li et al., 2021), DRAEM (Zavrtanik et al., 2021) and natural synthetic
anomalies (Schlüter et al., 2022): a network that finds such changes finds real defects that it has never seen. The same
anomaly can be laid on two backgrounds, so that contrast between them learns the anomaly and not the background.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

SUBPIXEL_BITS = 4  # OpenCV draws with fixed-point coordinates
STROKE_STEP_PX = 4.0
SHAPES = ("spot", "grain", "crack", "fibres")
FAINTEST, STRONGEST = 1.0, 6.0  # contrast, in deviations of the surroundings
VISIBLE = 0.25  # share of the greatest change above which a pixel counts as changed
LEAST_CHANGE = 6.0  # grey levels; less is lost in a camera's noise
LEAST_DEVIATION = 2.0  # grey levels; a flat background would make every contrast vanish


@dataclass(frozen=True)
class Anomaly:
    """One anomaly, before it is laid on a background.

    Attributes:
        mask: (S, S) float32, 0 to 1, how much of the background it hides.
        shape: index in SHAPES.
        contrast: signed, in deviations of the surroundings.
        filling: 'tinted' background, content of 'another' window, or 'plain'.
        edge_px: width of its blurred edge.
        rim: (x px, y px, strength) of a rim of the opposite sign, or None.
        grain: (strength, px) of its own texture.
        scale, gain: of the other window's content.
    """

    mask: np.ndarray
    shape: int
    contrast: float
    filling: str
    edge_px: float
    rim: tuple[float, float, float] | None
    grain: tuple[float, float]
    scale: float
    gain: float

    def lay_on(
        self, window: np.ndarray, other: np.ndarray, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray] | None:
        """Lay it on a window at a random place, turned, mirrored and somewhat scaled.

        Args:
            window: (C, H, W) uint8.
            other: (C, h, w) uint8, where foreign content comes from.

        Returns:
            The changed window (C, H, W) uint8 and where it is changed (H, W) bool; None where nothing is to be seen.
        """
        height, width = window.shape[1:]
        cover = self._moved(height, width, rng)
        if cover.max() < 0.2:
            return None
        pixels = window.astype(np.float32)
        around = pixels[:, *_surroundings(cover)]
        deviation = max(float(around.std(axis=(1, 2)).mean()), LEAST_DEVIATION)
        change = float(np.clip(deviation * self.contrast * np.exp(rng.uniform(-0.35, 0.35)), -200, 200))
        soft = cv2.GaussianBlur(cover, (0, 0), self.edge_px) if self.edge_px > 0.3 else cover
        soft /= soft.max()
        content = self._content(pixels, around, other, change, deviation, rng)
        result = pixels * (1 - soft) + content * soft
        if self.rim is not None:
            right, down, strength = self.rim
            moved = cv2.warpAffine(soft, np.float32([[1, 0, right], [0, 1, down]]), (width, height))
            result -= change * strength * np.clip(cv2.GaussianBlur(moved, (0, 0), 1.0) - soft, 0, None)
        result = np.clip(np.rint(result), 0, 255)
        changes = np.abs(result - pixels).max(0)
        if changes.max() < max(LEAST_CHANGE, 0.8 * deviation):
            return None
        return result.astype(np.uint8), changes > VISIBLE * changes.max()

    def _moved(self, height: int, width: int, rng: np.random.Generator) -> np.ndarray:
        """The mask at a random place of a window, (height, width)."""
        centre = _centre(self.mask)
        turn = cv2.getRotationMatrix2D(centre, rng.uniform(0, 360), np.exp(rng.uniform(-0.2, 0.2)))
        if rng.random() < 0.5:
            turn = turn @ np.array([[-1, 0, 2 * centre[0]], [0, 1, 0], [0, 0, 1]])  # mirrored about the centre first
        turn[0, 2] += rng.uniform(0.08, 0.92) * width - centre[0]
        turn[1, 2] += rng.uniform(0.08, 0.92) * height - centre[1]
        return cv2.warpAffine(self.mask, turn, (width, height))

    def _content(
        self,
        pixels: np.ndarray,
        around: np.ndarray,
        other: np.ndarray,
        change: float,
        deviation: float,
        rng: np.random.Generator,
    ) -> np.ndarray:
        """What shows where the background is hidden, (C, H, W) float32."""
        height, width = pixels.shape[1:]
        if self.filling == "tinted":
            strength, grain_px = self.grain
            return pixels + change * (1 + strength * smooth_noise(rng, height, width, grain_px))
        if self.filling == "another":
            foreign = [_covering(plane, self.scale, height, width) for plane in other]
            return np.stack(foreign) * self.gain + 0.5 * change
        noise = rng.normal(0, 0.15 * deviation + 1, pixels.shape).astype(np.float32)
        return around.mean(axis=(1, 2), keepdims=True) + change + noise


def draw_anomaly(rng: np.random.Generator, side_px: int) -> Anomaly:
    """Draw one anomaly that fits into a square of `side_px`."""
    shape = int(rng.integers(len(SHAPES)))
    mask = _drawn(rng, side_px, SHAPES[shape])
    while mask.max() < 0.3 or np.count_nonzero(mask > 0.2) < 4:  # it lay outside
        mask = _drawn(rng, side_px, SHAPES[shape])
    sign = rng.choice([-1, 1], p=[0.6, 0.4])  # holes are dark: most defects of surfaces are
    rim = (*rng.uniform(-3, 3, 2).tolist(), rng.uniform(0.2, 0.8)) if rng.random() < 0.35 else None
    return Anomaly(
        mask=mask,
        shape=shape,
        contrast=sign * _log_uniform(rng, FAINTEST, STRONGEST),
        filling=str(rng.choice(["tinted", "another", "plain"], p=[0.7, 0.15, 0.15])),
        edge_px=rng.uniform(0, 1.6),
        rim=rim,
        grain=(rng.uniform(0, 0.5), rng.uniform(1.5, 6)),
        scale=rng.uniform(0.4, 1.5),
        gain=rng.uniform(0.6, 1.4),
    )


def smooth_noise(rng: np.random.Generator, height: int, width: int, grain_px: float) -> np.ndarray:
    """Noise of deviation about 1 in grains of `grain_px`: (height, width) float32."""
    coarse = rng.standard_normal((int(height / grain_px) + 2, int(width / grain_px) + 2)).astype(np.float32)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)


def _drawn(rng: np.random.Generator, side_px: int, shape: str) -> np.ndarray:
    """A mask (S, S) float32 of 0 to 1."""
    canvas = np.zeros((side_px, side_px), np.uint8)
    centre = rng.uniform(0.04, 0.96, 2) * side_px
    if shape == "spot":
        radius = _log_uniform(rng, 1.5, 16)
        axes = _fixed_point(np.array([radius, max(radius * rng.uniform(0.35, 1), 1)]))
        turn = rng.uniform(0, 180)
        cv2.ellipse(canvas, _fixed_point(centre), axes, turn, 0, 360, 255, -1, cv2.LINE_AA, SUBPIXEL_BITS)
    elif shape == "grain":
        cv2.fillPoly(canvas, [_fixed_point(_polygon(rng, centre))], 255, cv2.LINE_AA, SUBPIXEL_BITS)
    elif shape == "crack":
        _draw_crack(rng, canvas, centre)
    else:
        _draw_fibres(rng, canvas, centre)
    mask = canvas.astype(np.float32) / 255
    return _ragged(rng, mask) if rng.random() < 0.6 else mask


def _polygon(rng: np.random.Generator, centre: np.ndarray) -> np.ndarray:
    """Corners (n, xy) of an angular grain."""
    corners = int(rng.integers(3, 8))
    angles = np.sort(rng.uniform(0, 2 * math.pi, corners))
    radii = _log_uniform(rng, 3, 18) * rng.uniform(0.4, 1.2, corners)
    turn, flatness = rng.uniform(0, math.pi), rng.uniform(0.4, 1)
    x, y = radii * np.cos(angles), radii * np.sin(angles) * flatness
    return centre + np.stack([x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)], axis=1)


def _draw_crack(rng: np.random.Generator, canvas: np.ndarray, centre: np.ndarray) -> None:
    """One long wandering stroke, sometimes with a branch."""
    heading, roughness = rng.uniform(0, 2 * math.pi), rng.uniform(0.02, 0.6)
    length = _log_uniform(rng, 20, 120)
    path, headings = _stroke(rng, centre, heading, length * rng.uniform(0.5, 1), roughness)
    _draw_stroke(canvas, path, rng.uniform(120, 255), int(rng.integers(1, 4)))
    if rng.random() < 0.4:
        fork = int(rng.integers(len(path)))
        aslant = headings[fork] + rng.choice([-1, 1]) * rng.uniform(0.4, 1.2)
        branch, _ = _stroke(rng, path[fork], aslant, length * rng.uniform(0.3, 0.6), roughness, from_start=True)
        _draw_stroke(canvas, branch, rng.uniform(100, 255), 1)


def _draw_fibres(rng: np.random.Generator, canvas: np.ndarray, centre: np.ndarray) -> None:
    """A bundle of short strokes that run much the same way."""
    heading, spread, roughness = rng.uniform(0, 2 * math.pi), rng.uniform(0, 0.6), rng.uniform(0.02, 0.6)
    length = _log_uniform(rng, 6, 40)
    for _ in range(int(rng.integers(3, 16))):
        start = centre + rng.normal(0, length / 4, 2)
        path, _ = _stroke(rng, start, heading + rng.normal(0, spread), length * rng.uniform(0.5, 1), roughness)
        _draw_stroke(canvas, path, rng.uniform(120, 255), int(rng.integers(1, 4)))


def _stroke(
    rng: np.random.Generator,
    place: np.ndarray,
    heading: float,
    length: float,
    roughness: float,
    *,
    from_start: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Points (n, xy) of a wandering stroke through `place` or from it, and its heading at each."""
    steps = max(3, int(length / STROKE_STEP_PX))
    headings = heading + 0.6 * np.cumsum(rng.normal(0, roughness, steps)) + rng.normal(0, roughness, steps)
    path = place + STROKE_STEP_PX * np.cumsum(np.stack([np.cos(headings), np.sin(headings)], axis=1), axis=0)
    if not from_start:
        path -= STROKE_STEP_PX / 2 * steps * np.array([math.cos(heading), math.sin(heading)])
    return path, headings


def _draw_stroke(canvas: np.ndarray, path: np.ndarray, ink: float, thickness_px: int) -> None:
    cv2.polylines(canvas, [_fixed_point(path)], False, ink, thickness_px, cv2.LINE_AA, SUBPIXEL_BITS)


def _ragged(rng: np.random.Generator, mask: np.ndarray) -> np.ndarray:
    """The mask with its outline displaced at random."""
    height, width = mask.shape
    y, x = np.mgrid[:height, :width].astype(np.float32)
    reach_px, grain_px = rng.uniform(0.5, 3), rng.uniform(1.5, 6)
    moves = [reach_px * smooth_noise(rng, height, width, grain_px) for _ in range(2)]
    return cv2.remap(mask, x + moves[0], y + moves[1], cv2.INTER_LINEAR)


def _covering(plane: np.ndarray, scale: float, height: int, width: int) -> np.ndarray:
    """(h, w) scaled and mirrored until it covers (height, width), float32."""
    scaled = cv2.resize(plane, None, fx=scale, fy=scale).astype(np.float32)
    down, right = max(0, height - scaled.shape[0]), max(0, width - scaled.shape[1])
    return cv2.copyMakeBorder(scaled, 0, down, 0, right, cv2.BORDER_REFLECT_101)[:height, :width]


def _centre(mask: np.ndarray) -> tuple[float, float]:
    rows, columns = np.nonzero(mask > 0.2)
    return float(columns.mean()), float(rows.mean())


def _surroundings(cover: np.ndarray) -> tuple[slice, slice]:
    """The rectangle of what is covered, 8 px wider on each side."""
    rows, columns = np.nonzero(cover > 0.15)
    return (
        slice(max(rows.min() - 8, 0), rows.max() + 9),
        slice(max(columns.min() - 8, 0), columns.max() + 9),
    )


def _log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(math.log(low), math.log(high))))


def _fixed_point(points: np.ndarray) -> np.ndarray:
    return np.rint(points * 2**SUBPIXEL_BITS).astype(np.int32)
