"""models.heads"""

from __future__ import annotations

import numpy as np
import torch
from sklearn.covariance import ledoit_wolf
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from models.heads import fit_lda, fit_propagated, shrunk_covariance
from models.propagate import NeighbourGraph


def equal(classes: int) -> np.ndarray:
    return np.full(classes, 1 / classes)


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
    graph = NeighbourGraph.build(features)
    alone = fit_lda(features[positions], labels[positions], 4, prior=equal(4))
    spread = fit_propagated(features, graph, positions, labels[positions], 4, prior=equal(4))
    assert accuracy(spread, features, labels) > accuracy(alone, features, labels)


def test_the_same_seed_gives_the_same_head(blobs):
    vectors, labels = blobs(30, 3, spread=0.3)
    features = vectors.astype(np.float32)
    positions = np.array([0, 30, 60])
    graph = NeighbourGraph.build(features)
    first, second = (fit_propagated(features, graph, positions, labels[positions], 3, prior=equal(3)) for _ in "ab")
    np.testing.assert_array_equal(first.weight, second.weight)
