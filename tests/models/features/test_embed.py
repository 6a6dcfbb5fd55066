"""The map: neighbours stay neighbours, points move rather than jump."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.manifold import TSNE, trustworthiness

from models.events import Progress
from models.features.embed import _neighbour_distances, aligned, tsne_map, tsne_steps
from models.features.map_descent import affinities, descend
from models.stages import returned


@pytest.fixture(scope="module")
def vectors():
    """Three clusters of unit vectors (120, 16)."""
    rng = np.random.default_rng(0)
    values = np.repeat(rng.normal(size=(3, 16)), 40, axis=0) + 0.3 * rng.normal(size=(120, 16))
    return (values / np.linalg.norm(values, axis=1, keepdims=True)).astype(np.float32)


def same_cluster(points):
    """Share of nearest neighbours in the map that are of the same cluster."""
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    return float((distances.argmin(1) // 40 == np.arange(120) // 40).mean())


def test_neighbour_distances_are_those_between_the_vectors(vectors, monkeypatch):
    monkeypatch.setattr("models.features.embed.BLOCK", 50)
    found = returned(_neighbour_distances(vectors))
    expected = cdist(vectors.astype(float), vectors.astype(float))
    rows = np.repeat(np.arange(120), np.diff(found.indptr))
    np.testing.assert_allclose(found.data, expected[rows, found.indices], atol=1e-3)
    by_row = found.data.reshape(120, -1)
    np.testing.assert_allclose(by_row, np.sort(expected, axis=1)[:, : by_row.shape[1]], atol=1e-3)


def test_an_image_is_its_own_nearest_neighbour_even_among_copies():
    found = returned(_neighbour_distances(np.eye(4, dtype=np.float32)[np.arange(40) % 4]))
    first = found.indptr[:-1]
    assert np.array_equal(found.indices[first], np.arange(40))
    assert not found.data[first].any()


def test_slices_are_as_good_as_one_run(vectors):
    *_, sliced = tsne_steps(vectors)
    assert same_cluster(sliced) >= same_cluster(tsne_map(vectors)) - 0.02
    assert same_cluster(sliced) > 0.95
    assert trustworthiness(vectors, sliced) >= 0.98 * trustworthiness(vectors, tsne_map(vectors))


def test_each_slice_is_a_map_of_its_own(vectors):
    layouts = [made for made in tsne_steps(vectors, slices=2) if not isinstance(made, Progress)]
    assert [layout.shape for layout in layouts] == [(120, 2), (120, 2)]
    assert np.isfinite(layouts).all()


def test_from_an_earlier_map_points_move_rather_than_jump(vectors):
    *_, before = tsne_steps(vectors)
    *_, after = tsne_steps(vectors, start=before, slices=1)
    moved = np.linalg.norm(aligned(after, before) - before, axis=1)
    assert np.median(moved) < 0.1 * np.ptp(before, axis=0).max()


def test_a_map_can_be_stopped_after_every_block_and_every_step(vectors, monkeypatch):
    monkeypatch.setattr("models.features.embed.BLOCK", 50)
    told = [made for made in tsne_steps(vectors, slices=2) if isinstance(made, Progress)]
    assert [(made.stage, made.done) for made in told] == [
        *(("neighbours", done) for done in (50, 100, 120)),
        *(("map", done) for done in range(201)),
    ]
    assert {made.total for made in told if made.stage == "map"} == {200}


def test_the_steps_are_those_of_scikit_learn(vectors):
    distances = returned(_neighbour_distances(vectors))
    start = np.random.default_rng(0).normal(size=(120, 2)).astype(np.float32)

    class Short(TSNE):
        _N_ITER_CHECK = 5  # of either phase, as it believes to have arrived there

    settings = {"metric": "precomputed", "perplexity": 30.0, "early_exaggeration": 12.0, "learning_rate": 50.0}
    expected = Short(init=start, min_grad_norm=1e30, **settings).fit_transform(distances)
    affinity = affinities(distances, 30.0)
    early = returned(descend(affinity * 12.0, start, steps=5, momentum=0.5, rate=50.0))
    points = returned(descend(affinity, early, steps=5, momentum=0.8, rate=50.0))
    np.testing.assert_allclose(points, expected, rtol=1e-3, atol=1e-3)


def test_alignment_undoes_a_turn_a_mirror_and_a_scale(vectors):
    rng = np.random.default_rng(1)
    points = rng.normal(size=(50, 2))
    turned = 3 * points @ np.array([[0.0, 1.0], [1.0, 0.0]]) + 7
    np.testing.assert_allclose(aligned(turned, points), points, atol=1e-9)


def test_alignment_goes_by_the_images_that_both_show():
    rng = np.random.default_rng(1)
    points = rng.normal(size=(50, 2))
    reference = points + 5
    reference[40:] = np.nan
    np.testing.assert_allclose(aligned(points, reference), points + 5, atol=1e-9)


def test_three_images_are_no_map():
    with pytest.raises(ValueError, match="at least 4"):
        next(tsne_steps(np.eye(3)))


def test_images_that_are_new_begin_beside_their_neighbours(vectors):
    *_, before = tsne_steps(vectors)
    start = before.copy()
    start[::10] = np.nan
    *_, after = tsne_steps(vectors, start=start)
    assert np.isfinite(after).all()
    assert same_cluster(after) > 0.95


def test_copies_are_no_error():
    *_, points = tsne_steps(np.eye(12, dtype=np.float32)[np.arange(60) % 3])
    assert np.isfinite(points).all()


def test_a_start_of_another_shape_is_refused(vectors):
    with pytest.raises(ValueError, match="the start has shape"):
        next(tsne_steps(vectors, start=np.zeros((3, 2))))
