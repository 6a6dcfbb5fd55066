"""models.classification.propagate"""

from __future__ import annotations

import numpy as np
import pytest

from models.classification.propagate import ALPHA, NeighbourGraph, nearest_cosine, nearest_neighbours


def test_neighbours_are_those_of_a_plain_search(blobs):
    vectors, _ = blobs(20, 3, spread=0.4)
    indices, cosines = nearest_neighbours(vectors, vectors, 4, exclude_self=True)
    similarity = vectors @ vectors.T - 2 * np.eye(60)
    np.testing.assert_array_equal(np.sort(indices), np.sort(np.argsort(-similarity)[:, :4]))
    assert (np.diff(cosines) <= 0).all()


def test_the_nearest_cosine_is_that_of_a_plain_search(blobs):
    vectors, labels = blobs(300, 3, spread=0.4)
    expected = (vectors @ vectors[labels == 1].T).max(1)
    np.testing.assert_allclose(nearest_cosine(vectors, vectors[labels == 1]), expected, atol=1e-6)


def test_the_solution_is_that_of_the_dense_system(blobs):
    vectors, labels = blobs(15, 3, spread=0.3)
    positions = np.array([0, 1, 15, 30])
    graph = NeighbourGraph.build(vectors)
    seeds = np.zeros((45, 3))
    seeds[positions, labels[positions]] = [0.5, 0.5, 1, 1]
    dense = np.linalg.solve(np.eye(45) - ALPHA * graph.affinity.toarray(), seeds)
    dense /= dense.sum(0)
    expected = dense / dense.sum(1, keepdims=True)
    np.testing.assert_allclose(graph.propagate(positions, labels[positions], 3), expected, atol=1e-4)


def test_one_label_a_group_labels_the_groups(blobs):
    vectors, labels = blobs(30, 4, spread=0.15)
    positions = np.array([0, 30, 60, 90])
    probabilities = NeighbourGraph.build(vectors).propagate(positions, labels[positions], 4)
    assert (probabilities.argmax(1) == labels).mean() > 0.97
    np.testing.assert_allclose(probabilities.sum(1), 1)


def test_the_prior_gives_a_class_its_share(blobs):
    vectors, labels = blobs(30, 2, spread=1.0)
    graph = NeighbourGraph.build(vectors)
    positions = np.array([0, 30])
    equal = graph.propagate(positions, labels[positions], 2)
    skewed = graph.propagate(positions, labels[positions], 2, prior=np.array([0.9, 0.1]))
    assert (skewed[:, 0] >= equal[:, 0]).all()


def test_images_that_no_label_reaches_are_undecided():
    here, there = np.eye(12)[[0] * 5], np.eye(12)[[1] * 5]
    graph = NeighbourGraph.build(np.concatenate([here, there]), neighbours=2)
    probabilities = graph.propagate(np.array([0, 1]), np.array([0, 1]), 2)
    np.testing.assert_allclose(probabilities[5:], 0.5)


def test_one_image_makes_no_graph():
    with pytest.raises(ValueError, match="at least two"):
        NeighbourGraph.build(np.eye(3)[:1])


def test_labels_follow_two_moons_round_their_bend():
    angle = np.linspace(0, np.pi, 60)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    moons = np.concatenate([upper, [1, 0.35] - upper])
    lifted = np.concatenate([0.5 * moons, np.ones((120, 1))], axis=1)  # near the pole, cosines rank as distances do
    graph = NeighbourGraph.build(lifted / np.linalg.norm(lifted, axis=1, keepdims=True), neighbours=5)
    predicted = graph.propagate(np.array([0, 60]), np.array([0, 1]), 2).argmax(1)
    assert predicted.tolist() == [0] * 60 + [1] * 60


def test_a_class_without_a_label_gets_nothing(blobs):
    vectors, labels = blobs(20, 2, spread=0.3)
    probabilities = NeighbourGraph.build(vectors).propagate(np.array([0, 20]), labels[[0, 20]], 3)
    np.testing.assert_array_equal(probabilities[:, 2], 0)


def test_a_class_counts_the_same_whatever_the_number_of_its_labels(blobs):
    vectors, labels = blobs(30, 2, spread=0.15)
    positions = np.array([*range(20), 30])
    predicted = NeighbourGraph.build(vectors).propagate(positions, labels[positions], 2).argmax(1)
    assert (predicted == labels).mean() > 0.97


def test_cosines_are_those_of_the_neighbours(blobs):
    vectors, _ = blobs(20, 3, spread=0.4)
    cosines = NeighbourGraph.build(vectors).cosines().toarray()
    linked = cosines != 0
    assert linked.sum(1).min() >= 15
    np.testing.assert_allclose(cosines[linked], (vectors @ vectors.T)[linked], atol=1e-5)


def test_building_tells_how_far_it_is(blobs):
    vectors, _ = blobs(300, 2, spread=0.4)
    building = NeighbourGraph.building(vectors)
    assert [(next(building).done, 600) for _ in range(2)] == [(512, 600), (600, 600)]
    with pytest.raises(StopIteration) as end:
        next(building)
    np.testing.assert_array_equal(end.value.value.affinity.data, NeighbourGraph.build(vectors).affinity.data)
