"""models.classification.classifier"""

from __future__ import annotations

import numpy as np
import pytest

from models.classification.classifier import LinearFit, fit_linear, stratified_folds
from models.classification.comparison import best_candidate
from models.classification.labelled_pool import LabelledPool
from models.errors import KnownError
from models.stages import returned


def fit(pool: LabelledPool, **others: dict[str, LabelledPool]) -> LinearFit:
    return returned(fit_linear(pool, **others))


def pool_of(vectors, labels, positions, *, classes="abc", use_unlabelled=True) -> LabelledPool:
    blocks = {"encoder_mean": vectors.astype(np.float32)}
    return LabelledPool.build(blocks, positions, labels[positions], classes, use_unlabelled=use_unlabelled)


def test_every_fold_leaves_each_class_a_label_to_train_on():
    labels = np.array([0] * 2 + [1] * 7 + [2])
    folds = stratified_folds(labels)
    for fold in np.unique(folds[folds >= 0]):
        assert set(labels[folds != fold]) == {0, 1, 2}
    assert folds[labels == 2].tolist() == [-1]


def test_figures_are_of_labels_that_were_held_out(blobs):
    vectors, labels = blobs(40, 3, spread=0.15)
    done = fit(pool_of(vectors, labels, np.arange(0, 120, 8)))
    assert done.comparison.evaluation.images == 15
    assert done.comparison.evaluation.accuracy > 0.9
    assert (done.head.logits(vectors).argmax(1) == labels).mean() > 0.95


def test_labels_that_mean_nothing_validate_at_chance(blobs):
    vectors, _ = blobs(100, 3, spread=3.0)
    labels = np.random.default_rng(5).integers(0, 3, 300)
    done = fit(pool_of(vectors, labels, np.arange(0, 300, 2)))
    low, high = done.comparison.evaluation.interval
    assert low < 1 / 3 < high


def test_one_label_a_class_leaves_nothing_to_validate(blobs):
    vectors, labels = blobs(30, 3, spread=0.5)
    done = fit(pool_of(vectors, labels, np.array([0, 30, 60])))
    assert done.comparison.evaluation is None
    confidence = done.calibration.probabilities(done.head.logits(vectors)).max(1)
    assert 0.5 < confidence.mean() < 1


def test_without_unlabelled_images_nothing_is_propagated(blobs):
    vectors, labels = blobs(10, 3, spread=0.1)
    done = fit(pool_of(vectors, labels, np.arange(30), use_unlabelled=False))
    assert not done.rule.propagated


def test_a_single_class_is_refused(blobs):
    vectors, labels = blobs(10, 3, spread=0.1)
    with pytest.raises(KnownError, match="at least two classes"):
        pool_of(vectors, labels, np.arange(5))


def test_a_rule_must_be_better_beyond_chance():
    labels = np.arange(40) % 2
    first, slightly, clearly = labels.copy(), labels.copy(), labels.copy()
    first[:10] = 1 - labels[:10]
    slightly[1:10] = 1 - labels[1:10]
    assert best_candidate(np.stack([first, slightly]), labels) == 0
    assert best_candidate(np.stack([first, slightly, clearly]), labels) == 2


def test_unequal_classes_are_compared_with_either_share(blobs):
    vectors, labels = blobs(40, 3, spread=0.1)
    positions = np.concatenate([np.arange(30), np.arange(40, 46), np.arange(80, 86)])
    done = fit(pool_of(vectors, labels, positions))
    assert len(done.comparison.scores) == 4


def test_the_labels_shares_are_taken_where_they_pay(blobs):
    common, _ = blobs(160, 1, spread=0.5, seed=1)
    rare, _ = blobs(20, 1, spread=0.5, seed=2)
    vectors = np.concatenate([common, rare])  # nothing tells the two apart but how many there are
    labels = np.repeat([0, 1], [160, 20])
    done = fit(pool_of(vectors, labels, np.arange(180), classes="ab", use_unlabelled=False))
    assert not done.rule.equal_shares
    assert done.comparison.evaluation.accuracy > 0.85  # equal shares would call half of the common ones rare


def test_other_features_are_taken_where_they_are_clearly_better(blobs):
    vectors, labels = blobs(60, 3, spread=0.15)
    noise = np.random.default_rng(1).normal(size=vectors.shape)
    known = np.arange(0, 180, 3)
    good, bad = pool_of(vectors, labels, known), pool_of(noise, labels, known)
    taken = fit(bad, others={"spectrum": good})
    assert taken.features == "spectrum"
    assert taken.comparison.chosen.startswith("spectrum: ")
    assert (taken.head.logits(vectors).argmax(1) == labels).mean() > 0.95
    assert fit(good, others={"spectrum": good}).features == ""
    assert fit(good, others={"spectrum": bad}).features == ""


def test_a_head_is_not_surer_of_the_images_that_it_has_learned_from_than_it_is_right():
    rng = np.random.default_rng(4)
    labels = np.repeat(np.arange(3), 50)
    vectors = rng.standard_normal((150, 200)) + 0.45 * np.repeat(np.eye(3), 20, axis=1).repeat(50, axis=0) @ np.eye(
        60, 200
    )
    done = fit(pool_of(vectors, labels, np.concatenate([np.arange(8) + 50 * k for k in range(3)])))
    assert done.rule.propagated
    right = (done.pool_logits.argmax(1) == labels).mean()
    own = done.calibration.probabilities(done.head.logits(vectors.astype(np.float32))).max(1).mean()
    assert own > right + 0.1
    assert done.calibration.probabilities(done.pool_logits).max(1).mean() == pytest.approx(right, abs=0.08)
