"""models.small_defects.background: which class is the plain surface, told by how unusual its images are."""

from __future__ import annotations

import numpy as np
import pytest

from models.small_defects.background import background_class, separation


def scores_of(labels: np.ndarray, *means: float) -> np.ndarray:
    """How unusual each image is (n,), about the mean of its class."""
    return np.array(means)[labels] + np.random.default_rng(0).standard_normal(len(labels))


def test_the_calmest_class_is_the_background():
    labels = np.repeat([0, 1, 2], [5, 40, 8])
    assert background_class(labels, scores_of(labels, 3, -2, 4), 3) == 1


def test_among_classes_that_are_equally_unusual_there_is_none():
    labels = np.repeat([0, 1, 2], 30)
    assert background_class(labels, scores_of(labels, 1, 1, 1), 3) is None


def test_a_class_that_is_not_common_is_none():
    labels = np.repeat([0, 1, 2], [6, 30, 30])
    assert background_class(labels, scores_of(labels, -9, 3, 3), 3) is None


@pytest.mark.parametrize("labels", [[0] * 10, [0, 1], [0]], ids=["one class", "one label each", "one label"])
def test_too_little_says_nothing(labels):
    labels = np.array(labels)
    assert background_class(labels, -5.0 + 10 * labels, 2) is None


def test_a_class_without_labels_is_not_the_background():
    labels = np.repeat([0, 2], [20, 5])
    assert background_class(labels, scores_of(labels, -2, 5, 5), 3) == 0


def test_separation_is_the_share_of_pairs_in_order():
    rng = np.random.default_rng(0)
    higher, lower = rng.integers(0, 6, 30).astype(float), rng.integers(0, 4, 20).astype(float)
    pairs = [(h > low) + 0.5 * (h == low) for h in higher for low in lower]
    assert separation(higher, lower) == pytest.approx(np.mean(pairs))
    assert separation(np.ones(3), np.ones(2)) == 0.5
