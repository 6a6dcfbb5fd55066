"""What the labels so far say of every image: shown beside labels, never as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Estimate:
    """Accuracy of the guesses, with its 95 % interval, on `n` labels that were each judged by the others."""

    accuracy: float
    low: float
    high: float
    n: int

    @classmethod
    def of(cls, *, correct: int, n: int) -> Estimate | None:
        """Of so many right ones; None where nothing could be judged."""
        from models.evaluation.evaluate import wilson_interval

        return cls(correct / n, *wilson_interval(correct, n), n) if n else None


@dataclass(frozen=True, eq=False)
class Guesses:
    """Class probabilities (N, K) of the images `image_ids` (N,), which are in rising order.

    `estimate` is None while no class has two labels; `source` names a run ('run 3') whose answers these are.
    """

    image_ids: np.ndarray
    classes: Sequence[str]
    probabilities: np.ndarray
    estimate: Estimate | None = None
    source: str = ""

    def best(self) -> tuple[np.ndarray, np.ndarray]:
        """The likeliest class of each image, (N,) indices of `classes`, and its probability (N,)."""
        index = self.probabilities.argmax(1)
        return index, np.take_along_axis(self.probabilities, index[:, None], axis=1)[:, 0]

    def of(self, image_id: int) -> list[tuple[str, float]] | None:
        """(class, probability) of one image, the likeliest first; None for an image that nothing is guessed of."""
        row = int(np.searchsorted(self.image_ids, image_id))
        if row == len(self.image_ids) or self.image_ids[row] != image_id:
            return None
        values = self.probabilities[row]
        return [(self.classes[k], float(values[k])) for k in np.argsort(-values, kind="stable").tolist()]

    def renamed(self, names: Mapping[str, str]) -> Guesses:
        """The same under other names; classes of one name are one class, whose probabilities add up."""
        called = [names.get(name, name) for name in self.classes]
        classes = tuple(dict.fromkeys(called))
        member = np.array([[name == each for each in classes] for name in called], dtype=self.probabilities.dtype)
        return replace(self, classes=classes, probabilities=self.probabilities @ member)
