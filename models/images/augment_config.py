"""How views are made, as numbers: apart from the tensors, so that settings can be read without torch."""

from __future__ import annotations

from dataclasses import dataclass

LARGEST_PX = 512  # a batch of larger ones fills the memory of a laptop


@dataclass(frozen=True)
class AugmentConfig:
    """How a view is made.

    Defaults were measured on steel: with 64 px crops at an eighth to the whole of the image, stronger noise, gamma and
    blur brought nothing, and weaker contrast cost 7 points at one label a class. Brightness changes by more than images
    differ in it: what is left of it would tell an image's crops from all others, and be all that is learned.
    """

    size_px: int = 64
    area_min: float = 0.08  # share of the image's area
    area_max: float = 1.0
    log_aspect: float = 0.29  # aspect is exp(U(-a, a)), 3:4 to 4:3
    flips: bool = True  # both off where the rolling direction defines a class
    right_angles: bool = True
    contrast: float = 0.4  # x U(1 - c, 1 + c) about the crop's mean, in each channel
    brightness: float = 1.2  # + U(-b, b) deviations of the project's pixels
    noise: float = 0.0  # deviation of Gaussian noise, in the same unit

    def __post_init__(self) -> None:
        if not 0 < self.area_min <= self.area_max <= 1:
            raise ValueError(f"areas must satisfy 0 < {self.area_min} <= {self.area_max} <= 1")
        if not 8 <= self.size_px <= LARGEST_PX:
            raise ValueError(f"views must be 8 to {LARGEST_PX} px, not {self.size_px}")
