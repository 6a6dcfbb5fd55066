"""The rows of a classification in memory: columns of numbers, so that 100,000 rows are filtered at once.

Knows no widget.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.calibration import is_level
from models.results_csv import Result

NO_CLASS = -1
FIRST_ROOM = 1024


@dataclass(frozen=True)
class Answer:
    """A class and its probability."""

    class_name: str
    probability: float


class Results:
    """Rows in the order in which the folder is walked, which is that of the names.

    What a person has decided on a row takes the place of the model's answer: it gives the row its label, and nobody
    needs to look at it again. Confidences stay those of the model.

    Attributes:
        class_names: by class index, in the order in which they came.
        errors: by row, the reasons of files that can't be read.
    """

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.class_names: list[str] = []
        self.errors: dict[int, str] = {}
        self._index_of: dict[str, int] = {}
        self._label = _Column(np.int16)
        self._is_decided = _Column(np.bool_)
        self._first = _Column(np.int16)
        self._confidence = _Column(np.float64)
        self._second = _Column(np.int16)
        self._second_confidence = _Column(np.float64)

    def __len__(self) -> int:
        return len(self.paths)

    @property
    def labels(self) -> np.ndarray:
        """Class index of every row (N,), a person's where there is one; NO_CLASS where the file can't be read."""
        return self._label.values

    @property
    def is_decided(self) -> np.ndarray:
        """Whether a person has decided on each row (N,)."""
        return self._is_decided.values

    @property
    def confidences(self) -> np.ndarray:
        """Probability of the model's answer (N,), NaN where the file can't be read."""
        return self._confidence.values

    def append(self, block: Sequence[Result]) -> None:
        """Add rows."""
        start = len(self.paths)
        self.paths += [result.path for result in block]
        self.errors |= {start + i: result.error for i, result in enumerate(block) if result.error}
        for labels in (self._label, self._first):
            labels.extend([self._index(result.label) for result in block])
        self._is_decided.extend([False] * len(block))
        self._confidence.extend([_number(result.confidence) for result in block])
        self._second.extend([self._index(result.second_label) for result in block])
        self._second_confidence.extend([_number(result.second_confidence) for result in block])

    def decide(self, labels: Mapping[int, str | None]) -> None:
        """What persons have decided, by row; None takes it back. Files that can't be read stay what they are."""
        is_decided, shown, first = self._is_decided.values, self._label.values, self._first.values
        for row, class_name in labels.items():
            if row not in self.errors:
                is_decided[row] = class_name is not None
                shown[row] = first[row] if class_name is None else self._index(class_name)

    def need_review(self, review_below: float, rows: int | slice = slice(None)) -> np.ndarray:
        """Whether a person must look at rows, by default at each (N,).

        It is by the rule of `models.results_csv.needs_review` until one has decided.
        """
        return ~((self.confidences[rows] >= review_below) | self.is_decided[rows])

    def unfamiliar(self) -> np.ndarray:
        """Whether each row's image is unlike all that was learned from (N,), as `models.results_csv.Result` says."""
        return is_level(self.confidences, self._second_confidence.values)

    def counts(self) -> dict[str, int]:
        """Number of rows by class."""
        counted = np.bincount(self.labels[self.labels != NO_CLASS], minlength=len(self.class_names))
        return dict(zip(self.class_names, counted.tolist(), strict=True))

    def class_index(self, class_name: str) -> int:
        """The index of a class; one that no row has gets NO_CLASS - 1, which matches none."""
        return self._index_of.get(class_name, NO_CLASS - 1)

    def answers(self, row: int) -> list[Answer]:
        """The model's likeliest two classes of a row, empty where the file can't be read."""
        pairs = ((self._first, self._confidence), (self._second, self._second_confidence))
        found = ((labels.values[row], probabilities.values[row]) for labels, probabilities in pairs)
        return [Answer(self.class_names[label], float(p)) for label, p in found if label != NO_CLASS]

    def rows(self, review_below: float, *, decided_by: Mapping[int, str]) -> Iterator[Result]:
        """All rows as they go to a CSV, judged by a threshold; `decided_by`: who has decided, by row."""
        needs_review = self.need_review(review_below).tolist()
        for row, (label, needs) in enumerate(zip(self.labels.tolist(), needs_review, strict=True)):
            if row in self.errors:
                yield Result(self.paths[row], error=self.errors[row])
            else:
                yield self._result(row, self.class_names[label], needs_review=needs, who=decided_by.get(row, ""))

    def _result(self, row: int, label: str, *, needs_review: bool, who: str) -> Result:
        """A row under its label: the second is the likeliest other class, and a class of no answer has no number."""
        answers = self.answers(row)
        confidence = next((answer.probability for answer in answers if answer.class_name == label), None)
        second = next((answer for answer in answers if answer.class_name != label), None)
        return Result(
            path=self.paths[row],
            label=label,
            confidence=confidence,
            second_label="" if second is None else second.class_name,
            second_confidence=None if second is None else second.probability,
            needs_review=needs_review,
            decided_by=who,
        )

    def _index(self, class_name: str) -> int:
        if not class_name:
            return NO_CLASS
        if class_name not in self._index_of:
            self._index_of[class_name] = len(self.class_names)
            self.class_names.append(class_name)
        return self._index_of[class_name]


class _Column:
    """Numbers in a row that doubles its room when it is full."""

    def __init__(self, dtype: type) -> None:
        self._room = np.empty(FIRST_ROOM, dtype)
        self._size = 0

    @property
    def values(self) -> np.ndarray:
        return self._room[: self._size]

    def extend(self, numbers: list[float] | list[int]) -> None:
        size = self._size + len(numbers)
        if size > len(self._room):
            grown = np.empty(max(size, 2 * len(self._room)), self._room.dtype)
            grown[: self._size] = self.values
            self._room = grown
        self._room[self._size : size] = numbers
        self._size = size


def _number(value: float | None) -> float:
    return float("nan") if value is None else value
