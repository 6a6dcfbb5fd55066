"""models.classification.heads"""

from __future__ import annotations

import numpy as np
import torch
from sklearn.covariance import ledoit_wolf
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from models.classification.heads import Scatter, Span, fit_lda


def equal(classes: int) -> np.ndarray:
    return np.full(classes, 1 / classes)


def accuracy(head, features: np.ndarray, labels: np.ndarray) -> float:
    return float((head.logits(features).argmax(1) == labels).mean())


def test_the_covariance_is_that_of_scikit_learn():
    rows = np.random.default_rng(0).standard_normal((40, 60)) * np.linspace(0.2, 3, 60)
    centred = torch.from_numpy(np.concatenate([rows, -rows]).astype(np.float32))
    expected, _ = ledoit_wolf(centred, assume_centered=True)
    found = Scatter.of(centred, torch.zeros(80, dtype=torch.long), 1, features=60).covariance().numpy()
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


def test_fewer_rows_than_features_give_the_same_head_in_coordinates_of_their_span():
    rng = np.random.default_rng(2)
    rows, labels = rng.standard_normal((12, 40)).astype(np.float32), np.arange(12) % 3
    unreduced = Scatter.of(torch.from_numpy(rows), torch.from_numpy(labels), 3, features=40).discriminant(equal(3))
    reduced = fit_lda(rows, labels, 3, prior=equal(3))
    assert Span.of(torch.from_numpy(rows)).basis.shape == (40, 12)
    np.testing.assert_allclose(reduced.weight, unreduced.weight, atol=1e-4)
    np.testing.assert_allclose(reduced.bias, unreduced.bias, atol=1e-4)


def test_features_that_repeat_each_other_do_no_harm():
    rng = np.random.default_rng(3)
    labels = np.arange(300) % 2
    once = rng.standard_normal((300, 20)).astype(np.float32)
    once[:, 0] += 3 * labels
    head = fit_lda(np.repeat(once, 3, axis=1), labels, 2, prior=equal(2))
    assert np.isfinite(head.weight).all()
    assert accuracy(head, np.repeat(once, 3, axis=1), labels) > 0.9
