"""How far the accuracies of two classifiers that answered for the same images lie apart."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np


@dataclass(frozen=True)
class PairedDifference:
    """Accuracy of one classifier less that of another on the same images.

    Attributes:
        gained: images that the first alone has right.
        lost: images that the second alone has right.
    """

    images: int
    gained: int
    lost: int

    @classmethod
    def of(cls, first_right: np.ndarray, second_right: np.ndarray) -> PairedDifference:
        """From whether each is right (n,) bool, image by image.

        Raises:
            ValueError: shapes that differ, or no images.
        """
        if first_right.shape != second_right.shape or not first_right.size:
            raise ValueError(f"answers {first_right.shape} and {second_right.shape} must be of the same images")
        gained, lost = first_right & ~second_right, second_right & ~first_right
        return cls(len(first_right), int(gained.sum()), int(lost.sum()))

    @property
    def value(self) -> float:
        """In -1..1; above 0 the first is better."""
        return (self.gained - self.lost) / self.images

    def interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """Adjusted Wald limits of the difference (Bonett and Price, 2012).

        One image added to either side keeps them honest where few images tell the two apart, or none.
        """
        z = NormalDist().inv_cdf((1 + confidence) / 2)
        n = self.images + 2
        gained, lost = (self.gained + 1) / n, (self.lost + 1) / n
        centre = gained - lost
        margin = z * ((gained + lost - centre**2) / n) ** 0.5
        return max(-1.0, centre - margin), min(1.0, centre + margin)
