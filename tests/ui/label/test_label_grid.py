"""Many images labelled at once, in the grid."""

from __future__ import annotations

import pytest
from label_helpers import press, with_classes
from PySide6.QtCore import Qt

from inspector.ui.pages.label.grid_mode import GridMode
from inspector.ui.pages.label.label_page import LabelPage


@pytest.fixture
def grid(qtbot, prepared: LabelPage) -> GridMode:
    qtbot.mouseClick(prepared.mode.segment("grid"), Qt.MouseButton.LeftButton)
    made = prepared.findChild(GridMode)
    qtbot.waitUntil(made.gallery.hasFocus)
    return made


def test_it_shows_what_has_no_label(grid, session):
    session.label([1, 2], "a")
    assert grid.gallery.ids == list(range(3, 37))


def test_one_key_labels_all_that_is_selected_as_one_step(qtbot, prepared, grid, session, shell):
    with_classes(session, "ab")
    grid.gallery.select_ids([4, 5, 6])
    press(qtbot, prepared, "2")
    assert session.labels == {4: "b", 5: "b", 6: "b"}
    assert shell.toasts == ["Labelled 3 images as b"]
    shell.undo()
    assert session.labels == {}


def test_a_key_without_selection_labels_nothing(qtbot, prepared, grid, session):
    with_classes(session, "a")
    press(qtbot, prepared, "1")
    assert session.labels == {}


def test_similar_images_come_selected(qtbot, prepared, grid, session):
    qtbot.keyClick(grid.gallery, Qt.Key.Key_Home)
    press(qtbot, prepared, "s")
    assert grid.gallery.ids == list(range(1, 7))
    assert grid.selected_ids == list(range(1, 7))


def test_a_new_class_labels_the_selection(qtbot, prepared, grid, session):
    grid.gallery.select_ids([1, 2])
    press(qtbot, prepared, "n")
    qtbot.keyClicks(grid.class_keys.editor, "dent")
    qtbot.keyClick(grid.class_keys.editor, Qt.Key.Key_Return)
    assert session.labels == {1: "dent", 2: "dent"}


def test_delete_takes_labels_away(qtbot, prepared, grid, session, shell):
    session.label([1, 2], "a")
    prepared.open_with([1, 2, 3])
    grid.gallery.select_ids([1, 2])
    press(qtbot, prepared, Qt.Key.Key_Delete)
    assert session.labels == {}
    assert shell.toasts == ["Removed the labels of 2 images"]


def test_enter_shows_an_image_in_the_queue(qtbot, prepared, grid):
    qtbot.keyClick(grid.gallery, Qt.Key.Key_End)
    qtbot.keyClick(grid.gallery, Qt.Key.Key_Return)
    assert prepared.mode.key == "queue"
    assert prepared.current_image_id == 36


def test_the_group_of_a_suggestion_is_labelled_at_once(qtbot, prepared, session):
    with_classes(session, "a")
    press(qtbot, prepared, Qt.Key.Key_Space)
    prepared.suggestion.why.group_requested.emit()
    press(qtbot, prepared, "1")
    assert session.labels == dict.fromkeys(range(31, 37), "a")


def test_images_that_look_like_the_rarest_class(prepared, session, settle):
    session.label([1, 2, 3], "a")
    session.label([36], "b")
    settle()
    prepared.suggestion.counts.rarest_requested.emit("b")
    assert prepared.findChild(GridMode).gallery.ids == [31, 32, 33, 34, 35]


def test_what_is_labelled_in_the_grid_leaves_the_queue(qtbot, prepared, grid, session):
    grid.gallery.select_ids([1, 36])
    grid.class_chosen.emit("a")
    assert prepared.current_image_id == 35


def test_where_nothing_is_left_it_says_so(grid, session):
    assert not grid.empty_state.isVisible()
    session.label(range(1, 37), "a")
    assert grid.empty_state.isVisible()
    assert grid.empty_state.sentence == "Every image is labelled."


def test_the_keys_go_on_from_where_images_were_labelled(qtbot, prepared, grid, session):
    with_classes(session, "a")
    grid.gallery.select_ids([20])
    press(qtbot, prepared, "1")
    assert (grid.gallery.current_id(), grid.selected_ids) == (21, [])
    press(qtbot, prepared, Qt.Key.Key_Space)
    press(qtbot, prepared, "1")
    assert session.labels == {20: "a", 21: "a"}


def test_the_guide_follows_the_classes(grid, session):
    assert "press N" in grid._selected.text()
    with_classes(session, "a")
    assert "press the key of their class" in grid._selected.text()
