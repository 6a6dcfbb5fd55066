"""How many results a threshold sends to a person, and how the confidences are spread. Knows no widget."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inspector.ui.wording import per_cent

BARS_PER_TENTH = 4


@dataclass(frozen=True)
class ReviewShare:
    """So many of so many results need review.

    `unreadable` of them because they can't be read, `unfamiliar` because they are unlike all that was learned from.
    """

    review: int = 0
    total: int = 0
    unreadable: int = 0
    unfamiliar: int = 0

    @property
    def note(self) -> str:
        """'431 unlike training, 3 unreadable'; empty where there are neither."""
        parts = [f"{self.unfamiliar:,} unlike training"] if self.unfamiliar else []
        if self.unreadable:
            parts.append(f"{self.unreadable:,} {'unreadable' if parts else 'cannot be read'}")
        return ", ".join(parts)

    @property
    def text(self) -> str:
        """'1,136 of 12,480, 9.1 %'."""
        if not self.total:
            return ""
        return f"{self.review:,} of {self.total:,}, {per_cent(self.review / self.total, 1)}"


@dataclass(frozen=True)
class Spread:
    """Counts (bars,) of results by confidence, from `lowest` to 1 in steps of equal width."""

    counts: np.ndarray
    lowest: float = 0.0

    @property
    def edges(self) -> np.ndarray:
        """Where the bars begin and end (bars + 1,)."""
        return np.linspace(self.lowest, 1.0, len(self.counts) + 1)


def lowest_confidence(classes: int) -> float:
    """The tenth below the least confidence that the likeliest of so many classes can have."""
    return np.floor(10 / max(classes, 1) + 1e-9) / 10 if classes > 1 else 0.0


def spread(confidences: np.ndarray, *, lowest: float) -> Spread:
    """The spread of confidences (N,), of which NaN are left out."""
    bars = round((1 - lowest) * 10) * BARS_PER_TENTH
    known = confidences[~np.isnan(confidences)]
    places = np.clip(((known - lowest) / (1 - lowest) * bars + 1e-9).astype(np.int64), 0, bars - 1)
    return Spread(np.bincount(places, minlength=bars), lowest)
