"""Names of curves: no curve runs through one, and none stands on another."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF

from inspector.ui.widgets.plot_names import name_place
from inspector.ui.widgets.plot_series import curve
from inspector.ui.widgets.plot_style import Scales

X = [5, 10, 20, 40, 80]
SCALES = Scales(QRectF(36, 8, 350, 150), x=(0, 80), y=(0, 1))


def placed(*values):
    curves = [curve(X, y, label="latest encoder") for y in values]
    taken = []
    for shown in curves:
        taken.append(name_place(SCALES, shown, curves, width=90, taken=taken))
    return curves, taken


@pytest.mark.parametrize(
    "values",
    [
        ([0.5, 0.66, 0.78, 0.85, 0.9], [0.4, 0.52, 0.6, 0.68, 0.74]),
        ([0.5, 0.6, 0.7, 0.8, 0.96], [0.5, 0.55, 0.6, 0.7, 0.82]),
        ([0.1, 0.2, 0.3, 0.4, 0.5], [0.5, 0.4, 0.3, 0.2, 0.1]),
    ],
)
def test_no_curve_runs_through_a_name(values):
    curves, places = placed(*values)
    for place in places:
        for shown in curves:
            line = SCALES.polygon(shown.x, shown.y)
            for at in range(len(line) - 1):
                for part in range(101):
                    assert not place.contains(line[at] + (line[at + 1] - line[at]) * part / 100)
    assert not places[0].intersects(places[1])


def test_the_upper_name_stands_above_and_the_lower_one_below():
    _, (upper, lower) = placed([0.5, 0.66, 0.78, 0.85, 0.9], [0.4, 0.52, 0.6, 0.68, 0.74])
    assert upper.bottom() < SCALES.px_y(0.9)
    assert lower.top() > SCALES.px_y(0.74)


def test_a_name_stands_beside_an_end_that_leaves_room():
    half = curve([0, 20], [0.5, 0.5], label="run 3")
    place = name_place(SCALES, half, [half], width=40)
    assert place.left() == SCALES.px_x(20) + 7
    assert place.center().y() == SCALES.px_y(0.5)
