"""A button as wide as its text, or as narrow as there is room."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from inspector.ui.widgets.controls import keep_icon, label, row
from inspector.ui.widgets.elided_button import ElidedButton


def test_it_gives_way_to_what_stands_beside_it_and_grows_again(qtbot):
    made, beside = ElidedButton("Accept longitudinal_edge_crack"), label("↵")
    holder = QWidget()
    holder.setLayout(row(made, beside, None))
    qtbot.addWidget(holder)
    holder.resize(120, 40)
    holder.show()
    qtbot.waitUntil(lambda: made.text().endswith("…"))
    assert made.text().startswith("Accept l")
    assert beside.geometry().right() <= 120
    assert (made.full_text(), made.accessibleName()) == ("Accept longitudinal_edge_crack",) * 2
    assert asked_for_help(made) == "Accept longitudinal_edge_crack"
    made.setText("Accept pit")
    qtbot.waitUntil(lambda: made.text() == "Accept pit")
    holder.resize(400, 40)
    made.setText("Accept longitudinal_edge_crack")
    qtbot.waitUntil(lambda: made.text() == "Accept longitudinal_edge_crack")
    assert made.width() == made.sizeHint().width() < 300


@pytest.mark.parametrize("name", ["a", "pitted_surface", "rolled_in_scale", "Fleck", "Kratzer, tief"])
def test_with_room_enough_the_text_is_whole(qtbot, name):
    made = ElidedButton("Accept longitudinal_edge_crack")
    keep_icon(made, "check")
    holder = QWidget()
    holder.setLayout(row(made, label("↵"), None))
    qtbot.addWidget(holder)
    holder.resize(150, 40)
    holder.show()
    made.setText(f"Accept {name}")
    holder.resize(300, 40)
    qtbot.waitUntil(lambda: made.text() == f"Accept {name}")


def test_an_ampersand_is_part_of_the_text(qtbot):
    made, plain = ElidedButton("Accept scale & pits"), ElidedButton("Accept scale + pits")
    for shown in (made, plain):
        qtbot.addWidget(shown)
        shown.resize(300, 30)
    assert made.full_text() == "Accept scale & pits"
    assert made.shortcut().isEmpty()
    assert made.text().replace("&&", "&") == "Accept scale & pits"
    difference_px = made.fontMetrics().horizontalAdvance("&") - made.fontMetrics().horizontalAdvance("+")
    assert abs(made.sizeHint().width() - plain.sizeHint().width() - difference_px) <= 2


def asked_for_help(made: ElidedButton) -> str:
    """What the tooltip says."""
    place = made.rect().center()
    QApplication.sendEvent(made, QHelpEvent(QEvent.Type.ToolTip, place, made.mapToGlobal(place)))
    text = QToolTip.text()
    QToolTip.hideText()
    return text
