"""The five small defects. Each function draws one specimen on a patch of its own, to be laid on a surface.

Lengths are in pixels of the picture, whatever its size; `room` is the number of pixels that the specimen should
cover at least and at most, so that it stays a small but visible share of a small and of a large picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from inspector.samples.fields import blurred, noise, profile, ragged, shifted, soft_step

SUBPIXEL_BITS = 4  # OpenCV draws with fixed-point coordinates: sixteenths of a pixel
PATCH_PX = 161
INK = 255  # OpenCV draws smooth edges on uint8 alone, so shapes are drawn in 0 to 255 and then divided


@dataclass(frozen=True)
class Defect:
    """One specimen.

    Args:
        relief: how much darker (-) or brighter (+) the surface gets, (height, width) float32 with a peak of about 1.
        cover: how much of the surface's texture is hidden, 0 to 1, the same shape.
        shadow: how much of the peak's strength is taken from the light, 0 to 1, the same shape; None casts none.
    """

    relief: np.ndarray
    cover: np.ndarray
    shadow: np.ndarray | None = None


@dataclass(frozen=True)
class Room:
    """How many pixels a specimen should cover."""

    least: float
    most: float


def draw_pore(rng: np.random.Generator, room: Room) -> Defect:
    """A round dark pit with a soft bright rim."""
    smallest = np.clip(np.sqrt(room.least) * 0.75, 6, 14)
    radius = rng.uniform(smallest, 16) / 2
    y, x = _grid(48)
    squeeze, angle = rng.uniform(0.8, 1.0), rng.uniform(0, np.pi)
    across = np.cos(angle) * x + np.sin(angle) * y
    along = (np.cos(angle) * y - np.sin(angle) * x) / squeeze
    distance = np.hypot(across, along) + 0.06 * radius * noise(rng, x.shape, 3, 3)
    pit = soft_step(radius - distance, rng.uniform(0.5, 1.0))
    rim = np.exp(-0.5 * ((distance - radius - 1.6) / rng.uniform(1.0, 1.6)) ** 2)
    return Defect(relief=rng.uniform(0.25, 0.55) * rim * (1 - pit) - pit, cover=0.7 * pit)


def draw_crack(rng: np.random.Generator, room: Room) -> Defect:
    """A thin jagged dark line, sometimes branched, thinner towards its ends."""
    shortest, longest = np.clip([room.least / 5, room.most / 6], [40, 60], [80, 140])
    path = _jagged(rng, length=rng.uniform(shortest, longest), heading=rng.uniform(0, 2 * np.pi))
    path -= (path.min(axis=0) + path.max(axis=0)) / 2
    thickness = rng.uniform(1.2, 2.2)
    canvas = np.zeros((PATCH_PX, PATCH_PX), np.uint8)
    _draw_tapered(canvas, path, thickness)
    if rng.random() < 0.4:
        fork = int(rng.integers(len(path) // 4, 3 * len(path) // 4))
        ahead = path[fork + 1] - path[fork]
        heading = np.arctan2(ahead[1], ahead[0]) + rng.choice([-1, 1]) * rng.uniform(0.5, 1.1)
        branch = _jagged(rng, length=rng.uniform(0.2, 0.4) * shortest, heading=heading)
        _draw_tapered(canvas, branch - branch[0] + path[fork], 0.8 * thickness)
    line = blurred(canvas.astype(np.float32) / INK, 0.5, 0.5)
    return Defect(relief=-line / line.max(), cover=np.zeros_like(line))


def draw_fray(rng: np.random.Generator, room: Room) -> Defect:
    """A bundle of short ragged fibres, bright and dark, that stand off a common root."""
    shortest = np.clip(np.sqrt(room.least) * 1.1, 20, 40)
    length, heading = rng.uniform(shortest, 50), rng.uniform(0, 2 * np.pi)
    root = np.array([np.cos(heading), np.sin(heading)])
    bright, dark = (np.zeros((PATCH_PX, PATCH_PX), np.uint8) for _ in range(2))
    lean = heading + rng.choice([-1, 1]) * rng.uniform(0.5, 1.4)
    for number in range(int(length * rng.uniform(0.4, 0.7))):
        start = root * rng.uniform(-0.5, 0.5) * length + rng.normal(0, 1.5, 2)
        steps = np.arange(7)[:, None] / 6 * rng.uniform(5, 15)
        bend = lean + rng.normal(0, 0.45) + rng.normal(0, 0.1) * np.arange(7)[:, None]
        fibre = start + steps * np.concatenate([np.cos(bend), np.sin(bend)], axis=1)
        canvas = bright if number % 2 else dark
        cv2.polylines(canvas, [_fixed(fibre)], False, INK * rng.uniform(0.5, 1), 1, cv2.LINE_AA, SUBPIXEL_BITS)
    relief = (bright.astype(np.float32) - dark) / INK
    relief = blurred(ragged(rng, relief, reach=0.6, grain=1.5), 0.4, 0.4)
    strength = np.abs(relief)
    relief = np.clip(relief / np.quantile(strength[strength > 0.05], 0.9), -1.2, 1.2)
    return Defect(relief=relief, cover=np.minimum(0.6 * np.abs(relief), 1))


def draw_edge_break(rng: np.random.Generator, room: Room) -> Defect:
    """A bite out of the upper edge with an irregular outline; it shows the support behind the surface."""
    width = rng.uniform(22, np.clip(np.sqrt(room.most) * 1.6, 30, 80))
    depth = np.clip(width * rng.uniform(0.3, 0.6), max(8, room.least / width), room.most / width)
    x = np.arange(PATCH_PX, dtype=np.float32) - PATCH_PX // 2
    bite = np.clip(1 - np.abs(2 * x / width) ** rng.uniform(1.5, 4), 0, None) ** 0.5
    floor = depth * bite * (1 + 0.25 * profile(rng, PATCH_PX, rng.uniform(3, 7))) - 1.5 * (bite == 0)
    floor += np.where(bite > 0, 0.8 * profile(rng, PATCH_PX, 1.0), 0)
    y = np.arange(PATCH_PX // 2, dtype=np.float32)[:, None]
    gone = soft_step(floor[None, :] - y - 0.5, 0.35)
    lip = rng.uniform(0.0, 0.5) * np.exp(-0.5 * ((y - floor[None, :] - 1.5) / 1.2) ** 2) * (bite > 0)
    sign = rng.choice([-1.0, 1.0], p=[0.65, 0.35])
    return Defect(relief=sign * (gone - lip * (1 - gone)), cover=gone)


def draw_foreign_particle(rng: np.random.Generator, room: Room) -> Defect:
    """An angular grain with two facets, bright or dark, whose edge shines towards the light; it casts a shadow."""
    smallest = np.clip(np.sqrt(room.least) * 0.75, 8, 16)
    radius = rng.uniform(smallest, 20) / 2
    corners = int(rng.integers(4, 7))
    angles = (np.arange(corners) + rng.uniform(-0.3, 0.3, corners)) * 2 * np.pi / corners + rng.uniform(0, 2 * np.pi)
    directions = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    outline = radius * rng.uniform(0.7, 1.15, (corners, 1)) * directions
    grain = _filled(outline)
    ridge = rng.uniform(-0.25, 0.25, (1, 2)) * radius
    facet = _filled(np.concatenate([outline[: corners // 2 + 1], ridge]))
    from_light = directions[0]
    shine = grain * (1 - _moved(grain, from_light * 1.5))
    shadow = blurred(_moved(grain, from_light * rng.uniform(2.5, 4.5)), 0.8, 0.8) * (1 - grain)
    body = rng.choice([-1.0, 1.0]) * grain * (1 - rng.uniform(0.3, 0.55) * facet)
    return Defect(
        relief=body + np.where(body < 0, 1.3, 0.3) * shine, cover=grain, shadow=rng.uniform(0.4, 0.6) * shadow
    )


def _moved(values: np.ndarray, by: np.ndarray) -> np.ndarray:
    """The field moved by a vector (xy)."""
    return shifted(values, right=float(by[0]), down=float(by[1]))


def _grid(side: int) -> tuple[np.ndarray, np.ndarray]:
    y, x = np.mgrid[:side, :side].astype(np.float32)
    return y - side / 2, x - side / 2


def _jagged(rng: np.random.Generator, *, length: float, heading: float) -> np.ndarray:
    """A line that wanders and kinks: (points, xy)."""
    strides = rng.uniform(2.0, 6.0, max(int(length / 4), 4))
    wander = np.cumsum(rng.normal(0, 0.12, len(strides)))
    turns = heading + wander + rng.normal(0, 0.6, len(strides))
    steps = strides[:, None] * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    return np.cumsum(steps, axis=0)


def _draw_tapered(canvas: np.ndarray, path: np.ndarray, thickness: float) -> None:
    """Draw `path` (points, xy), whose origin is the centre of `canvas`, with an ink that fades at both ends."""
    for number, (start, end) in enumerate(pairwise(path)):
        to_end = min(number + 1, len(path) - 1 - number) / len(path)
        ink = INK * min(thickness / 2, 1.0) * min(0.45 + 3 * to_end, 1.0)
        segment = _fixed(np.stack([start, end]))
        layer = np.zeros_like(canvas)
        cv2.polylines(layer, [segment], False, ink, max(round(thickness), 1), cv2.LINE_AA, SUBPIXEL_BITS)
        np.maximum(canvas, layer, out=canvas)


def _filled(outline: np.ndarray) -> np.ndarray:
    """A polygon (points, xy) about the centre of a patch: float32 of 0 to 1."""
    canvas = np.zeros((PATCH_PX, PATCH_PX), np.uint8)
    cv2.fillPoly(canvas, [_fixed(outline)], INK, cv2.LINE_AA, SUBPIXEL_BITS)
    return canvas.astype(np.float32) / INK


def _fixed(points: np.ndarray) -> np.ndarray:
    """Points about the centre of a patch in OpenCV's fixed-point coordinates."""
    return np.rint((points + PATCH_PX // 2) * 2**SUBPIXEL_BITS).astype(np.int32)
