"""models.forecasting.learning_curve"""

from __future__ import annotations

import numpy as np
import pytest

from models.classification.labelled_pool import LabelledPool, Rule
from models.forecasting.learning_curve import subsampled

ALONE = Rule(propagated=False, equal_shares=True)


@pytest.fixture
def pool() -> LabelledPool:
    """60 labels of three classes in 8 dimensions, 20 of each, that overlap."""
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(3), 20)
    features = (rng.normal(size=(60, 8)) + 2 * np.eye(8)[labels]).astype(np.float32)
    return LabelledPool(features, None, np.arange(60), labels, ("a", "b", "c"))


def steps_of(pool: LabelledPool, groups: np.ndarray | None = None) -> tuple[list, list]:
    events = []
    generator = subsampled(pool, ALONE, groups=np.arange(len(pool.labels)) if groups is None else groups)
    while True:
        try:
            events.append(next(generator))
        except StopIteration as end:
            return events, end.value


def test_quarters_and_halves_are_judged_by_all_other_labels(pool):
    events, (quarter, half) = steps_of(pool)
    assert (quarter.labels, half.labels) == (15, 30)
    assert quarter.confusion.sum() == 4 * 45
    assert half.confusion.sum() == 4 * 30
    assert [event.done for event in events] == list(range(1, 9))


def test_more_labels_are_right_more_often(pool):
    _, (quarter, half) = steps_of(pool)
    assert np.trace(half.confusion) / half.confusion.sum() > np.trace(quarter.confusion) / quarter.confusion.sum()


def test_nothing_is_judged_by_another_of_its_group(pool):
    twins = np.repeat(np.arange(30), 2)
    noise = np.random.default_rng(1).normal(size=(30, 8)).astype(np.float32)
    copies = LabelledPool(np.repeat(noise, 2, axis=0), None, pool.positions, pool.labels, pool.classes)
    _, alone = steps_of(copies)
    _, grouped = steps_of(copies, twins)
    right = [np.trace(steps[1].confusion) / steps[1].confusion.sum() for steps in (alone, grouped)]
    assert right[1] < right[0]  # a copy on the other side would be recognised


def test_a_class_of_two_labels_is_learned_by_every_head(pool):
    kept = np.r_[0:40, 40, 41]
    few = LabelledPool(pool.features, None, kept, pool.labels[kept], pool.classes)
    _, (quarter, half) = steps_of(few)
    assert quarter.labels > 42 / 4
    assert quarter.confusion[:, 2].sum() > 0
    assert half.confusion.sum() > 0


def test_labels_of_one_group_each_judge_nothing(pool):
    kept = np.r_[0:3, 20:23]
    few = LabelledPool(pool.features, None, kept, pool.labels[kept], pool.classes)
    _, steps = steps_of(few, few.labels)
    assert steps == []
