"""Colours can be read, in both themes."""

from __future__ import annotations

import pytest

from inspector.report.style import cell_shade, class_look
from resources.palette import DARK, LIGHT, readable_on


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_every_coloured_ground_has_its_text_colour(theme):
    variables = theme.variables()
    grounds = [name for name in variables if f"{name}-text" in variables]
    assert len(grounds) == 12 + 7 + 7
    assert all(variables[f"{name}-text"] == readable_on(variables[name]) for name in grounds)


def test_both_themes_define_the_same_names():
    assert LIGHT.variables().keys() == DARK.variables().keys()


def test_thirteenth_class_repeats_the_colour_with_another_marker():
    first, thirteenth = class_look(0), class_look(12)
    assert first["color"] == thirteenth["color"]
    assert first["marker"] != thirteenth["marker"]


def test_two_errors_in_sixty_are_seen():
    assert cell_shade(0, support=60, right=False) is None
    assert cell_shade(60, support=60, right=True) == ("steel", 6)
    assert cell_shade(2, support=60, right=False) == ("ember", 2)
