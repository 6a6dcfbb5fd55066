"""Two runs on the same images, and what may be said of them."""

from __future__ import annotations

import pytest
from scipy.stats import binomtest

from inspector.jobs.training.training import RunValidation
from inspector.ui.pages.train.comparison import compare, mcnemar

CLASSES = ("crazing", "patches")


def answers(predicted: str) -> RunValidation:
    """Images 1, 2, ... of the first class; each character is the class that was answered."""
    images = len(predicted)
    chosen = tuple(int(character) for character in predicted)
    return RunValidation(tuple(range(1, images + 1)), (0,) * images, chosen, (0.9,) * images, CLASSES)


def test_images_are_parted_by_who_was_right():
    compared = compare(6, answers("0011"), 4, answers("0101"))
    parts = (compared.both_right, compared.only_first, compared.only_second, compared.both_wrong)
    assert parts == ((1,), (2,), (3,), (4,))
    assert compared.differing == (2, 3)


def test_only_images_that_judged_both_count():
    compared = compare(6, answers("00011"), 4, answers("00"))
    assert compared.images == 2


def test_classes_are_compared_by_name():
    other = RunValidation((1,), (1,), (1,), (0.9,), ("patches", "crazing"))
    assert compare(6, answers("0"), 4, other).both_right == (1,)


@pytest.mark.parametrize(("first", "second"), [(1, 0), (5, 3), (14, 2), (0, 9)])
def test_the_test_is_the_exact_one(first, second):
    assert mcnemar(first, second) == pytest.approx(binomtest(first, first + second).pvalue)


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        ("0000", "0001", "One image apart: too few labels to call a winner."),
        ("0000", "0111", "Three images apart: too few labels to call a winner."),
        ("01", "10", "Each is right where the other is wrong equally often: no winner."),
        ("0011", "0011", "Both are right on the same images: no winner."),
        ("0" * 10, "1" * 10, "Run 6 is better: chance alone would part them so far once in 512 times."),
        ("1" * 20, "0" * 20, "Run 4 is better: chance alone would part them so far less than once in 1,000 times."),
        ("0", "", "No image judged both runs, so they cannot be compared."),
    ],
)
def test_the_verdict_is_plain(one, other, verdict):
    assert compare(6, answers(one), 4, answers(other)).verdict == verdict
