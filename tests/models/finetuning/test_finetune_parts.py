"""Which labels judge fine-tuning."""

from __future__ import annotations

import numpy as np
import pytest

from models.errors import KnownError
from models.finetuning.parts import MOST_FOLDED, judging_parts


@pytest.mark.parametrize("counts", [(3, 3), (20, 5, 11)])
def test_few_labels_judge_each_once_in_folds(counts):
    labels = np.repeat(np.arange(len(counts)), counts)
    judging = judging_parts(labels, seed=1)
    assert judging.are_folds
    assert sorted(np.concatenate([part.test for part in judging.parts])) == list(range(len(labels)))
    for part in [*judging.parts, judging.final]:
        assert sorted(np.concatenate([part.train, part.validation, part.test])) == list(range(len(labels)))
        assert set(labels[part.train]) == set(labels[part.validation]) == set(labels)


def test_the_network_that_is_kept_learns_from_what_the_folds_judged():
    assert len(judging_parts(np.arange(30) % 3).final.test) == 0


def test_of_many_labels_a_fifth_judges_the_network_that_is_kept():
    judging = judging_parts(np.arange(MOST_FOLDED + 50) % 2)
    assert judging.parts == (judging.final,)
    assert len(judging.final.test) == 70


def test_two_labels_of_a_class_are_too_few():
    with pytest.raises(KnownError, match="at least three labels of each class"):
        judging_parts(np.array([0, 0, 0, 1, 1]))


def test_no_group_lies_on_both_sides():
    labels, groups = np.arange(60) % 2, np.arange(60) // 4
    judging = judging_parts(labels, groups=groups)
    assert judging.are_folds
    for part in [*judging.parts, judging.final]:
        sides = [set(groups[side]) for side in (part.train, part.validation, part.test)]
        assert sum(len(side) for side in sides) == len(set.union(*sides)) == 15


def test_where_groups_leave_a_fold_without_a_class_a_fifth_judges():
    labels = np.repeat([0, 1], 20)
    groups = np.concatenate([np.arange(20), 20 + np.arange(20) // 10 % 2])
    with pytest.raises(KnownError, match="at least five groups"):
        judging_parts(labels, groups=groups)
