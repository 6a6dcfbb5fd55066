"""Controls that stand side by side are equally high."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QLineEdit, QSpinBox, QWidget

from inspector.ui.icons import icon
from inspector.ui.theme import theme
from inspector.ui.widgets.controls import Segmented, button, icon_button, keep_icon, row

USUAL_PX, SMALL_PX = 28, 24
SEGMENTS = [("queue", "Queue"), ("grid", "Grid")]
CONTROLS = {
    "button": (lambda: button("Train now"), USUAL_PX),
    "button with icon": (lambda: button("Train now", icon_name="train"), USUAL_PX),
    "segments": (lambda: Segmented(SEGMENTS, name="Way"), USUAL_PX),
    "outlined icon": (lambda: icon_button("fit", "Fit", kind="icon"), USUAL_PX),
    "flat icon": (lambda: icon_button("fit", "Fit"), USUAL_PX),
    "combo box": (QComboBox, USUAL_PX),
    "field": (QLineEdit, USUAL_PX),
    "whole number": (QSpinBox, USUAL_PX),
    "number": (QDoubleSpinBox, USUAL_PX),
    "small button": (lambda: button("Clear", small=True), SMALL_PX),
    "small segments": (lambda: Segmented(SEGMENTS, name="Way", small=True), SMALL_PX),
    "small icon": (lambda: icon_button("close", "Close", kind="small-icon"), SMALL_PX),
}


@pytest.mark.parametrize(("make", "height_px"), CONTROLS.values(), ids=CONTROLS)
def test_a_control_is_as_high_as_its_kind(qtbot, make, height_px):
    window = QWidget()
    qtbot.addWidget(window)
    control = make()
    window.setLayout(row(control))
    window.show()
    assert control.sizeHint().height() == height_px


def test_an_icon_takes_the_place_of_the_one_before_and_follows_the_theme_alone(qtbot):
    made = button("More settings", icon_name="chevron-right")
    qtbot.addWidget(made)
    followers = len(made.children())
    keep_icon(made, "chevron-down")
    keep_icon(made, "chevron-down")
    theme.apply("dark")
    try:
        wanted = icon("chevron-down", size_px=16, token="text", gap_px=4).pixmap(20, 16).toImage()
        assert made.icon().pixmap(20, 16).toImage() == wanted
    finally:
        theme.apply("light")
    assert len(made.children()) == followers
