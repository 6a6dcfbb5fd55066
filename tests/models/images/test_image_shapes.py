"""How large images are kept, how they make batches, and the window that fits them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.images.shapes import MIN_SIDE, common_shape, groups_of_one_shape, shape_within, window_shape

SIDES = st.integers(1, 200_000)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((200, 300), (200, 300)),
        ((640, 640), (640, 640)),
        ((2_000, 4_000), (452, 905)),
        ((20_000, 2_000), (2_023, 202)),
        ((5, 5), (5, 5)),
        ((1, 200_000), (1, 12_800)),
        ((200_000, 40), (12_800, 2)),
    ],
)
def test_large_images_shrink_and_keep_their_aspect(shape, expected):
    assert shape_within(height=shape[0], width=shape[1], max_area=640 * 640) == expected


@given(SIDES, SIDES)
def test_no_image_is_larger_than_the_limit_with_its_margin(height, width):
    sides = shape_within(height=height, width=width, max_area=640 * 640)
    assert min(sides) >= 1
    assert max(sides[0], MIN_SIDE) * max(sides[1], MIN_SIDE) <= 640 * 640


@pytest.mark.parametrize(
    ("shapes", "expected"),
    [
        ([(200, 200)], (200, 200)),
        ([(40, 60), (90, 90), (40, 60)], (40, 60)),
        ([(40, 60), (90, 90)], (90, 90)),
        ([(512, 512)], (256, 256)),
        ([(1_000, 250)], (512, 128)),
        ([(12_800, 32)], (2_048, 32)),
    ],
)
def test_the_common_shape_is_the_most_frequent_one_scaled_down(shapes, expected):
    assert common_shape(np.array(shapes)) == expected


@pytest.mark.parametrize(
    ("shapes", "expected"),
    [
        ([(200, 300)] * 3, (200, 300)),
        ([(200, 400)] * 3, (128, 128)),  # one shape, but too large to be looked at whole
        ([(200, 300), (300, 200)], (128, 128)),
        ([(64, 64), (40, 90), (64, 70)], (64, 64)),
        ([(64, 70)] * 19 + [(600, 600)], (64, 64)),  # a stray one does not count
        ([(64, 70)] * 8 + [(600, 600)] * 2, (128, 128)),
    ],
)
def test_windows_are_whole_images_or_squares(shapes, expected):
    assert window_shape(np.array(shapes)) == expected


def test_batches_are_of_one_shape_and_bounded():
    shapes = np.array([(50, 50), (10, 10), (50, 50), (10, 20), (50, 50), (10, 10)])
    groups = groups_of_one_shape(shapes, most_images=10, most_pixels=5_000)
    assert [group.tolist() for group in groups] == [[1, 5], [3], [0, 2], [4]]


def test_no_images_are_no_batches():
    assert list(groups_of_one_shape(np.zeros((0, 2), dtype=np.int64), most_images=10)) == []


def test_an_image_larger_than_a_batch_is_one():
    groups = groups_of_one_shape(np.array([(50, 50)] * 2), most_images=10, most_pixels=100)
    assert [group.tolist() for group in groups] == [[0], [1]]
