"""The six defects. Each function draws one specimen as a map of how much darker (-) or brighter (+) the strip is.

Every map is (size, size) float32 with a darkest or brightest spot of about 1; how strongly it shows on the strip is
decided by whoever lays it on. Lengths are given for a picture of `REFERENCE_PX` and scaled by `unit`.
"""

from __future__ import annotations

import cv2
import numpy as np

from inspector.samples.fields import REFERENCE_PX, blurred, noise, profile, ragged, shifted, soft_step

SUBPIXEL_BITS = 4  # OpenCV draws with fixed-point coordinates: sixteenths of a pixel
THINNEST_PX = 0.8
INK = 255  # OpenCV draws smooth edges on uint8 alone, so shapes are drawn in 0 to 255 and then divided


def draw_crazing(rng: np.random.Generator, size: int) -> np.ndarray:
    """A net of fine, dark, jagged cracks, mostly across the strip, denser in some places than in others."""
    unit = size / REFERENCE_PX
    cracks, steps = int(rng.integers(160, 320)), int(rng.integers(7, 16))
    stride = rng.uniform(1.8, 3.0) * unit
    heading = rng.normal(0, 0.35, (cracks, 1)) + rng.normal(0, 0.8, (cracks, steps))
    heading += (rng.random((cracks, 1)) < 0.2) * rng.choice([-1.2, 1.2], (cracks, 1))
    starts = rng.uniform(-0.1, 1.05, (cracks, 2)) * size
    # a third of the cracks branch off another one's middle
    paths = starts[:, None] + stride * np.cumsum(np.stack([np.cos(heading), np.sin(heading)], axis=2), axis=1)
    branches = cracks // 3
    paths[:branches] += (paths[branches : 2 * branches, steps // 2] - paths[:branches, 0])[:, None]
    mask = _draw_lines(size, paths, depths=rng.uniform(0.35, 1.0, cracks), thickness=rng.uniform(0.85, 1.3) * unit)
    fade = soft_step(noise(rng, size, 30 * unit, 30 * unit) + rng.uniform(0.5, 2.0), 0.4)
    return -blurred(mask * fade, 0.5 * unit, 0.5 * unit)


def draw_inclusion(rng: np.random.Generator, size: int) -> np.ndarray:
    """Dark slivers of slag, drawn out along the rolling direction and often lined up behind each other."""
    unit = size / REFERENCE_PX
    count, lines = int(rng.integers(16, 50)), rng.uniform(0.04, 0.96, int(rng.integers(4, 10))) * size
    length = np.exp(rng.uniform(np.log(12), np.log(60))) * unit
    canvas = np.zeros((size, size), np.uint8)
    for _ in range(count):
        half = length * rng.uniform(0.4, 1.3) / 2
        width = max(half * rng.uniform(0.06, 0.17), 0.8 * unit)
        centre = (rng.choice(lines) + rng.normal(0, 4 * unit), rng.uniform(0.0, 1.0) * size)
        cv2.fillPoly(
            canvas, [_sliver(rng, centre, half, width)], INK * rng.uniform(0.5, 1.0), cv2.LINE_AA, SUBPIXEL_BITS
        )
    mask = ragged(rng, _inked(canvas), reach=0.8 * unit, grain=2.0 * unit)
    edge = rng.uniform(0.4, 1.4) * unit
    return -blurred(mask, 2 * edge, edge) * (1.0 + 0.15 * noise(rng, size, 4 * unit, 1.5 * unit))


def draw_patches(rng: np.random.Generator, size: int) -> np.ndarray:
    """Large dark fields with ragged, soft edges and a mottled inside."""
    unit = size / REFERENCE_PX
    width = rng.uniform(14, 28) * unit
    outline = noise(rng, size, width * rng.uniform(1.0, 1.8), width) + 0.12 * noise(rng, size, 2.5 * unit, 2.5 * unit)
    inside = soft_step(outline - np.quantile(outline, rng.uniform(0.6, 0.92)), rng.uniform(0.04, 0.16))
    mottled = 0.8 + 0.14 * noise(rng, size, 3 * unit, 3 * unit) + 0.1 * noise(rng, size, unit, unit)
    return -inside * np.clip(mottled, 0.3, 1.2)


def draw_pitted_surface(rng: np.random.Generator, size: int) -> np.ndarray:
    """Many small dark pits, slightly drawn out along the strip, crowded in some bands and sparse in others."""
    unit = size / REFERENCE_PX
    width = rng.uniform(0.75, 1.3) * unit
    pits = noise(rng, size, width * rng.uniform(1.0, 1.7), width)
    crowding = 0.35 * noise(rng, size, 70 * unit, 35 * unit)
    mask = soft_step(pits + crowding - rng.uniform(1.0, 1.7), 0.15)
    return -mask * np.clip(0.8 + 0.25 * noise(rng, size, 8 * unit, 8 * unit), 0.2, 1.2)


def draw_rolled_in_scale(rng: np.random.Generator, size: int) -> np.ndarray:
    """Clusters of small flakes pressed into the strip: dark, wider than long, with a bright lower rim."""
    unit = size / REFERENCE_PX
    clusters = int(rng.integers(5, 12))
    centres = rng.uniform(0.08, 0.92, (clusters, 2)) * size
    spread = rng.uniform(8, 32, (clusters, 1)) * np.array([1.2, 1.0]) * unit
    canvas = np.zeros((size, size), np.uint8)
    for cluster in rng.integers(0, clusters, int(rng.integers(50, 130))):
        centre = np.rint((centres[cluster] + rng.normal(0, spread[cluster])) * 2**SUBPIXEL_BITS).astype(int)
        axes = np.rint(rng.uniform([2.0, 0.8], [5.5, 2.2]) * unit * 2**SUBPIXEL_BITS).astype(int)
        depth, tilt = INK * rng.uniform(0.5, 1.0), rng.normal(0, 18)
        cv2.ellipse(canvas, centre, axes, tilt, 0, 360, depth, -1, cv2.LINE_AA, SUBPIXEL_BITS)
    mask = blurred(ragged(rng, _inked(canvas), reach=1.0 * unit, grain=1.5 * unit), 0.4 * unit, 0.4 * unit)
    rim = np.clip(shifted(mask, down=1.5 * unit) - mask, 0, None)
    return rng.uniform(0.35, 0.8) * rim - mask


def draw_scratches(rng: np.random.Generator, size: int) -> np.ndarray:
    """Straight scores, bright where metal lies bare, single or in bundles, along the strip, across it or aslant."""
    unit = size / REFERENCE_PX
    steps, count = 40, int(rng.integers(4, 12))
    main = rng.choice([rng.normal(0, 3), rng.normal(90, 5), rng.uniform(-50, 50)], p=[0.65, 0.15, 0.2])
    radians = np.deg2rad(main + rng.normal(0, rng.choice([0.6, 8]), count))
    direction = np.stack([np.sin(radians), np.cos(radians)], axis=1)
    centres = rng.uniform(0.1, 0.9, 2) * size + rng.normal(0, rng.choice([15, 50]) * unit, (count, 2))
    centres = np.clip(centres, 0.05 * size, 0.95 * size)
    reach = np.linspace(-1, 1, steps)[None, :, None] * (rng.uniform(0.25, 1.0, count) * size)[:, None, None]
    paths = centres[:, None] + reach * direction[:, None]
    scores = np.zeros((size, size), np.float32)
    for path in paths:
        bend = np.outer(profile(rng, steps, 12) * 0.7 * unit, np.ones(2))
        line = _draw_lines(size, (path + bend)[None], depths=np.ones(1), thickness=rng.uniform(0.9, 2.2) * unit)
        scores = np.maximum(scores, rng.uniform(0.65, 1.0) * line)
    worn = np.clip(0.8 + 0.45 * noise(rng, size, 9 * unit, 9 * unit), 0.2, 1.3)
    scores = blurred(ragged(rng, scores * worn, reach=0.4 * unit, grain=1.5 * unit), 0.4 * unit, 0.4 * unit)
    shadow = rng.uniform(0.0, 0.4) * shifted(scores, right=1.8 * unit)
    return scores - shadow


def _draw_lines(size: int, paths: np.ndarray, *, depths: np.ndarray, thickness: float) -> np.ndarray:
    """Open polylines `paths` (lines, points, xy) with an intensity each: (size, size) float32.

    OpenCV's lines are whole pixels thick; an in-between line keeps its amount of ink. In a small picture a line that
    grew thinner still would vanish, so it stays at `THINNEST_PX`.
    """
    thickness = max(thickness, THINNEST_PX)
    whole = max(round(thickness), 1)
    ink = INK * min(thickness / whole / 1.2, 1.0)
    canvas = np.zeros((size, size), np.uint8)
    points = np.rint(paths * 2**SUBPIXEL_BITS).astype(np.int32)
    for path, depth in zip(points, depths, strict=True):
        cv2.polylines(canvas, [path], False, float(depth * ink), whole, cv2.LINE_AA, SUBPIXEL_BITS)
    return _inked(canvas)


def _inked(canvas: np.ndarray) -> np.ndarray:
    """A drawing of 0 to `INK` as float32 of 0 to 1."""
    return canvas.astype(np.float32) / INK


def _sliver(rng: np.random.Generator, centre: tuple[float, float], half: float, width: float) -> np.ndarray:
    """Outline of a lens of `half` length and `width`, uneven on both sides: (points, 1, xy) int32, fixed-point."""
    t = np.linspace(-1, 1, 14)
    belly = width * np.sqrt(1 - t**2)
    left, right = belly * rng.uniform(0.5, 1.2, (2, len(t)))
    x = np.concatenate([-left, right[::-1]]) + centre[0]
    y = np.concatenate([t, t[::-1]]) * half + centre[1]
    return np.rint(np.stack([x, y], axis=1) * 2**SUBPIXEL_BITS).astype(np.int32)[:, None]
