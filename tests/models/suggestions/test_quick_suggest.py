"""models.suggestions.quick_suggest"""

from __future__ import annotations

import numpy as np
import pytest

from models.classification.pool_neighbours import PoolNeighbours
from models.classification.propagate import NeighbourGraph
from models.suggestions.quick_suggest import SuggestionPool
from models.suggestions.suggest import Guess, suggest, uncertain

NONE = np.zeros(0, dtype=np.int64)


def pool_of(vectors: np.ndarray) -> tuple[SuggestionPool, NeighbourGraph]:
    graph = NeighbourGraph.build(vectors)
    return SuggestionPool.build(vectors, graph), graph


def positions_of(suggestions) -> list[int]:
    return [suggestion.position for suggestion in suggestions]


def test_as_many_images_as_groups_meet_every_group(blobs):
    vectors, labels = blobs(30, 5, spread=0.1)
    chosen = pool_of(vectors)[0].suggest(NONE, 5)
    assert set(labels[positions_of(chosen)]) == set(range(5))
    assert all(set(labels[list(s.group)]) == {labels[s.position]} for s in chosen)


def test_typical_images_do_not_lie_at_the_rim_of_their_group(blobs):
    vectors, labels = blobs(60, 3, spread=0.2)
    for suggestion in pool_of(vectors)[0].suggest(NONE, 3):
        axis = labels[suggestion.position]
        assert vectors[suggestion.position, axis] > np.quantile(vectors[labels == axis, axis], 0.25)


def test_no_image_comes_twice_nor_one_that_has_a_label(blobs):
    vectors, _ = blobs(4, 3, spread=0.2)
    chosen = positions_of(pool_of(vectors)[0].suggest(np.array([0, 1]), 50, skipped={5}))
    assert len(set(chosen)) == len(chosen)
    assert not set(chosen) & {0, 1, 5}


def test_doubt_is_that_of_the_whole_search(blobs):
    vectors, labels = blobs(40, 2, spread=0.5)
    pool, graph = pool_of(vectors)
    positions = np.array([0, 1, 40, 41])
    guess = Guess(graph.propagate(positions, labels[positions], 2), ["a", "b"])
    quick = pool.suggest(positions, 4, uncertain_share=1.0, guess=guess)
    whole = uncertain(PoolNeighbours.of(vectors), positions, 12, guess)
    assert {s.kind for s in quick} == {"uncertain"}
    assert len(set(positions_of(quick)) & set(positions_of(whole))) >= 2


def test_what_is_different_is_that_of_the_whole_search(blobs):
    vectors, _ = blobs(40, 4, spread=0.5)
    labelled = np.arange(6)
    quick = pool_of(vectors)[0].suggest(labelled, 6, different_share=0.5)
    whole = suggest(vectors, labelled, 6, different_share=0.5)
    quick, whole = ([s.position for s in chosen if s.kind == "different"] for chosen in (quick, whole))
    assert len(quick) == 3
    assert quick == whole


@pytest.mark.parametrize("count", [0, 3])
def test_a_pool_that_is_all_labelled_has_nothing_to_suggest(blobs, count):
    vectors, _ = blobs(4, 2, spread=0.1)
    assert pool_of(vectors)[0].suggest(np.arange(8), count) == []


def test_with_fewer_than_three_labels_a_class_doubt_takes_no_share(blobs):
    vectors, labels = blobs(20, 2, spread=0.3)
    positions = np.array([0, 1, 20, 21])
    assert pool_of(vectors)[0].uncertain_share(positions, labels[positions], 2) == 0


def test_copies_are_no_warning():
    pool, _ = pool_of(np.eye(12, dtype=np.float32)[np.arange(40) % 3])
    assert 1 <= len(pool.suggest(np.array([0]), 10)) <= 10
