"""One picture of a busy surface, with a small defect or none: which class, which specimen, which pixels, and where."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from inspector.samples import local_defects
from inspector.samples.fields import blurred, log_uniform
from inspector.samples.local_backgrounds import draw_background, photograph
from inspector.samples.local_defects import Defect, Room

GOOD = "good"
_DRAW: dict[str, Callable[[np.random.Generator, Room], Defect]] = {
    "crack": local_defects.draw_crack,
    "pore": local_defects.draw_pore,
    "fray": local_defects.draw_fray,
    "edge_break": local_defects.draw_edge_break,
    "foreign_particle": local_defects.draw_foreign_particle,
}
LOCAL_CLASSES: tuple[str, ...] = (GOOD, *_DRAW)
LOCAL_SHARES: dict[str, float] = dict(zip(LOCAL_CLASSES, (0.70, 0.10, 0.08, 0.06, 0.04, 0.02), strict=True))

AREA_SHARES = (0.001, 0.015)  # of the picture that a defect covers, about
# How far a defect stands out, in deviations of the texture and the camera's noise about it. The fewer pixels carry its
# shape, the more it must stand out for the shape to be seen.
FAINTEST = {"crack": 4.5, "pore": 5.5, "fray": 4.5, "edge_break": 4.5, "foreign_particle": 6.0}
STRONGEST = 14.0
FAINTEST_GREY = 16.0  # less is not seen on a screen, however smooth the surface
DARKEST_SHARE = 0.85  # of the light that a defect can swallow
BRIGHTEST_GREY = 250.0  # above, the camera saturates
MARGIN_PX = 3  # between a defect and the border of the picture, so that it is seen whole
VISIBLE_SHARE = 0.15  # of a defect's peak: where it changes a pixel less, the mask leaves the pixel out


def draw_local(*, seed: int, index: int, class_name: str, with_defect: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """Specimen `index` of a class: the picture (H, W) uint8 and where its defect shows, (H, W) bool.

    Height and width are drawn independently, 200 to 600 px. The same arguments give the same pixels, however many
    others are drawn.

    Args:
        with_defect: False draws the same picture, to the grain of the sensor, as if nothing had happened to it.

    Raises:
        ValueError: `class_name` is none of `LOCAL_CLASSES`.
    """
    if class_name not in LOCAL_CLASSES:
        raise ValueError(f"class_name is {class_name!r}, but must be one of {', '.join(LOCAL_CLASSES)}")
    sequence = np.random.SeedSequence([seed, LOCAL_CLASSES.index(class_name), index])
    for_background, for_defect, for_camera = (np.random.default_rng(child) for child in sequence.spawn(3))
    grey = draw_background(for_background)
    focus, noise_grey = for_camera.uniform(0.0, 0.8), for_camera.uniform(0.8, 4.0)
    change = np.zeros_like(grey)
    if with_defect and class_name != GOOD:
        change = _draw_change(for_defect, grey, class_name, noise_grey)
    image = photograph(for_camera, grey + change, focus=focus, noise_grey=noise_grey)
    return image, _where_visible(change)


def _draw_change(rng: np.random.Generator, grey: np.ndarray, class_name: str, noise_grey: float) -> np.ndarray:
    """What one defect adds to the grey values: (H, W) float32, 0 away from it."""
    least, most = (share * grey.size for share in AREA_SHARES)
    defect = _DRAW[class_name](rng, Room(least, most))
    place = _at_an_edge if class_name == "edge_break" else _anywhere
    defect, top, left = place(rng, defect, grey.shape)
    inside, here = _overlap(top, left, defect.relief.shape, grey.shape)
    defect = _each_map(defect, lambda values: values[here])
    clean = grey[inside]
    clutter = float(np.hypot((clean - blurred(clean, 6, 6)).std(), noise_grey))
    strength = max(log_uniform(rng, FAINTEST[class_name], STRONGEST) * clutter, FAINTEST_GREY)
    smooth = blurred(clean, 8, 8)
    change = np.zeros_like(grey)
    change[inside] = defect.cover * (smooth - clean) + _in_grey(defect, smooth, strength)
    return change


def _each_map(defect: Defect, change: Callable[[np.ndarray], np.ndarray]) -> Defect:
    return Defect(
        *(None if values is None else change(values) for values in (defect.relief, defect.cover, defect.shadow))
    )


def _at_an_edge(rng: np.random.Generator, defect: Defect, size: tuple[int, int]) -> tuple[Defect, int, int]:
    """The defect turned to one of the four sides of the picture, and where its upper left corner lies."""
    turns = int(rng.integers(4))
    turned = _each_map(defect, lambda values: np.rot90(values, turns))
    height, width = turned.relief.shape
    along = size[1] if turns % 2 == 0 else size[0]
    start = int(rng.integers(30, along - 30)) - max(height, width) // 2
    # rot90 turns against the clock: the upper edge comes to lie left, then below, then right
    return turned, *((0, start), (start, 0), (size[0] - height, start), (start, size[1] - width))[turns]


def _anywhere(rng: np.random.Generator, defect: Defect, size: tuple[int, int]) -> tuple[Defect, int, int]:
    """The defect and where its upper left corner lies, so that all that is seen of it is in the picture."""
    seen = np.nonzero(np.abs(defect.relief) > 0.05)
    top, left = (
        int(rng.integers(MARGIN_PX - at.min(), side - MARGIN_PX - at.max()))
        for at, side in zip(seen, size, strict=True)
    )
    return defect, top, left


def _overlap(
    top: int, left: int, patch: tuple[int, int], size: tuple[int, int]
) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Which part of the picture lies under the patch, and which part of the patch that is."""
    spans = [
        (max(start, 0), min(start + length, side), start)
        for start, length, side in zip((top, left), patch, size, strict=True)
    ]
    in_picture = tuple(slice(first, last) for first, last, _ in spans)
    in_patch = tuple(slice(first - start, last - start) for first, last, start in spans)
    return in_picture, in_patch


def _in_grey(defect: Defect, smooth: np.ndarray, strength: float) -> np.ndarray:
    """The defect's relief and shadow, `strength` grey values at the peak, on a surface of `smooth` brightness.

    What would be bright turns dark where there is no room left above.
    """
    relief, weight = defect.relief, np.abs(defect.relief)
    level = float((weight * smooth).sum() / weight.sum())
    if relief.max() > -relief.min() and level + strength > BRIGHTEST_GREY:
        relief = -relief
    dark = min(strength, DARKEST_SHARE * level)
    shadow = 0.0 if defect.shadow is None else dark * defect.shadow
    return np.where(relief < 0, dark, strength) * relief - shadow


def _where_visible(change: np.ndarray) -> np.ndarray:
    """Pixels that the defect changes by more than a small share of its peak, and their neighbours: (H, W) bool."""
    strength = np.abs(change)
    seen = strength > max(VISIBLE_SHARE * float(strength.max()), 1e-6)
    return cv2.dilate(seen.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
