"""Two runs on the same images: who is right where, and whether that says which is better. Knows no widget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from typing import Protocol

from inspector.ui.wording import number_word

SIGNIFICANT = 0.05


class Answers(Protocol):
    """What a run answered for images that it was judged by, as `RunValidation` of a training has it."""

    image_ids: Sequence[int]
    true: Sequence[int]
    predicted: Sequence[int]
    classes: Sequence[str]


@dataclass(frozen=True)
class Comparison:
    """Image ids by who was right; `first` and `second` are the runs."""

    first: int
    second: int
    both_right: tuple[int, ...]
    only_first: tuple[int, ...]
    only_second: tuple[int, ...]
    both_wrong: tuple[int, ...]

    @property
    def differing(self) -> tuple[int, ...]:
        """The images that tell the runs apart."""
        return self.only_first + self.only_second

    @property
    def images(self) -> int:
        """How many images judged both."""
        return len(self.both_right) + len(self.differing) + len(self.both_wrong)

    @property
    def p_value(self) -> float:
        """McNemar's exact test: how often chance alone would part two equal runs at least that far."""
        return mcnemar(len(self.only_first), len(self.only_second))

    @property
    def verdict(self) -> str:
        """One plain sentence."""
        return _verdict(self)


def compare(first: int, one: Answers, second: int, other: Answers) -> Comparison:
    """Compare the answers of two runs on the images that judged both, by the labels that the first one had."""
    others = {int(i): other.classes[int(k)] for i, k in zip(other.image_ids, other.predicted, strict=True)}
    parts: dict[tuple[bool, bool], list[int]] = {(a, b): [] for a in (True, False) for b in (True, False)}
    for image_id, true, predicted in zip(one.image_ids, one.true, one.predicted, strict=True):
        if int(image_id) in others:
            label = one.classes[int(true)]
            is_right = one.classes[int(predicted)] == label
            parts[is_right, others[int(image_id)] == label].append(int(image_id))
    return Comparison(
        first=first,
        second=second,
        both_right=tuple(parts[True, True]),
        only_first=tuple(parts[True, False]),
        only_second=tuple(parts[False, True]),
        both_wrong=tuple(parts[False, False]),
    )


def mcnemar(only_first: int, only_second: int) -> float:
    """Two-sided exact p value: the chance that as many fair coins fall at least as unevenly."""
    total = only_first + only_second
    if not total:
        return 1.0
    tail = sum(comb(total, k) for k in range(min(only_first, only_second) + 1))
    return min(1.0, 2 * tail / 2**total)


def _verdict(compared: Comparison) -> str:
    first, second = len(compared.only_first), len(compared.only_second)
    if not compared.images:
        return "No image judged both runs, so they cannot be compared."
    if not first + second:
        return "Both are right on the same images: no winner."
    if compared.p_value < SIGNIFICANT:
        better = compared.first if first > second else compared.second
        return f"Run {better} is better: chance alone would part them so far {_chance(compared.p_value)}."
    if first == second:
        return "Each is right where the other is wrong equally often: no winner."
    apart = abs(first - second)
    return f"{number_word(apart)} {'image' if apart == 1 else 'images'} apart: too few labels to call a winner."


def _chance(p_value: float) -> str:
    if p_value < 0.001:
        return "less than once in 1,000 times"
    return f"once in {round(1 / p_value):,} times"
