"""The rows of a classification in memory: columns of numbers, so that 100,000 rows are filtered at once.

Knows no widget.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from inspector.ui.pages.classify.model_answers import NO_CLASS, ModelAnswers, NamesToday
from inspector.ui.pages.classify.number_column import NumberColumn
from models.evaluation.calibration import is_level
from models.prediction.results_csv import Result


@dataclass(frozen=True)
class Answer:
    """A class and its probability."""

    class_name: str
    probability: float


class Results:
    """Rows in the order in which the folder is walked, which is that of the names.

    What a person has decided on a row takes the place of the model's answer: it gives the row its label, and nobody
    needs to look at it again. Confidences stay those of the model. Classes are called as `names_today` calls those that
    the model names.

    Attributes:
        class_names: by class index, in the order in which they came.
        errors: by row, the reasons of files that can't be read.
    """

    def __init__(self, names_today: NamesToday | None = None) -> None:
        self.paths: list[str] = []
        self.class_names: list[str] = []
        self.errors: dict[int, str] = {}
        self._index_of: dict[str, int] = {}
        self._names_today = names_today or _as_they_are
        self._told = ModelAnswers(self._names_today)
        self._label = NumberColumn(np.int16)
        self._is_decided = NumberColumn(np.bool_)
        self._first = NumberColumn(np.int16)
        self._confidence = NumberColumn(np.float64)
        self._second = NumberColumn(np.int16)
        self._second_confidence = NumberColumn(np.float64)

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
        self._told.append(block)
        self._take_from(start)

    def follow_names(self) -> bool:
        """Call the classes as they are called now; whether one is called otherwise than before.

        If so, what persons have decided is to be told anew.
        """
        are_others = dict(self._names_today(self.class_names)) != _as_they_are(self.class_names)
        if not self._told.follow_names() and not are_others:
            return False
        self.class_names, self._index_of = [], {}
        for numbers in self._columns:
            numbers.clear()
        self._take_from(0)
        return True

    def decide(self, labels: Mapping[int, str | None]) -> None:
        """What persons have decided, by row; None takes it back. Files that can't be read stay what they are."""
        is_decided, shown, first = self._is_decided.values, self._label.values, self._first.values
        for row, class_name in labels.items():
            if row not in self.errors:
                is_decided[row] = class_name is not None
                shown[row] = first[row] if class_name is None else self._index(class_name)

    def need_review(self, review_below: float, rows: int | slice = slice(None)) -> np.ndarray:
        """Whether a person must look at rows, by default at each (N,).

        It is by the rule of `models.prediction.results_csv.needs_review` until one has decided.
        """
        return ~((self.confidences[rows] >= review_below) | self.is_decided[rows])

    def unfamiliar(self) -> np.ndarray:
        """Whether each row's image is unlike all that was learned from (N,), as `Result` of results.csv says."""
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

    @property
    def _columns(self) -> tuple[NumberColumn, ...]:
        answers = (self._first, self._confidence, self._second, self._second_confidence)
        return (self._label, self._is_decided, *answers)

    def _take_from(self, start: int) -> None:
        """The rows from `start` on as the model has told them, in today's names."""
        today = self._told.today(start, self._index)
        is_decided = np.zeros(len(today.first), dtype=bool)
        told = (today.first, is_decided, today.first, today.confidence, today.second, today.second_confidence)
        for numbers, new in zip(self._columns, told, strict=True):
            numbers.extend(new)

    def _index(self, class_name: str) -> int:
        if not class_name:
            return NO_CLASS
        if class_name not in self._index_of:
            self._index_of[class_name] = len(self.class_names)
            self.class_names.append(class_name)
        return self._index_of[class_name]


def _as_they_are(names: Iterable[str]) -> dict[str, str]:
    return {name: name for name in names}
