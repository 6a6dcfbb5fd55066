"""What a cell of the confusion matrix says, how dark it is and how large: decisions without a widget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inspector.report.style import cell_shade

MIN_CELL_PX, MAX_CELL_PX = 32, 72
NONE_TEXT = "·"
MODES = ("counts", "share")


@dataclass(frozen=True)
class ConfusionCell:
    """`shade` is the ramp ('steel' or 'ember') and its step 0..6, None for a cell without images."""

    text: str
    sentence: str
    shade: tuple[str, int] | None


def confusion_cell(images: int, *, true: str, answer: str, support: int, mode: str = "counts") -> ConfusionCell:
    """The cell of images of class `true`, `support` in all, that were taken for `answer`."""
    is_right = true == answer
    said = f"{true} recognised" if is_right else f"{true} taken for {answer}"
    return ConfusionCell(
        text=_text(images, support, mode),
        sentence=f"{said}: {images:,} of {support:,}",
        shade=cell_shade(images, support=support, right=is_right),
    )


def _text(images: int, support: int, mode: str) -> str:
    if not images:
        return NONE_TEXT
    if mode == "counts":
        return f"{images:,}"
    rounded = round(100 * images / support)
    return str(rounded) if rounded else "<1"


def fitted_cell_px(width_px: int, height_px: int, classes: int, *, largest_px: int = MAX_CELL_PX) -> int:
    """Side of a cell with which all `classes` fit into so many pixels, within what can be read."""
    if not classes:
        return MIN_CELL_PX
    return max(MIN_CELL_PX, min(width_px // classes, height_px // classes, largest_px))


def colour_of(shade: tuple[str, int], *, steel: Sequence[str], ember: Sequence[str]) -> str:
    """The colour of a shade in a theme's ramps."""
    ramp, step = shade
    return (steel if ramp == "steel" else ember)[step]
