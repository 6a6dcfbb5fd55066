"""models.classification.self_training"""

from __future__ import annotations

import numpy as np
import pytest

from models.classification.heads import LinearHead, fit_lda
from models.classification.propagate import NeighbourGraph
from models.classification.self_training import SelfTraining


def equal(classes: int) -> np.ndarray:
    return np.full(classes, 1 / classes)


def accuracy(head: LinearHead, features: np.ndarray, labels: np.ndarray) -> float:
    return float((head.logits(features).argmax(1) == labels).mean())


def graph_of(features: np.ndarray) -> NeighbourGraph:
    return NeighbourGraph.build(features / np.linalg.norm(features, axis=1, keepdims=True))


def propagated(features: np.ndarray, positions: np.ndarray, labels: np.ndarray, classes: int) -> LinearHead:
    """Fitted on the whole pool, of which those at the positions have labels."""
    training = SelfTraining(features, graph_of(features))
    pseudo = training.mended_labels(positions, labels, classes, prior=equal(classes))
    return training.head(pseudo, classes, prior=equal(classes))


@pytest.fixture(params=[12, 300], ids=["more images than features", "more features than images"])
def pool(request) -> tuple[np.ndarray, np.ndarray]:
    """120 images of three classes, which overlap."""
    rng = np.random.default_rng(0)
    labels = np.arange(120) % 3
    centres = rng.standard_normal((3, request.param))
    features = centres[labels] + 2 * rng.standard_normal((120, request.param))
    return features.astype(np.float32), labels


def test_the_unlabelled_images_help_a_single_label(blobs):
    vectors, labels = blobs(60, 4, spread=0.25)
    features = vectors.astype(np.float32)
    positions = np.array([0, 60, 120, 180])
    alone = fit_lda(features[positions], labels[positions], 4, prior=equal(4))
    spread = propagated(features, positions, labels[positions], 4)
    assert accuracy(spread, features, labels) > accuracy(alone, features, labels)


def test_the_same_seed_gives_the_same_head(blobs):
    vectors, labels = blobs(30, 3, spread=0.3)
    features = vectors.astype(np.float32)
    positions = np.array([0, 30, 60])
    first, second = (propagated(features, positions, labels[positions], 3) for _ in "ab")
    np.testing.assert_array_equal(first.weight, second.weight)


def test_a_head_is_the_discriminant_of_all_images_but_those_held_out(pool):
    features, labels = pool
    prior, held_out = np.array([0.2, 0.3, 0.5]), np.arange(0, 40, 2)
    training = SelfTraining(features, graph_of(features))
    rest = np.setdiff1d(np.arange(len(features)), held_out)
    for out, rows in ((held_out, rest), (None, np.arange(len(features)))):
        expected = fit_lda(features[rows], labels[rows], 3, prior=prior).logits(features)
        found = training.head(labels, 3, prior=prior, held_out=out).logits(features)
        np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-2)


def test_cross_fitted_logits_are_those_of_heads_that_did_not_see_the_image(pool):
    features, labels = pool
    training = SelfTraining(features, graph_of(features))
    found = training.cross_fitted_logits(labels, 3, prior=equal(3))
    changed = labels.copy()
    changed[7] = (labels[7] + 1) % 3
    again = training.cross_fitted_logits(changed, 3, prior=equal(3))
    np.testing.assert_allclose(again[7], found[7], atol=1e-4)
    assert not np.allclose(again, found, atol=1e-2)
    seen = training.head(labels, 3, prior=equal(3)).logits(features)
    own = np.arange(len(labels)), labels
    assert (found - found.mean(1, keepdims=True))[own].mean() < (seen - seen.mean(1, keepdims=True))[own].mean()


def test_a_labelled_image_that_is_held_out_teaches_no_head(pool):
    features, labels = pool
    held_out = np.array([3, 4, 5, 50])
    strange = features.copy()
    strange[held_out] = 50 * np.random.default_rng(1).standard_normal(strange[held_out].shape)
    positions = np.setdiff1d(np.arange(30), held_out)
    rest = np.setdiff1d(np.arange(120), held_out)
    graph = graph_of(features)  # of both, so that only the heads can tell the difference
    mended = [
        SelfTraining(pool_features, graph).mended_labels(
            positions, labels[positions], 3, prior=equal(3), held_out=held_out
        )
        for pool_features in (features, strange)
    ]
    np.testing.assert_array_equal(mended[0][rest], mended[1][rest])


def test_a_rare_class_is_kept_among_many_images(blobs):
    many, _ = blobs(400, 2, spread=0.3)
    rare, _ = blobs(5, 3, spread=0.1)
    features = np.concatenate([many, rare[10:]]).astype(np.float32)
    labels = np.repeat([0, 1, 2], [400, 400, 5])
    head = SelfTraining(features, graph_of(features)).head(labels, 3, prior=equal(3))
    assert accuracy(head, features, labels) > 0.95
    assert (head.logits(features[800:]).argmax(1) == 2).all()


@pytest.mark.parametrize("spread", [0.0, 1e-3, 3e-3])
def test_images_of_a_class_may_be_all_but_equal(spread):
    rng = np.random.default_rng(0)
    labels = np.arange(200) % 4
    centres = 2 * rng.standard_normal((4, 300))
    features = (centres[labels] + spread * rng.standard_normal((200, 300))).astype(np.float32)
    positions = np.arange(20)
    assert accuracy(propagated(features, positions, labels[positions], 4), features, labels) == 1.0
