"""models.evaluation.paired_difference: how far two classifiers on the same images lie apart."""

from __future__ import annotations

import numpy as np
import pytest

from models.evaluation.paired_difference import PairedDifference


def test_counts_the_images_that_only_one_has_right():
    first, second = np.array([True, True, True, False, False]), np.array([True, False, False, True, False])
    difference = PairedDifference.of(first, second)
    assert difference == PairedDifference(images=5, gained=2, lost=1)
    assert difference.value == pytest.approx(0.2)


def test_the_interval_is_the_published_one():
    """By hand: (7 - 2) / 52 and 1.96 sqrt((9 / 52 - (5 / 52)^2) / 52)."""
    low, high = PairedDifference(images=50, gained=6, lost=1).interval()
    assert (low, high) == (pytest.approx(-0.0138, abs=1e-4), pytest.approx(0.2061, abs=1e-4))


def test_two_that_never_differ_are_still_not_known_to_be_equal():
    low, high = PairedDifference(images=60, gained=0, lost=0).interval()
    assert low == -high
    assert 0.03 < high < 0.06


def test_the_interval_covers_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(0)
    counts = rng.multinomial(60, [0.10, 0.04, 0.86], size=2_000)
    limits = [PairedDifference(60, int(gained), int(lost)).interval() for gained, lost, _ in counts]
    covered = np.mean([low <= 0.06 <= high for low, high in limits])
    assert 0.94 <= covered <= 0.985


def test_other_images_cannot_be_compared():
    with pytest.raises(ValueError, match="must be of the same images"):
        PairedDifference.of(np.ones(3, dtype=bool), np.ones(4, dtype=bool))
