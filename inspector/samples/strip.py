"""One picture of a steel strip with one defect: which class, which specimen, which pixels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from inspector.samples import defects
from inspector.samples.surface import draw_light, draw_surface, photograph

_DRAW: dict[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "crazing": defects.draw_crazing,
    "inclusion": defects.draw_inclusion,
    "patches": defects.draw_patches,
    "pitted_surface": defects.draw_pitted_surface,
    "rolled_in_scale": defects.draw_rolled_in_scale,
    "scratches": defects.draw_scratches,
}
CLASSES: tuple[str, ...] = tuple(_DRAW)

# How far a defect stands out, in deviations of the strip's own texture: faint means equally faint on a smooth strip
# and on a rough one.
FAINTEST, STRONGEST = 8.0, 20.0


def draw(class_name: str, *, size: int = 200, seed: int = 0, index: int = 0) -> np.ndarray:
    """Specimen `index` of a class: (size, size) uint8.

    The same four arguments give the same pixels, however many others are drawn.

    Raises:
        ValueError: `class_name` is none of `CLASSES`.
    """
    if class_name not in CLASSES:
        raise ValueError(f"class_name is {class_name!r}, but must be one of {', '.join(CLASSES)}")
    rng = np.random.default_rng(np.random.SeedSequence([seed, CLASSES.index(class_name), index]))
    surface = draw_surface(rng, size)
    severity = np.exp(rng.uniform(np.log(FAINTEST), np.log(STRONGEST)))
    defect = severity * float(surface.std()) * _DRAW[class_name](rng, size)
    reflectance = np.clip(1.0 + surface + defect, 0.05, None)
    return photograph(rng, reflectance * draw_light(rng, size))
