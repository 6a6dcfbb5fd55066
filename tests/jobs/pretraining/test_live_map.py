"""inspector.jobs.pretraining.live_map"""

from __future__ import annotations

import numpy as np

from inspector.jobs.pretraining.live_map import LiveMap, places
from models.events import Embedding


def look(positions, *, epoch: int = 1) -> Embedding:
    positions = np.array(positions)
    return Embedding(epoch, positions, np.eye(12, dtype=np.float32)[positions % 3] + 0.01 * positions[:, None])


def test_images_are_named_by_their_ids():
    moved = LiveMap(list(range(100, 130))).moved(look(range(5, 30)))
    assert moved.image_ids.tolist() == list(range(105, 130))
    assert moved.points.shape == (25, 2)
    assert moved.epoch == 1


def test_a_look_at_other_images_goes_on_from_those_that_both_show():
    live_map = LiveMap(list(range(100, 130)))
    live_map.moved(look(range(20)))
    moved = live_map.moved(look(range(10, 30), epoch=2))
    assert moved.image_ids.tolist() == list(range(110, 130))
    assert np.isfinite(moved.points).all()


def test_three_images_are_no_map():
    assert LiveMap([1, 2, 3]).moved(look(range(3))) is None


def test_places_are_found_by_id():
    found = places(np.array([7, 3, 9]), np.array([9, 7]), np.array([[1.0, 2.0], [3.0, 4.0]]))
    np.testing.assert_array_equal(found, [[3, 4], [np.nan, np.nan], [1, 2]])
