"""models.heads"""

from __future__ import annotations

import numpy as np
import torch
from sklearn.covariance import ledoit_wolf
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from models.heads import LinearHead, fit_lda, fit_on_all, mended_labels, shrunk_covariance
from models.propagate import NeighbourGraph


def equal(classes: int) -> np.ndarray:
    return np.full(classes, 1 / classes)


def propagated(features: np.ndarray, positions: np.ndarray, labels: np.ndarray, classes: int) -> LinearHead:
    """Fitted on the whole pool, of which those at the positions have labels."""
    graph = NeighbourGraph.build(features)
    pseudo = mended_labels(features, graph, positions, labels, classes, prior=equal(classes))
    return fit_on_all(features, pseudo, classes, prior=equal(classes))


def accuracy(head, features: np.ndarray, labels: np.ndarray) -> float:
    return float((head.logits(features).argmax(1) == labels).mean())


def test_the_covariance_is_that_of_scikit_learn():
    rows = np.random.default_rng(0).standard_normal((40, 60)) * np.linspace(0.2, 3, 60)
    expected, _ = ledoit_wolf(rows, assume_centered=True)
    found = shrunk_covariance(torch.from_numpy(rows.astype(np.float32))).numpy()
    np.testing.assert_allclose(found, expected, atol=2e-5)


def test_discriminant_separates_classes_that_share_a_long_axis():
    rng = np.random.default_rng(1)
    labels = np.arange(200) % 2
    features = rng.standard_normal((200, 2)) * (10, 0.3)
    features[:, 1] += labels
    head = fit_lda(features.astype(np.float32), labels, 2, prior=equal(2))
    assert accuracy(head, features, labels) > 0.9
    assert abs(head.weight[1, 1]) > 20 * abs(head.weight[1, 0])


def test_discriminant_agrees_with_scikit_learn(blobs):
    vectors, labels = blobs(30, 3, spread=0.4)
    shares = np.array([0.2, 0.3, 0.5])
    reference = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto", priors=shares).fit(vectors, labels)
    head = fit_lda(vectors.astype(np.float32), labels, 3, prior=shares)
    agreement = head.logits(vectors).argmax(1) == reference.predict(vectors)
    assert agreement.mean() > 0.97


def test_one_label_a_class_means_the_nearest_mean():
    features = np.array([[0, 0], [4, 0], [0, 4]], dtype=np.float32)
    head = fit_lda(features, np.array([0, 1, 2]), 3, prior=equal(3))
    assert head.logits(features + 0.5).argmax(1).tolist() == [0, 1, 2]


def test_a_class_without_a_label_is_never_predicted(blobs):
    vectors, labels = blobs(20, 2, spread=0.1)
    head = fit_lda(vectors.astype(np.float32), labels, 3, prior=np.array([0.5, 0.5, 0.0]))
    assert set(head.logits(vectors).argmax(1)) == {0, 1}


def test_the_prior_moves_the_border():
    features = np.array([[-1.1], [-0.9], [0.9], [1.1]], dtype=np.float32)
    labels = np.array([0, 0, 1, 1])
    favoured = fit_lda(features, labels, 2, prior=np.array([0.999, 0.001]))
    assert favoured.bias[0] - favoured.bias[1] > 6


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


def test_a_large_pool_is_thinned_but_not_its_rare_classes(blobs, monkeypatch):
    monkeypatch.setattr("models.heads.MOST_FITTED", 60)
    many, _ = blobs(400, 2, spread=0.3)
    rare, _ = blobs(5, 3, spread=0.1)
    features = np.concatenate([many, rare[10:]]).astype(np.float32)
    labels = np.repeat([0, 1, 2], [400, 400, 5])
    head = fit_on_all(features, labels, 3, prior=equal(3))
    assert accuracy(head, features, labels) > 0.95
    assert (head.logits(features[800:]).argmax(1) == 2).all()
