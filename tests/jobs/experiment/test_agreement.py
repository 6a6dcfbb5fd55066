"""Sentences on the paper's numbers, and the intervals behind them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from inspector.jobs.experiment.agreement import agreement
from inspector.jobs.experiment.intervals import (
    Estimate,
    paired_difference,
    paired_difference_over_images,
    share_estimate,
)
from inspector.jobs.experiment.paper_numbers import CLASSES, OVERALL, PER_CLASS, PaperNumber, class_in

PERFECT = PaperNumber("Table 1", "simclr", "all", "accuracy", 1.0, 72)
BARE = PaperNumber("Figure 7", "mae", "10 %", "accuracy", 0.39)


def test_a_figure_within_what_the_papers_images_bear():
    sentence = agreement(PERFECT, Estimate(0.972, 0.96, 0.984, "5 seeds"))
    assert sentence == ("Agrees within chance: ours is 2.8 points lower (the paper's 72 images bear 94.9 to 100.0 %).")


def test_a_figure_beyond_chance():
    sentence = agreement(BARE, Estimate(0.88, 0.86, 0.90, "5 seeds"))
    assert sentence == "Does not agree: ours is 49.0 points higher, more than chance explains."


def test_a_wide_gap_that_few_images_can_show():
    sentence = agreement(BARE, Estimate(0.60, 0.30, 0.80, "12 images"))
    assert sentence == "Not settled: ours is 21.0 points higher, which so few images can show by chance."


def test_a_wide_gap_that_two_seeds_can_show():
    sentence = agreement(BARE, Estimate(0.60, 0.0, 1.0, "2 seeds"))
    assert sentence == "Not settled: ours is 21.0 points higher, which so few seeds or draws can show by chance."


def test_the_same_figure():
    assert agreement(PERFECT, Estimate(1.0, 0.99, 1.0, "360 images")) == "Agrees: the same figure."


def test_the_papers_numbers_are_all_there():
    assert {number.source for number in OVERALL + PER_CLASS} == {
        "Table 1", "Table 2", "Figure 4", "Figure 5", "Figure 7",
    }  # fmt: skip
    assert len([n for n in PER_CLASS if n.source.startswith("Table")]) == 2 * 3 * len(CLASSES)
    assert all(0 <= number.value <= 1 for number in OVERALL + PER_CLASS)


def test_class_names_of_the_paper():
    names = ("crazing", "pitted_surface", "rolled-in_scale")
    assert [class_in(names, name) for name in ("Pitted", "Rolled", "Scratches")] == [*names[1:], None]


def test_intervals_over_seeds_are_students():
    estimate = share_estimate([[0.90], [0.92], [0.94]], images=360)
    half = 4.302653 * 0.02 / math.sqrt(3)  # t of 2 degrees of freedom
    assert (estimate.mean, estimate.low) == pytest.approx((0.92, 0.92 - half), abs=1e-6)
    assert estimate.over == "3 seeds"


def test_equal_draws_are_no_certainty():
    estimate = share_estimate([[1.0, 1.0, 1.0]], images=360)
    assert (estimate.low < 0.99, estimate.high, estimate.over) == (True, 1.0, "360 images")


@pytest.mark.parametrize("right", [335, 340, 350, 359])
def test_seeds_are_equal_whatever_their_mean_is_rounded_to(right):
    for count in (3, 5, 10):
        estimate = share_estimate([[right / 360]] * count, images=360)
        assert estimate.over == "360 images"
        assert estimate.low < right / 360 < estimate.high


def test_a_paired_difference_knows_less_spread_than_its_sides():
    first, second = [[0.80, 0.90, 0.70]], [[0.78, 0.87, 0.68]]
    estimate = paired_difference(first, second)
    assert estimate.mean == pytest.approx(0.07 / 3)
    assert 0 < estimate.low < estimate.high < 0.05


def test_paired_by_images():
    first, second, third = (np.repeat([True, False], [right, 100 - right]) for right in (95, 90, 85))
    five, ten = paired_difference_over_images(first, second), paired_difference_over_images(first, third)
    assert (five.mean, ten.mean) == (pytest.approx(0.05), pytest.approx(0.1))
    assert five.low < 0 < ten.low  # five images against none are still chance (McNemar's exact test: p = 0.06)
    same = paired_difference_over_images(first, first)
    assert (same.low, same.high) == (-same.high, pytest.approx(0.0272, abs=1e-4))
