"""A strip without a defect, how the lamps light it, and how the camera sees it.

Nothing here knows a defect class: all classes share these surfaces, lamps and cameras, so that only the defect itself
tells one from another.
"""

from __future__ import annotations

import cv2
import numpy as np

from inspector.samples.fields import REFERENCE_PX, blurred, noise, profile, standardised, turned_noise


def draw_surface(rng: np.random.Generator, size: int) -> np.ndarray:
    """Texture of a rolled strip, as relative reflectance around 0: (size, size) float32."""
    unit = size / REFERENCE_PX
    grain = rng.uniform(0.5, 0.75, 2) * unit
    matte = rng.uniform(0.6, 1.0) * noise(rng, size, *grain)
    mottled = rng.uniform(0.0, 0.25) * noise(rng, size, rng.uniform(3, 9) * unit, rng.uniform(3, 7) * unit)
    texture = matte + mottled + _brushed(rng, size) + _rolling_lines(rng, size)
    texture *= 1.0 + 0.2 * noise(rng, size, 50 * unit, 30 * unit)
    roughness = np.exp(rng.uniform(np.log(0.018), np.log(0.035)))
    return roughness * (standardised(texture) + _blemishes(rng, size))


def _brushed(rng: np.random.Generator, size: int) -> np.ndarray:
    """Fine parallel grinding or rolling marks, mostly along the strip."""
    unit = size / REFERENCE_PX
    degrees = rng.normal(0, 4) if rng.random() < 0.7 else rng.normal(75, 10)
    marks = turned_noise(rng, size, rng.uniform(5, 30) * unit, rng.uniform(0.5, 1.0) * unit, degrees)
    return rng.uniform(0.1, 0.4) * marks


def _rolling_lines(rng: np.random.Generator, size: int) -> np.ndarray:
    """Faint lines that run the whole length of the strip."""
    unit = size / REFERENCE_PX
    lines = profile(rng, size, rng.uniform(0.8, 5) * unit) * rng.uniform(0.0, 0.3)
    return lines[None, :] * (1.0 + 0.4 * noise(rng, size, 60 * unit, 10 * unit))


def _blemishes(rng: np.random.Generator, size: int) -> np.ndarray:
    """What any strip may carry beside its defect, in deviations of its texture."""
    marks = np.zeros((size, size), np.float32)
    for draw_blemish in (_dirt, _stain, _streak):
        if rng.random() < 0.35:
            marks += draw_blemish(rng, size)
    return marks


def _dirt(rng: np.random.Generator, size: int) -> np.ndarray:
    """A few small dark specks."""
    unit = size / REFERENCE_PX
    specks = np.zeros((size, size), np.float32)
    for x, y, radius in zip(*rng.uniform(0, size, (2, 5)), rng.uniform(0.6, 2.2, 5) * unit, strict=True):
        cv2.circle(specks, (int(x), int(y)), max(round(radius), 1), rng.uniform(-4, -1), -1)
    return blurred(specks, 0.6 * unit, 0.6 * unit)


def _stain(rng: np.random.Generator, size: int) -> np.ndarray:
    """A large, faint, dark field without an edge."""
    unit = size / REFERENCE_PX
    return -rng.uniform(0.5, 1.5) * np.clip(noise(rng, size, 30 * unit, 20 * unit) - 1.0, 0, 1)


def _streak(rng: np.random.Generator, size: int) -> np.ndarray:
    """A faint bright or dark streak that the rolls left along the strip."""
    unit = size / REFERENCE_PX
    position, width = rng.uniform(0, size), rng.uniform(2, 9) * unit
    across = np.exp(-0.5 * ((np.arange(size, dtype=np.float32) - position) / width) ** 2)
    return rng.uniform(-1.0, 1.0) * across[None, :] * (1.0 + 0.4 * noise(rng, size, 40 * unit, 4 * unit))


def draw_light(rng: np.random.Generator, size: int) -> np.ndarray:
    """How brightly each spot is lit, around 1: a slope, a bright or dark band along the strip, dim corners."""
    unit = size / REFERENCE_PX
    y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    slope = rng.uniform(0.0, 0.12) * (np.cos(angle) * x + np.sin(angle) * y)
    band = rng.uniform(0.0, 0.06) * profile(rng, size, rng.uniform(14, 60) * unit)[None, :]
    corners = rng.uniform(0.0, 0.06) * (x**2 + y**2)
    return np.clip(1.0 + slope + band - corners, 0.15, None)


def photograph(rng: np.random.Generator, scene: np.ndarray) -> np.ndarray:
    """The lit `scene` through lens, exposure, gain and sensor: (size, size) uint8.

    Exposure and gain are drawn without a look at the defect, as a line's automatic exposure would set them: mean and
    contrast of the picture tell nothing about its class.
    """
    unit = scene.shape[0] / REFERENCE_PX
    focus = rng.uniform(0.0, 0.8) * unit
    mean, deviation = rng.uniform(85, 170), np.exp(rng.uniform(np.log(18), np.log(36)))
    grey = mean + deviation * standardised(blurred(scene, focus, focus))
    grey += rng.uniform(0.5, 3.5) * rng.standard_normal(scene.shape, dtype=np.float32)
    return np.clip(np.rint(grey), 0, 255).astype(np.uint8)
