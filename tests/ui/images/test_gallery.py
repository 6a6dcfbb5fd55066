"""The gallery: selection, keys, ticks, tiles that fill the row, many images."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent

from inspector.ui.widgets.gallery import Gallery
from inspector.ui.widgets.gallery_layout import grid, mark_rect, tile_rect
from inspector.ui.widgets.gallery_model import ID_ROLE, row_ranges


@pytest.fixture
def gallery(qtbot, session, thumbnails):
    made = Gallery(session, thumbnails)
    qtbot.addWidget(made)
    made.resize(500, 400)
    made.set_ids([image.id for image in session.images])
    made.show()
    qtbot.waitUntil(lambda: made.verticalScrollBar().maximum() > 0)
    return made


def click(qtbot, gallery, row, modifier=Qt.KeyboardModifier.NoModifier):
    rect = gallery.visualRect(gallery.model().index(row, 0))
    qtbot.mouseClick(gallery.viewport(), Qt.MouseButton.LeftButton, modifier, rect.center())


def test_shift_selects_a_range(qtbot, gallery):
    click(qtbot, gallery, 1)
    click(qtbot, gallery, 4, Qt.KeyboardModifier.ShiftModifier)
    assert gallery.selected_ids() == gallery.ids[1:5]


def test_ctrl_a_selects_all(qtbot, gallery):
    with qtbot.waitSignal(gallery.selection_changed):
        qtbot.keyClick(gallery, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert gallery.selected_ids() == gallery.ids


def test_arrows_home_and_end_move(qtbot, gallery):
    gallery.select_ids(gallery.ids[:1])
    qtbot.keyClick(gallery, Qt.Key.Key_Right)
    assert gallery.current_id() == gallery.ids[1]
    qtbot.keyClick(gallery, Qt.Key.Key_End)
    assert gallery.current_id() == gallery.ids[-1]
    qtbot.keyClick(gallery, Qt.Key.Key_Home)
    assert gallery.current_id() == gallery.ids[0]


def test_enter_opens_the_current_image(qtbot, gallery):
    gallery.select_ids(gallery.ids[2:3])
    with qtbot.waitSignal(gallery.activated_id) as blocker:
        qtbot.keyClick(gallery, Qt.Key.Key_Return)
    assert blocker.args == [gallery.ids[2]]


def test_the_selection_survives_other_ids(gallery):
    gallery.select_ids(gallery.ids[2:5])
    kept = gallery.ids[3:]
    gallery.set_ids(kept)
    assert gallery.selected_ids() == kept[:2]


def test_the_current_image_stays_or_another_becomes_it(gallery):
    ids = gallery.ids
    gallery.select_ids([ids[3]])
    gallery.set_ids(ids[2:])
    assert gallery.current_id() == ids[3]
    gallery.set_ids([ids[0], *ids[5:]])
    assert (gallery.current_id(), gallery.selected_ids()) == (ids[5], [])
    gallery.set_ids(ids[:2])
    assert gallery.current_id() == ids[0]
    gallery.set_ids([])
    assert gallery.current_id() is None


def test_space_selects_the_current_image(qtbot, gallery):
    gallery.select_ids(gallery.ids[3:4])
    gallery.selectionModel().clearSelection()
    qtbot.keyClick(gallery, Qt.Key.Key_Space)
    assert gallery.selected_ids() == gallery.ids[3:4]


def test_ticks_change_by_click_and_space(qtbot, gallery):
    gallery.set_checkable(True)
    gallery.set_checked(gallery.ids[:2])
    tick = mark_rect(tile_rect(gallery.visualRect(gallery.model().index(0, 0))), 0)
    with qtbot.waitSignal(gallery.checked_changed):
        qtbot.mouseClick(gallery.viewport(), Qt.MouseButton.LeftButton, pos=tick.center())
    assert gallery.checked_ids() == gallery.ids[1:2]
    gallery.select_ids(gallery.ids[4:6])
    qtbot.keyClick(gallery, Qt.Key.Key_Space)
    assert gallery.checked_ids() == [gallery.ids[1], *gallery.ids[4:6]]


def test_screen_readers_hear_name_and_label(session, gallery):
    session.label(gallery.ids[:1], "Rust")
    index = gallery.model().index(0, 0)
    spoken = gallery.model().data(index, Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == f"{session.images[0].path.name}, Rust"
    assert gallery.model().data(index, ID_ROLE) == gallery.ids[0]


def test_ctrl_and_wheel_change_the_tiles(qtbot, gallery):
    before = gallery.tile_px
    place, control = QPointF(20, 20), Qt.KeyboardModifier.ControlModifier
    wheel = QWheelEvent(
        place, place, QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, control, Qt.ScrollPhase.NoScrollPhase, False
    )
    with qtbot.waitSignal(gallery.tile_px_changed):
        gallery.wheelEvent(wheel)
    assert gallery.tile_px > before


def test_thumbnails_appear(qtbot, gallery, thumbnails):
    rect = tile_rect(gallery.visualRect(gallery.model().index(0, 0)))
    qtbot.waitUntil(lambda: not thumbnails.is_busy)
    picture = gallery.viewport().grab().toImage().copy(rect)
    tones = {picture.pixelColor(x, x).lightness() for x in range(0, rect.width() - 30, 2)}
    assert len(tones) > 3


def test_a_label_shows_and_undo_takes_it_away(session, gallery):
    corner = tile_rect(gallery.visualRect(gallery.model().index(0, 0)))
    before = gallery.viewport().grab().toImage().copy(corner)
    session.label(gallery.ids[:1], "Rust")
    labelled = gallery.viewport().grab().toImage().copy(corner)
    session.undo()
    assert labelled != before
    badge = session.mark("Rust").colour
    assert badge in [labelled.pixelColor(x, labelled.height() - 8) for x in range(6, 20)]


def test_twenty_thousand_images_are_laid_out(qtbot, session, gallery):
    ids = list(range(20_000))
    gallery.set_ids(ids)
    gallery.selectAll()
    assert gallery.selected_ids() == ids
    gallery.select_ids(ids[10:15_000])
    assert len(gallery.selected_ids()) == 14_990


@pytest.mark.parametrize("width_px", [100, 333, 760, 1_900])
def test_tiles_fill_the_row(width_px):
    made = grid(width_px, 112)
    assert 0 <= width_px - made.columns * made.cell_px < made.columns


def test_rows_become_ranges():
    assert row_ranges([1, 2, 3, 7, 9, 10]) == [(1, 3), (7, 7), (9, 10)]
    assert row_ranges([]) == []
