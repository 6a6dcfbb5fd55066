"""Images labelled off the map."""

from __future__ import annotations

import pytest
from label_helpers import press, with_classes
from PySide6.QtCore import Qt

from inspector.ui.pages.label.label_page import LabelPage
from inspector.ui.pages.label.lasso import lasso_content
from inspector.ui.pages.label.map_mode import MapMode


@pytest.fixture
def map_mode(qtbot, prepared: LabelPage) -> MapMode:
    qtbot.mouseClick(prepared.mode.segment("map"), Qt.MouseButton.LeftButton)
    made = prepared.findChild(MapMode)
    qtbot.waitUntil(made.map.hasFocus)
    return made


def test_the_lasso_is_labelled_by_the_button_as_it_is_guessed(qtbot, map_mode, session, shell, settle):
    session.label([1], "a")
    session.label([36], "b")
    settle()
    map_mode.map.lassoed.emit([1, 2, 3, 4, 35])
    button = map_mode.lasso_list.label_button
    assert button.text() == "Label 3 as a  (1)"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert {i: session.labels.get(i) for i in (2, 3, 4, 35)} == {2: "a", 3: "a", 4: "a", 35: None}
    assert shell.toasts == ["Labelled 3 images as a"]


def test_a_class_key_labels_the_ticked_images_in_one_step(qtbot, prepared, map_mode, session, shell):
    with_classes(session, "ab")
    map_mode.map.lassoed.emit([7, 8, 9])
    map_mode.lasso_list.gallery.set_checked([7, 9])
    press(qtbot, prepared, "2")
    assert session.labels == {7: "b", 9: "b"}
    shell.undo()
    assert session.labels == {}


def test_a_toast_is_told_to_stay_above_the_class_keys_of_the_mode(qtbot, prepared, map_mode):
    keys = map_mode.class_keys
    assert prepared.height() - prepared.foot_px == keys.mapTo(prepared, keys.rect().topLeft()).y()
    with qtbot.waitSignal(prepared.foot_moved):
        prepared.set_mode("queue")
    keys = prepared.queue_mode.class_keys
    assert prepared.height() - prepared.foot_px == keys.mapTo(prepared, keys.rect().topLeft()).y()


def test_a_lasso_of_nothing_known_asks_for_the_class(map_mode):
    map_mode.map.lassoed.emit([7, 8])
    assert map_mode.lasso_list.label_button.text() == "Label 2 as…"


def test_the_button_follows_the_name_of_its_class(qtbot, map_mode, session, settle):
    session.label([1], "a")
    session.label([36], "b")
    settle()
    map_mode.map.lassoed.emit([2, 3, 4])
    session.apply(session.project.rename_class("a", new_name="scale"))
    button = map_mode.lasso_list.label_button
    assert button.text() == "Label 3 as scale  (1)"
    session.apply(session.project.merge_class("scale", into="b"))
    assert button.text() == "Label 3 as b  (2)"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert {i: session.labels[i] for i in (2, 3, 4)} == {2: "b", 3: "b", 4: "b"}
    assert [record.name for record in session.classes] == ["b"]


def test_another_class_is_in_the_menu(map_mode, session):
    with_classes(session, "ab")
    map_mode.map.lassoed.emit([7, 8])
    menu = map_mode.lasso_list.other_menu()
    menu.actions()[1].trigger()
    assert session.labels == {7: "b", 8: "b"}


def test_a_cleared_lasso_has_nothing_to_label(map_mode):
    map_mode.map.lassoed.emit([7, 8])
    map_mode.clear()
    assert map_mode.selected_ids == []
    assert map_mode.lasso_list.label_button.toolTip() == "No image is ticked"


def test_without_a_map_it_offers_to_prepare_one(qtbot, page, shell):
    page.set_mode("map")
    qtbot.mouseClick(page.findChild(MapMode).empty_state.button, Qt.MouseButton.LeftButton)
    assert shell.prepared == 1


def test_the_least_sure_comes_first_and_others_are_not_ticked(session, basis):
    guesses = basis.guess({1: "a", 36: "b"})
    content = lasso_content([2, 35, 3, 10, 1], guesses, {1: "a"})
    assert content.image_ids == (10, 2, 35, 3, 1)
    assert (content.class_name, content.guessed) == ("a", 4)
    assert content.ticked == (10, 2, 3)


def test_the_button_stays_at_the_foot_of_an_empty_list(qtbot, map_mode):
    map_mode.clear()
    button, listed = map_mode.lasso_list.label_button, map_mode.lasso_list
    qtbot.waitUntil(lambda: listed.height() - button.mapTo(listed, button.rect().bottomLeft()).y() < 20)
