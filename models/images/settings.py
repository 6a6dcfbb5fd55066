"""How every image of a project, and every image that its classifier sees later, becomes pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Scaling:
    """The range of values (low, high) that becomes 0 to 255, one for all images of a project, for each deep type."""

    uint16: tuple[float, float] | None = None
    float32: tuple[float, float] | None = None

    def to_json(self) -> dict[str, list[float] | None]:
        """The ranges as plain lists, for JSON."""
        return {depth: list(limits) if limits else None for depth, limits in vars(self).items()}

    @classmethod
    def from_json(cls, ranges: dict[str, Any]) -> Scaling:
        """What `to_json` gave.

        Raises:
            ValueError: a range is no pair of numbers.
        """
        return cls(**{depth: _pair(ranges.get(depth)) for depth in ("uint16", "float32")})


@dataclass(frozen=True)
class ImageSettings:
    """`channels` (1 or 3) at native resolution; images of more than `max_area` px are scaled down to that.

    `scaling` maps 16-bit and float values to 8 bits, in the same way for all images. Images of more than `max_pixels`
    pixels are refused.
    """

    channels: int
    max_area: int
    scaling: Scaling
    max_pixels: int

    def to_json(self) -> dict[str, Any]:
        """For a weight file's header."""
        return {
            "channels": self.channels,
            "max_area": self.max_area,
            "scaling": self.scaling.to_json(),
            "max_pixels": self.max_pixels,
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> ImageSettings:
        """The opposite of `to_json`."""
        return cls(**{**values, "scaling": Scaling.from_json(values["scaling"])})


def _pair(limits: Any) -> tuple[float, float] | None:
    if limits is None:
        return None
    low, high = limits
    return float(low), float(high)
