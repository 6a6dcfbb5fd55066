"""How every image of a project, and every image that its classifier sees later, becomes pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from models.images import Scaling  # brings NumPy and OpenCV, which opening a project does not need


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
        from models.images import Scaling

        return cls(**{**values, "scaling": Scaling.from_json(values["scaling"])})
