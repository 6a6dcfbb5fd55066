"""One search, and everything that is read off it."""

from __future__ import annotations

import numpy as np

from models.classification.pool_neighbours import NEAR, PoolNeighbours
from models.classification.propagate import NeighbourGraph, nearest_neighbours


def test_densities_and_graph_are_those_of_searches_of_their_own(blobs):
    vectors, _ = blobs(15, 2, spread=0.4)
    neighbours = PoolNeighbours.of(vectors)
    _, near = nearest_neighbours(vectors, vectors, NEAR, exclude_self=True)
    assert np.array_equal(neighbours.near_density(), near.mean(1))
    assert np.array_equal(neighbours.density(), neighbours.cosines.mean(1))
    assert (neighbours.graph().affinity != NeighbourGraph.build(vectors).affinity).nnz == 0


def test_a_search_tells_how_far_it_is_and_can_be_stopped(blobs, monkeypatch):
    monkeypatch.setattr("models.classification.propagate.BLOCK", 8)
    vectors, _ = blobs(10, 2, spread=0.4)
    search = PoolNeighbours.searching(vectors)
    told = [next(search) for _ in range(2)]
    assert [(event.done, event.total) for event in told] == [(8, 20), (16, 20)]
    search.close()
