"""The toast: what its Undo takes back, when it goes, and what it leaves uncovered."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QCursor

from inspector.project import Project
from inspector.ui.background.preparation import Preparation
from inspector.ui.window.main_window import MainWindow


@pytest.fixture
def window(qtbot, filled, monkeypatch, close_window):
    """The window on the grid of the label page, with two classes; nothing is prepared."""
    monkeypatch.setattr(Preparation, "start", lambda _: None)
    for name in ("crazing", "patches"):
        filled.add_class(name)
    made = MainWindow()
    made.resize(1280, 800)
    with qtbot.waitExposed(made):
        made.show()
    assert made.open_project(filled.folder, page="label")
    made.activateWindow()
    made.workbench.page("label").set_mode("grid")
    qtbot.waitUntil(lambda: grid_of(made).gallery.hasFocus())
    yield made
    close_window(made)


def grid_of(window):
    return window.workbench.page("label")._modes["grid"]


def press(qtbot, window, image_ids, key):
    """Select images in the grid and press a class's key."""
    grid_of(window).gallery.select_ids(image_ids)
    qtbot.keyClick(grid_of(window).gallery, key)


def undo(qtbot, window):
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


def test_undo_on_it_takes_back_what_it_tells_of(qtbot, window):
    bench = window.workbench
    press(qtbot, window, [4], Qt.Key.Key_2)
    press(qtbot, window, [1, 2, 3], Qt.Key.Key_1)
    assert bench._toast.text.text() == "Labelled 3 images as crazing"
    qtbot.mouseClick(bench._toast.undo_button, Qt.MouseButton.LeftButton)
    assert bench.session.labels == {4: "patches"}
    assert not bench._toast.isVisible()


def test_it_goes_when_another_label_comes_after(qtbot, window):
    press(qtbot, window, [1, 2, 3], Qt.Key.Key_1)
    assert window.workbench._toast.isVisible()
    press(qtbot, window, [4], Qt.Key.Key_2)
    assert not window.workbench._toast.isVisible()


def test_it_goes_when_what_it_tells_of_is_taken_back(qtbot, window):
    press(qtbot, window, [4, 5], Qt.Key.Key_2)
    press(qtbot, window, [1, 2, 3], Qt.Key.Key_1)
    undo(qtbot, window)
    assert window.workbench.session.labels == {4: "patches", 5: "patches"}
    assert not window.workbench._toast.isVisible()


def test_a_merge_that_is_taken_back_is_told_no_longer(qtbot, window):
    press(qtbot, window, [1], Qt.Key.Key_1)
    grid_of(window).class_keys._editing.merge("crazing", "patches")
    assert window.workbench._toast.text.text() == "Merged crazing into patches: 1 label moved"
    undo(qtbot, window)
    assert not window.workbench._toast.isVisible()


def test_another_colour_is_a_step_too_and_takes_it_away(qtbot, window):
    press(qtbot, window, [1, 2], Qt.Key.Key_1)
    grid_of(window).class_keys._editing.set_colour("patches", "#D84AA2")
    assert not window.workbench._toast.isVisible()


def test_what_changed_nothing_has_nothing_to_take_back(qtbot, window):
    press(qtbot, window, [1, 2, 3], Qt.Key.Key_1)
    window.workbench.page("label").label_ids([1, 2, 3], "crazing")
    assert window.workbench._toast.isVisible()
    assert not window.workbench._toast.undo_button.isVisible()


def test_what_another_program_has_labelled_just_now_is_not_taken_back(qtbot, window):
    bench = window.workbench
    press(qtbot, window, [1, 2, 3], Qt.Key.Key_1)
    with Project.open(bench.session.project.folder) as other:
        other.label_images({4: "patches"}, step="Label", source="cli")
    qtbot.mouseClick(bench._toast.undo_button, Qt.MouseButton.LeftButton)
    assert bench.session.project.labels() == {1: "crazing", 2: "crazing", 3: "crazing", 4: "patches"}
    assert bench.banners.notes[-1].text.startswith("Another program has labelled since")


def place(widget, window):
    return QRect(widget.mapTo(window, QPoint()), widget.size())


def covers(window, keys):
    return place(window.workbench._toast, window).intersects(place(keys, window))


@pytest.mark.parametrize("mode", ["queue", "grid"])
@pytest.mark.parametrize("size", [(1280, 800), (1024, 700)])
def test_the_class_keys_stay_free(qtbot, window, mode, size):
    window.resize(*size)
    page = window.workbench.page("label")
    page.label_ids([1, 2], "crazing")
    page.set_mode(mode)
    keys = (page.queue_mode if mode == "queue" else page._modes[mode]).class_keys
    qtbot.waitUntil(lambda: not covers(window, keys))
    assert place(page, window).contains(place(window.workbench._toast, window))


def test_class_keys_that_grow_stay_free(qtbot, window):
    keys = grid_of(window).class_keys
    press(qtbot, window, [1, 2], Qt.Key.Key_1)
    before = keys.height()
    for number in range(14):
        window.workbench.session.apply(window.workbench.session.project.add_class(f"a class of a long name {number}"))
    qtbot.waitUntil(lambda: keys.height() > before)
    assert window.workbench._toast.isVisible()
    assert not covers(window, keys)


def test_the_keyboard_stays_with_the_grid(qtbot, window):
    press(qtbot, window, [1, 2], Qt.Key.Key_1)
    qtbot.mouseClick(window.workbench._toast.undo_button, Qt.MouseButton.LeftButton)
    assert grid_of(window).gallery.hasFocus()


@pytest.mark.parametrize("moves", [False, True])
def test_it_stays_for_a_pointer_that_moves_to_it_and_not_for_one_that_was_there(qtbot, window, moves):
    toast = window.workbench._toast
    press(qtbot, window, [1, 2], Qt.Key.Key_1)
    on_it = toast.mapToGlobal(toast.text.geometry().center())
    toast.hide()
    QCursor.setPos(QPoint(1, 1) if moves else on_it)
    toast.say("Labelled 2 images as crazing", step=toast.step)
    QCursor.setPos(on_it)
    qtbot.waitUntil(toast.underMouse)
    toast._timer.timeout.emit()
    assert toast.isVisible() == moves
