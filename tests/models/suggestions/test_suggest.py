"""models.suggestions.suggest"""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from models.classification.pool_neighbours import PoolNeighbours
from models.classification.propagate import NeighbourGraph, nearest_neighbours
from models.suggestions import suggest as suggest_module
from models.suggestions.suggest import (
    Guess,
    at_random,
    different,
    different_share,
    mixture,
    suggest,
    typical,
    uncertain,
    uncertain_pays,
)

NONE = np.zeros(0, dtype=np.int64)
KMEANS = suggest_module._kmeans


def positions_of(suggestions) -> list[int]:
    return [suggestion.position for suggestion in suggestions]


def test_as_many_typical_images_as_groups_meet_every_group(blobs):
    vectors, labels = blobs(30, 5, spread=0.1)
    chosen = suggest(vectors, NONE, 5)
    assert set(labels[positions_of(chosen)]) == set(range(5))
    assert chosen[0].reason == "stands for a group of 30 images not labelled yet"


def test_a_group_that_has_a_label_is_not_suggested_again(blobs):
    vectors, labels = blobs(30, 5, spread=0.1)
    chosen = typical(vectors, np.array([0, 35]), 3)
    assert set(labels[positions_of(chosen)]) == {2, 3, 4}


def test_no_image_comes_twice_nor_one_that_has_a_label(blobs):
    vectors, _ = blobs(4, 3, spread=0.2)
    chosen = positions_of(suggest(vectors, np.array([0, 1]), 50))
    assert sorted(chosen) == list(range(2, 12))


def test_uncertain_images_lie_between_the_classes(blobs):
    ends, _ = blobs(20, 2, spread=0.05)
    middle = np.tile(ends[:20].mean(0) + ends[20:].mean(0), (5, 1)) + 0.02 * np.random.default_rng(0).random((5, 12))
    vectors = np.concatenate([ends, middle / np.linalg.norm(middle, axis=1, keepdims=True)])
    graph = NeighbourGraph.build(vectors)
    positions = np.array([0, 20])
    guess = Guess(graph.propagate(positions, np.array([0, 1]), 2), ["pit", "crack"])
    best = uncertain(PoolNeighbours.of(vectors), positions, 1, guess)[0]
    assert best.position >= 40
    assert best.reason in ("undecided between pit and crack", "undecided between crack and pit")


def test_at_random_is_the_same_for_a_seed():
    assert at_random(50, np.array([3]), 5, seed=2) == at_random(50, np.array([3]), 5, seed=2)
    assert 3 not in positions_of(at_random(50, np.array([3]), 49))


def test_a_count_below_one_is_refused(blobs):
    vectors, _ = blobs(4, 2, spread=0.1)
    with pytest.raises(ValueError, match="at least one"):
        suggest(vectors, NONE, 0)


def test_with_fewer_than_three_labels_a_class_doubt_does_not_pay(blobs):
    vectors, labels = blobs(20, 2, spread=0.3)
    positions = np.array([0, 1, 20, 21])
    neighbours = PoolNeighbours.of(vectors)
    pays = uncertain_pays(neighbours.graph(), neighbours.density(), vectors, positions, labels[positions], 2)
    assert not pays


def test_of_many_labels_a_part_is_tried(blobs, monkeypatch):
    clustered = []
    monkeypatch.setattr(suggest_module, "_kmeans", lambda *args: clustered.append(len(args[0])) or KMEANS(*args))
    monkeypatch.setattr(suggest_module, "TRIAL_LABELS", 30)
    vectors, labels = blobs(40, 3, spread=0.4)
    neighbours = PoolNeighbours.of(vectors)
    uncertain_pays(neighbours.graph(), neighbours.density(), vectors, np.arange(120), labels, 3)
    assert set(clustered) == {30}


def test_uncertain_images_take_their_share_of_the_list(blobs):
    vectors, labels = blobs(30, 3, spread=0.4)
    positions = np.array([0, 30, 60])
    guess = Guess(NeighbourGraph.build(vectors).propagate(positions, labels[positions], 3), ["a", "b", "c"])
    mixed = suggest(vectors, positions, 8, uncertain_share=0.5, guess=guess)
    assert len(set(positions_of(mixed)) - set(positions)) == 8
    assert sum(s.reason.startswith("undecided") for s in mixed) == 4
    alone = suggest(vectors, positions, 8, uncertain_share=0.5)
    assert not any(s.reason.startswith("undecided") for s in alone)  # nothing is guessed yet


def test_uncertain_images_are_no_near_neighbours_of_each_other(blobs):
    vectors, _ = blobs(40, 1, spread=0.3)
    guess = Guess(np.full((40, 2), 0.5), ["a", "b"])
    first, second = positions_of(uncertain(PoolNeighbours.of(vectors), NONE, 2, guess))
    nearest = np.argsort(-vectors @ vectors[first])[1:16]
    assert second not in nearest


def test_a_pool_that_is_all_labelled_has_nothing_to_suggest(blobs):
    vectors, _ = blobs(4, 2, spread=0.1)
    assert suggest(vectors, np.arange(8), 3) == []


def test_copies_are_no_warning():
    assert len(suggest(np.eye(12)[np.arange(40) % 3], np.array([0]), 10)) == 10


def test_a_pool_of_few_distinct_images_is_clustered_twice_at_most(monkeypatch):
    fits = []
    monkeypatch.setattr(suggest_module, "_kmeans", lambda *args: fits.append(args[1]) or KMEANS(*args))
    chosen = typical(np.eye(20)[np.arange(500) % 20], NONE, 30)
    assert len(fits) <= 2
    assert len(set(positions_of(chosen))) == 30
    assert {position % 20 for position in positions_of(chosen[:20])} == set(range(20))
    assert {s.reason for s in chosen[20:]} == {"like an image that is labelled or suggested already"}


def test_many_clusters_are_of_like_images(blobs, monkeypatch):
    monkeypatch.setattr(suggest_module, "KMEANS_DISTANCES", 100)
    vectors, labels = blobs(40, 5, spread=0.1)
    clusters = KMEANS(vectors, 60, 0)
    assert len(np.unique(clusters)) > 40
    assert all(len(np.unique(labels[clusters == k])) == 1 for k in np.unique(clusters))
    assert len(set(positions_of(typical(vectors, np.arange(0, 200, 5), 20)))) == 20


def test_where_labels_are_uneven_part_of_the_list_is_different():
    assert different_share(np.array([0, 0, 0, 0, 0, 1, 2])) == 0.5
    assert different_share(np.array([0, 1, 2, 0, 1, 2, 0])) == 0.0
    assert different_share(np.array([0, 0, 0, 1])) == 0.0, "too few labels to tell"


def test_a_rare_class_is_met_before_the_frequent_one_is_used_up(blobs):
    vectors, labels = blobs(6, 3, spread=0.1)
    many, _ = blobs(200, 1, spread=0.5)
    vectors, labels = np.concatenate([many, vectors[6:]]), np.concatenate([np.zeros(200, dtype=int), labels[6:]])
    chosen = suggest(vectors, np.arange(6), 4, different_share=0.5)
    assert {s.kind for s in chosen} == {"different", "typical"}
    assert set(labels[[s.position for s in chosen if s.kind == "different"]]) == {1, 2}
    assert len(set(positions_of(chosen))) == 4


def test_a_freak_is_not_different_enough(blobs):
    vectors, _ = blobs(20, 2, spread=0.1)
    freak = -vectors.mean(0, keepdims=True)
    vectors = np.concatenate([vectors, freak / np.linalg.norm(freak)])
    _, cosines = nearest_neighbours(vectors, vectors, 5, exclude_self=True)
    (chosen,) = different(vectors, cosines.mean(1), np.array([0]), 1)
    assert 20 <= chosen.position < 40


def test_many_labels_are_not_held_against_all_images_at_once(blobs):
    vectors, _ = blobs(1_000, 3, spread=0.4)
    tracemalloc.start()
    different(vectors, np.ones(3_000), np.arange(2_000), 1)
    _, most_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most_bytes < 3_000 * 2_000


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_neighbours_found_before_are_not_looked_for_again(blobs, monkeypatch, share):
    vectors, labels = blobs(30, 3, spread=0.4)
    positions = np.arange(0, 90, 6)
    expected = mixture(vectors, positions, labels[positions], ["a", "b", "c"])
    shares = {"different_share": 0.5, "uncertain_share": share, "guess": expected.guess}
    suggested = suggest(vectors, positions, 8, **shares)
    neighbours = PoolNeighbours.of(vectors)
    monkeypatch.setattr(PoolNeighbours, "of", None)
    mixed = mixture(vectors, positions, labels[positions], ["a", "b", "c"], neighbours=neighbours)
    assert mixed.uncertain_share == expected.uncertain_share
    assert np.array_equal(mixed.guess.probabilities, expected.guess.probabilities)
    assert suggest(vectors, positions, 8, **shares, neighbours=neighbours) == suggested
