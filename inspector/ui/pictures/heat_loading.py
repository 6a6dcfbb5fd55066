"""Heat maps made ready to be drawn over an image. For another thread than the window's: a model is read, and computes.

Knows no widget.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from models.errors import KnownError

if TYPE_CHECKING:
    from inspector.jobs.evaluation.heat_maps import HeatMap, HeatMaps

SHOWN_FROM = 0.15  # heat below it is not drawn
OUTLINED_SHARE = 0.5  # of the greatest heat, at which the outline runs

SMOOTHED = 2  # points of an outline to either side that it is averaged over


@dataclass(frozen=True, eq=False)
class HeatLayer:
    """A heat map as it is drawn.

    Attributes:
        values: (H, W) uint8, heat 0 to 1 as 0 to 255.
        outlines: closed lines (n, 2) around the hottest places, x and y in px of the map.
        source: in words, what it shows.
    """

    values: np.ndarray
    outlines: tuple[np.ndarray, ...]
    source: str

    @property
    def is_empty(self) -> bool:
        """Whether nothing is hot enough to be drawn."""
        return not (self.values >= SHOWN_FROM * 255).any()

    @classmethod
    def of(cls, heat_map: HeatMap) -> HeatLayer:
        """The layer of a map."""
        heat = heat_map.heat
        peak = float(heat.max(initial=0.0))
        outlines = outlines_of(heat >= OUTLINED_SHARE * peak) if peak >= SHOWN_FROM else ()
        values = (np.clip(heat, 0, 1) * 255).round().astype(np.uint8)
        return cls(np.ascontiguousarray(values), outlines, heat_map.source)


def outlines_of(is_inside: np.ndarray) -> tuple[np.ndarray, ...]:
    """The outer borders of the areas of a mask (H, W), each (n, 2) float64: x and y in px."""
    import cv2

    found, _ = cv2.findContours(is_inside.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return tuple(_smoothed(line[:, 0] + 0.5) for line in found)  # through the middle of the border's pixels


def _smoothed(line: np.ndarray) -> np.ndarray:
    """A closed line (n, 2) without the steps of its pixels."""
    return np.mean([np.roll(line, shift, axis=0) for shift in range(-SMOOTHED, SMOOTHED + 1)], axis=0)


class HeatReader:
    """The layers by one model, which is read when the first of them is asked for, or the reason why there are none.

    Args:
        read: makes the maps; may raise KnownError.
    """

    def __init__(self, read: Callable[[], HeatMaps]) -> None:
        self._read = read
        self._maps: HeatMaps | None = None
        self._reason = ""

    def layer(self, path: Path) -> HeatLayer:
        """The layer of an image file.

        Raises:
            KnownError: there are no maps, or the file cannot be read.
        """
        if self._reason:
            raise KnownError(self._reason)
        if self._maps is None:
            try:
                self._maps = self._read()
            except KnownError as error:
                self._reason = str(error)
                raise
        return HeatLayer.of(self._maps.of_file(path))
