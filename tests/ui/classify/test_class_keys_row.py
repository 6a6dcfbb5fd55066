"""The keys of the review show every class, however many there are and however long their names."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from inspector.ui.pages.classify.class_keys_row import GAP_PX, KEY_HEIGHT_PX, ClassKeysRow


@pytest.fixture
def keys_of(qtbot, session):
    def make(names, width_px: int) -> ClassKeysRow:
        for name in names:
            session.apply(session.project.add_class(name))
        made = ClassKeysRow(session)
        qtbot.addWidget(made)
        made.resize(width_px, made.height())
        made.show()
        return made

    return make


def test_a_click_chooses_the_class(qtbot, keys_of):
    keys = keys_of(["crazing", "patches"], 600)
    with qtbot.waitSignal(keys.chosen) as chosen:
        qtbot.mouseClick(keys.buttons[1], Qt.MouseButton.LeftButton)
    assert chosen.args == ["patches"]


def test_long_names_are_cut_and_all_keys_lie_within_the_width(keys_of):
    keys = keys_of([f"Rolled-in scale from the finishing stand, kind {number}" for number in range(20)], 720)
    assert len(keys.buttons) == 20
    assert max(made.geometry().right() for made in keys.buttons) < 720
    assert all(made.text().endswith("…") for made in keys.buttons)
    assert keys.height() == 2 * (KEY_HEIGHT_PX + GAP_PX) + GAP_PX
    assert keys.verticalScrollBar().maximum() > 0


def test_few_keys_stand_in_one_row(keys_of):
    keys = keys_of(["crazing", "patches"], 600)
    assert {made.y() for made in keys.buttons} == {GAP_PX}
    assert keys.verticalScrollBar().maximum() == 0
