"""models.classification.thinning"""

from __future__ import annotations

import numpy as np
import pytest

from models.classification.thinning import thinned


@pytest.mark.parametrize("seed", range(5))
def test_no_class_is_lost(seed):
    labels = np.repeat([0, 1, 2], [500, 3, 1])
    chosen = thinned(labels, 20, np.random.default_rng(seed))
    counts = np.bincount(labels[chosen])
    assert len(set(chosen.tolist())) == 20
    assert counts[1] >= 2
    assert counts[2] == 1


def test_common_classes_keep_their_shares():
    labels = np.repeat(["a", "b"], [3_000, 1_000])
    chosen = thinned(labels, 1_000, np.random.default_rng(0))
    assert np.mean(labels[chosen] == "a") == pytest.approx(0.75, abs=0.05)
    assert not np.array_equal(chosen, thinned(labels, 1_000, np.random.default_rng(1)))


def test_few_labels_are_all_kept():
    assert sorted(thinned(np.array([1, 0, 1]), 9, np.random.default_rng(0))) == [0, 1, 2]
    assert len(thinned(np.zeros(0, dtype=np.int64), 9, np.random.default_rng(0))) == 0
