"""The model's answers as they came, under the names of then, and in the names that their classes have today.

Knows no widget.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from inspector.ui.pages.classify.number_column import NumberColumn
from models.evaluation.calibration import is_level
from models.prediction.results_csv import Result

NO_CLASS = -1

NamesToday = Callable[[Iterable[str]], Mapping[str, str]]


@dataclass(frozen=True)
class Answers:
    """The likeliest two classes of n rows: indices (n,), NO_CLASS for none, and probabilities (n,), NaN for none."""

    first: np.ndarray
    confidence: np.ndarray
    second: np.ndarray
    second_confidence: np.ndarray


class ModelAnswers:
    """Rows in their order. What was told is kept, so that two classes which have become one can be two again."""

    def __init__(self, names_today: NamesToday) -> None:
        self._names_today = names_today
        self._called: dict[str, str] = {}  # today, by the name of then, in the order in which they came
        self._index_of: dict[str, int] = {}
        self._first, self._second = NumberColumn(np.int16), NumberColumn(np.int16)
        self._confidence, self._second_confidence = NumberColumn(np.float64), NumberColumn(np.float64)

    def append(self, block: Sequence[Result]) -> None:
        """Add rows."""
        self._learn([name for result in block for name in (result.label, result.second_label)])
        self._first.extend([self._index_of[result.label] for result in block])
        self._confidence.extend([_number(result.confidence) for result in block])
        self._second.extend([self._index_of[result.second_label] for result in block])
        self._second_confidence.extend([_number(result.second_confidence) for result in block])

    def follow_names(self) -> bool:
        """Ask anew what the classes are called today, and whether one is called otherwise than before."""
        before, self._called = self._called, dict(self._names_today(self._called))
        return self._called != before

    def today(self, start: int, index: Callable[[str], int]) -> Answers:
        """Those of the rows from `start` on; `index` gives that of a class of today.

        Where the two classes of a row are one today, it has the probability of both, and no second is known.
        """
        now = np.array([*(index(name) for name in self._called.values()), NO_CLASS])  # NO_CLASS is the last place
        first, second = now[self._first.values[start:]], now[self._second.values[start:]]
        confidence, second_confidence = self._confidence.values[start:], self._second_confidence.values[start:]
        are_one = (first == second) & (first != NO_CLASS)
        add_up = are_one & ~is_level(confidence, second_confidence)  # an image of which no class can be told stays so
        return Answers(
            first=first,
            confidence=np.where(add_up, np.minimum(confidence + second_confidence, 1), confidence),
            second=np.where(are_one, NO_CLASS, second),
            second_confidence=np.where(add_up, np.nan, second_confidence),
        )

    def _learn(self, names: Iterable[str]) -> None:
        new = [name for name in dict.fromkeys(names) if name not in self._index_of]
        for name in filter(None, new):
            self._index_of[name] = len(self._called)
            self._called[name] = name
        self._index_of.setdefault("", NO_CLASS)
        if any(new):
            self._called |= self._names_today([name for name in new if name])


def _number(value: float | None) -> float:
    return float("nan") if value is None else value
