"""models.classification.live_propagation"""

from __future__ import annotations

import numpy as np
import pytest

from models.classification.live_propagation import UNREACHED, LivePropagation
from models.classification.propagate import NeighbourGraph


@pytest.fixture
def scattered(blobs):
    """150 images of five classes that overlap: their graph, and 30 labels at random places."""
    vectors, labels = blobs(30, 5, spread=0.4)
    positions = np.random.default_rng(1).permutation(150)[:30]
    return NeighbourGraph.build(vectors), positions, labels[positions]


def test_probabilities_are_those_of_propagation(scattered):
    graph, positions, labels = scattered
    live = LivePropagation(graph)
    for n in (20, 21, 30, 25):  # labels come and go
        probabilities = live.spread(positions[:n], labels[:n], 5).probabilities
        np.testing.assert_allclose(probabilities, graph.propagate(positions[:n], labels[:n], 5), atol=1e-4)


def test_answers_are_those_of_propagation_without_the_label(scattered):
    graph, positions, labels = scattered
    few = np.concatenate([np.flatnonzero(labels == k)[:5] for k in range(5)])  # then each label is left out alone
    positions, labels = positions[few], labels[few]
    spread = LivePropagation(graph).spread(positions, labels, 5)
    for i, answer in zip(spread.judged, spread.answers, strict=True):
        left = np.delete(np.arange(len(few)), i)
        same = np.flatnonzero(np.sort(positions[labels == labels[i]]) == positions[i])[0]  # its part of the class
        others = [k for k in range(5) if k != labels[i]]
        left = [j for j in left if labels[j] not in others or _part(positions, labels, j) != same]
        assert answer == graph.propagate(positions[left], labels[left], 5)[positions[i]].argmax()


def _part(positions: np.ndarray, labels: np.ndarray, i: int) -> int:
    return int(np.flatnonzero(np.sort(positions[labels == labels[i]]) == positions[i])[0])


def test_an_image_that_only_its_own_label_reaches_counts_as_wrong():
    islands = np.repeat(np.eye(12)[:3], 4, axis=0)
    graph = NeighbourGraph.build(islands, neighbours=2)
    spread = LivePropagation(graph).spread(np.array([0, 4, 8]), np.array([0, 1, 1]), 2)
    assert spread.judged.tolist() == [1, 2]
    assert spread.answers.tolist() == [UNREACHED, UNREACHED]


def test_the_only_label_of_a_class_is_never_left_out(blobs):
    vectors, _ = blobs(10, 2, spread=0.2)
    spread = LivePropagation(NeighbourGraph.build(vectors)).spread(np.array([0, 10, 11]), np.array([0, 1, 1]), 2)
    assert spread.judged.tolist() == [1, 2]
    assert spread.answers.tolist() == [1, 1]


def test_no_label_is_judged_by_another_one_of_its_group():
    graph = NeighbourGraph.build(np.repeat(np.eye(12)[:3], 4, axis=0), neighbours=2)
    groups = np.array([0, 1, 2, 3, 4, 4, 6, 7, 8, 9, 10, 11])
    positions, labels = np.array([0, 4, 5, 8]), np.array([0, 1, 1, 1])
    assert LivePropagation(graph).spread(positions, labels, 2).answers.tolist() == [1, 1, UNREACHED]
    assert LivePropagation(graph, groups).spread(positions, labels, 2).answers.tolist() == [UNREACHED] * 3
