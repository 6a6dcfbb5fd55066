"""What any surface may carry without being defective: dust, glare, water marks, stains, dark edges.

All classes get them alike, so that odd does not yet mean defective.
"""

from __future__ import annotations

import cv2
import numpy as np

from inspector.samples.fields import blurred, noise, soft_step

MOST_SPECKS = 14


def draw_harmless(rng: np.random.Generator, reflectance: np.ndarray) -> np.ndarray:
    """`reflectance` (height, width) with harmless things drawn over it."""
    contrast = float((reflectance - blurred(reflectance, 6, 6)).std())
    factor = 1.0 + _dust(rng, reflectance.shape, contrast)
    for draw_thing, chance in ((_glare, 0.3), (_water_marks, 0.35), (_stain, 0.4), (_dark_edge, 0.4)):
        if rng.random() < chance:
            factor = factor * draw_thing(rng, reflectance.shape)
    return reflectance * factor


def _dust(rng: np.random.Generator, size: tuple[int, int], contrast: float) -> np.ndarray:
    """Tiny specks, bright or dark, a few deviations of the texture strong."""
    specks = np.zeros(size, np.float32)
    for _ in range(rng.integers(MOST_SPECKS + 1)):
        centre = (int(rng.integers(size[1])), int(rng.integers(size[0])))
        cv2.circle(specks, centre, int(rng.integers(1, 3)), float(rng.choice([-1, 1]) * rng.uniform(2, 5)), -1)
    return max(contrast, 0.02) * blurred(specks, 0.7, 0.7)


def _glare(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """A soft bright spot."""
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
    centre_y, centre_x = rng.uniform(0, size[0]), rng.uniform(0, size[1])
    width_y, width_x = rng.uniform(8, 50, 2)
    return 1.0 + rng.uniform(0.1, 0.4) * np.exp(
        -0.5 * (((y - centre_y) / width_y) ** 2 + ((x - centre_x) / width_x) ** 2)
    )


def _water_marks(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """Faint rims that dried drops left."""
    level = noise(rng, size, *rng.uniform(14, 40, 2)) - rng.uniform(1.0, 2.0)
    rim = np.exp(-0.5 * (level / rng.uniform(0.04, 0.12)) ** 2)
    return 1.0 + rng.choice([-1, 1]) * rng.uniform(0.03, 0.1) * rim


def _stain(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """A large field without a clear edge."""
    field = soft_step(noise(rng, size, *rng.uniform(20, 70, 2)) - rng.uniform(0.5, 1.5), rng.uniform(0.2, 0.5))
    return 1.0 + rng.uniform(-0.2, 0.12) * field


def _dark_edge(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """One side of the picture lies in shadow, with a straight border that is soft or sharp."""
    down = rng.random() < 0.5
    distance = np.arange(size[0] if down else size[1], dtype=np.float32)
    if rng.random() < 0.5:
        distance = distance[::-1]
    shadow = rng.uniform(0.1, 0.45) * soft_step(rng.uniform(3, 22) - distance, rng.uniform(0.4, 6))
    return 1.0 - (shadow[:, None] if down else shadow[None, :])
