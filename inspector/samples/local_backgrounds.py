"""Surfaces that differ from image to image more than a small defect does: five finishes, their light, their exposure.

Nothing here knows a defect class. Fields are (height, width) float32; lengths are in pixels.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from inspector.samples.fields import log_uniform, noise, soft_step, standardised, turned_noise
from inspector.samples.local_harmless import draw_harmless

Size = tuple[int, int]
SIDES_PX = range(200, 601)
GREY_MEANS = (55.0, 185.0)
TEXTURE_CONTRASTS = (0.03, 0.13)  # deviation over mean: above, dark defects would drown even where they are black


def draw_background(rng: np.random.Generator) -> np.ndarray:
    """A lit surface without a defect, in grey values before the sensor: (height, width) float32, not yet clipped."""
    size = tuple(int(side) for side in rng.integers(SIDES_PX.start, SIDES_PX.stop, 2))
    draw_finish = _FINISHES[rng.integers(len(_FINISHES))]
    texture = standardised(draw_finish(rng, size))
    reflectance = 1.0 + log_uniform(rng, *TEXTURE_CONTRASTS) * np.clip(texture, -4, 4)
    scene = draw_harmless(rng, np.maximum(reflectance, 0.1)) * _draw_light(rng, size)
    return rng.uniform(*GREY_MEANS) * scene


def _ground(rng: np.random.Generator, size: Size) -> np.ndarray:
    """Fine grinding marks in one direction, some deeper than the others."""
    degrees = rng.uniform(0, 180)
    fine = turned_noise(rng, size, log_uniform(rng, 8, 60), rng.uniform(0.5, 1.3), degrees)
    coarse = turned_noise(rng, size, rng.uniform(60, 200), rng.uniform(0.8, 2.0), degrees + rng.normal(0, 2))
    return fine + rng.uniform(0.0, 0.8) * np.clip(coarse, -1, 3) + rng.uniform(0.1, 0.6) * _grain(rng, size)


def _rolled(rng: np.random.Generator, size: Size) -> np.ndarray:
    """A matte, mottled strip with faint lines along its rolling direction."""
    degrees = rng.choice([0.0, 90.0]) + rng.normal(0, 3)
    matte = turned_noise(rng, size, log_uniform(rng, 0.8, 4), log_uniform(rng, 0.6, 2), degrees)
    lines = turned_noise(rng, size, 300, rng.uniform(1, 6), degrees)
    mottled = noise(rng, size, *rng.uniform(4, 14, 2))
    return matte + rng.uniform(0.0, 0.6) * lines + rng.uniform(0.0, 0.7) * mottled


def _brushed(rng: np.random.Generator, size: Size) -> np.ndarray:
    """Long brush strokes with bright and dark bands."""
    degrees = rng.uniform(0, 180)
    strokes = turned_noise(rng, size, rng.uniform(60, 250), rng.uniform(0.6, 1.8), degrees)
    bands = turned_noise(rng, size, 400, log_uniform(rng, 5, 40), degrees)
    return strokes + rng.uniform(0.4, 1.6) * bands + rng.uniform(0.1, 0.4) * _grain(rng, size)


def _tiled(rng: np.random.Generator, size: Size) -> np.ndarray:
    """Tiles in a grid that differ a little in brightness, with seams that are seen in places."""
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
    tilt = np.deg2rad(rng.normal(0, 4))
    pitch = rng.uniform(60, 240, 2)
    across = (np.cos(tilt) * x + np.sin(tilt) * y) / pitch[0] + rng.uniform(1, 2)
    down = (np.cos(tilt) * y - np.sin(tilt) * x) / pitch[1] + rng.uniform(1, 2)
    tones = rng.standard_normal((32, 32)).astype(np.float32)
    tiles = tones[np.floor(down).astype(int) % 32, np.floor(across).astype(int) % 32]
    to_seam = np.minimum(np.abs(across - np.rint(across)) * pitch[0], np.abs(down - np.rint(down)) * pitch[1])
    seen = soft_step(noise(rng, size, 40, 40) + rng.uniform(-0.3, 1.5), 0.4)
    seams = seen * np.exp(-0.5 * (to_seam / rng.uniform(0.7, 2.2)).astype(np.float32) ** 2)
    strength = rng.choice([-1.0, 1.0], p=[0.7, 0.3]) * rng.uniform(1.5, 3.5)
    return _grain(rng, size) + rng.uniform(0.1, 0.8) * tiles + strength * seams


def _stained(rng: np.random.Generator, size: Size) -> np.ndarray:
    """A grainy surface under large stains with soft edges."""
    stain = noise(rng, size, *(log_uniform(rng, 20, 90) for _ in range(2)))
    stain = soft_step(stain - rng.uniform(-0.5, 1.0), log_uniform(rng, 0.1, 0.8))
    mottled = noise(rng, size, *rng.uniform(3, 12, 2))
    return _grain(rng, size) + rng.uniform(0.0, 0.6) * mottled + rng.choice([-1, 1]) * rng.uniform(1.0, 3.5) * stain


_FINISHES: tuple[Callable[[np.random.Generator, Size], np.ndarray], ...] = (
    _ground,
    _rolled,
    _brushed,
    _tiled,
    _stained,
)


def _grain(rng: np.random.Generator, size: Size) -> np.ndarray:
    """Grain without a direction, fine or coarse."""
    grain = log_uniform(rng, 0.5, 2.5)
    return noise(rng, size, grain, grain)


def _draw_light(rng: np.random.Generator, size: Size) -> np.ndarray:
    """How brightly each spot is lit, around 1: a slope, dim corners about an off-centre lamp, slow waves."""
    y, x = np.meshgrid(*(np.linspace(-1, 1, side, dtype=np.float32) for side in size), indexing="ij")
    angle = rng.uniform(0, 2 * np.pi)
    slope = rng.uniform(0.0, 0.3) * (np.cos(angle) * x + np.sin(angle) * y)
    lamp_x, lamp_y = rng.uniform(-0.4, 0.4, 2)
    vignette = rng.uniform(0.0, 0.22) * ((x - lamp_x) ** 2 + (y - lamp_y) ** 2)
    waves = rng.uniform(0.0, 0.08) * noise(rng, size, 120, 120)
    return np.clip(1.0 + slope - vignette + waves, 0.45, 1.35)


def photograph(rng: np.random.Generator, grey: np.ndarray, *, focus: float, noise_grey: float) -> np.ndarray:
    """`grey` through a lens of `focus` pixels blur and a sensor of `noise_grey` deviation: (height, width) uint8."""
    sharp = grey if focus < 0.2 else cv2.GaussianBlur(grey, (0, 0), focus)
    sensed = sharp + noise_grey * rng.standard_normal(grey.shape, dtype=np.float32)
    return np.clip(np.rint(sensed), 0, 255).astype(np.uint8)
