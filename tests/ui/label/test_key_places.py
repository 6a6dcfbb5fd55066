"""Where class keys stand."""

from __future__ import annotations

import pytest

from inspector.ui.pages.label.key_places import NEW_PX, key_places


def test_up_to_seven_classes_stand_in_one_row_where_they_fit():
    made = key_places(6, 760)
    assert made.rows == 1
    assert len({y for _, y, _ in made.places}) == 1
    assert made.places[-1][2] == NEW_PX


@pytest.mark.parametrize("classes", [8, 12])
def test_from_eight_on_there_are_two_rows(classes):
    assert key_places(classes, 760).rows == 2


def test_more_rows_than_two_scroll():
    made = key_places(31, 760)
    assert made.height_px > made.shown_height_px


@pytest.mark.parametrize("classes", [0, 1, 6, 9, 31])
@pytest.mark.parametrize("width_px", [320, 660, 1400])
def test_no_key_overlaps_another_or_leaves_the_width(classes, width_px):
    made = key_places(classes, width_px)
    assert len(made.places) == classes + 1
    for (x, y, width), (next_x, next_y, _) in zip(made.places, made.places[1:], strict=False):
        assert next_y > y or next_x >= x + width
    assert max(x + width for x, _, width in made.places) <= width_px
