"""Differences between two kinds of features, read from an experiment's measurements."""

from __future__ import annotations

import pytest

from inspector.jobs.experiment.measured import Measured
from inspector.jobs.experiment.plan import RANDOM, TEXTURE, Plan, Task

IMAGES = 40


def measured(right: dict[object, list[int]]) -> Measured:
    """One draw a seed, in which so many of the images are right, by kind of features."""
    measurements = {}
    for row, by_seed in right.items():
        for seed, count in enumerate(by_seed):
            predicted = [0] * count + [1] * (IMAGES - count)
            answers = {"true": [0] * IMAGES, "predicted": predicted, "confidence": [0.9] * IMAGES}
            measurement = {"scores": [{"accuracy": count / IMAGES}], "answers": answers}
            measurements[Task("labels", seed, row, "all").key] = measurement
    return Measured(Plan("quick"), 3, ("a", "b"), IMAGES, measurements)


def test_a_difference_is_over_seeds():
    found = measured({RANDOM: [38, 36, 37], TEXTURE: [30, 31, 29]}).difference("labels", RANDOM, TEXTURE, "all")
    assert found.mean == pytest.approx(7 / IMAGES)
    assert found.over == "3 seeds"
    assert 0 < found.low < found.mean < found.high


@pytest.mark.parametrize("seeds", [1, 3])
def test_seeds_that_differ_alike_are_no_certainty(seeds):
    right = {RANDOM: [38] * seeds, TEXTURE: [37] * seeds}
    found = measured(right).difference("labels", RANDOM, TEXTURE, "all")
    assert found.mean == pytest.approx(1 / IMAGES)
    assert found.over == f"{seeds * IMAGES} images"
    assert found.low < found.mean < found.high


def test_a_difference_is_of_the_seeds_that_left_enough_images():
    found = measured({RANDOM: [38, 38, 38], TEXTURE: [37, 37, 37]})
    for row in (RANDOM, TEXTURE):
        found.measurements[Task("labels", 0, row, "all").key] = {"left_out": "too few images."}
    assert found.difference("labels", RANDOM, TEXTURE, "all").over == f"{2 * IMAGES} images"
    found.measurements[Task("labels", 2, TEXTURE, "all").key] = {"left_out": "too few images."}
    assert found.difference("labels", RANDOM, TEXTURE, "all").over == f"{IMAGES} images"


def test_nothing_is_told_of_what_was_not_measured():
    assert measured({RANDOM: [38]}).difference("labels", RANDOM, TEXTURE, "all") is None
