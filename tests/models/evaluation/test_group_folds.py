"""Folds that keep groups together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.classification.classifier import stratified_folds
from models.errors import KnownError
from models.evaluation.group_folds import group_folds, judged_alone
from models.finetuning.finetune import stratified_parts

LABELLED = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 12)), min_size=1, max_size=60)


@given(LABELLED, st.integers(0, 5))
def test_no_group_straddles_and_every_fold_leaves_each_class_some_labels(labelled, seed):
    labels, groups = np.array(labelled).T
    folds = group_folds(labels, groups, most=5, seed=seed)
    for group in np.unique(groups):
        assert len(set(folds[groups == group].tolist())) == 1
    for fold in np.unique(folds[folds >= 0]):
        assert set(labels[folds == fold].tolist()) <= set(labels[folds != fold].tolist())


def test_groups_of_one_size_fill_the_folds_evenly():
    labels, groups = np.tile([0, 1], 50), np.repeat(np.arange(50), 2)
    assert np.bincount(group_folds(labels, groups, most=5)).tolist() == [20] * 5


def test_without_groups_the_folds_are_as_they_were():
    labels = np.repeat([0, 1, 2], 7)
    assert (stratified_folds(labels, groups=np.arange(21)) == stratified_folds(labels)).all()


def test_a_class_in_one_group_is_judged_by_nothing():
    labels, groups = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 0, 0, 1, 2, 3])
    assert judged_alone(labels, groups).tolist() == [0]
    assert (group_folds(labels, groups, most=5)[:3] == -1).all()


def test_gradient_descent_keeps_groups_together():
    labels, groups = np.tile([0, 1], 20), np.repeat(np.arange(20), 2)
    parts = stratified_parts(labels, groups=groups)
    held = [set(groups[part].tolist()) for part in (parts.train, parts.validation, parts.test)]
    assert held[0].isdisjoint(held[1] | held[2])
    assert held[1].isdisjoint(held[2])


def test_gradient_descent_needs_some_groups_of_each_class():
    with pytest.raises(KnownError, match="at least five groups"):
        stratified_parts(np.tile([0, 1], 20), groups=np.repeat([0, 1], 20))
