"""What a user changes of a class, where its key is."""

from __future__ import annotations

import pytest
from label_helpers import press, with_classes
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu

from inspector.ui.pages.label.class_keys import ClassKeys
from inspector.ui.pages.label.label_page import LabelPage
from inspector.ui.state.session import Session
from inspector.ui.theme import theme
from resources import palette


@pytest.fixture
def keys(page: LabelPage, session: Session) -> ClassKeys:
    with_classes(session, "ab")
    return page.queue_mode.class_keys


def entry(keys: ClassKeys, class_name: str, text: str) -> QAction:
    """An entry of a class's menu."""
    menu = keys.menu_of(class_name)
    return next(action for action in menu.actions() if action.text() == text)


def test_a_class_is_renamed_with_its_labels(qtbot, page, keys, session):
    session.label([1], "a")
    entry(keys, "a", "Rename…").trigger()
    keys.editor.setText("scratches")
    qtbot.keyClick(keys.editor, Qt.Key.Key_Return)
    assert session.labels == {1: "scratches"}
    assert [key.mark.name for key in keys.keys] == ["scratches", "b"]


def test_undo_takes_a_name_a_colour_and_a_key_back(qtbot, keys, session, shell):
    session.label([1], "a")
    before = session.classes
    session.apply(session.project.set_class_colour("a", colour=palette.LIGHT.classes[5]))
    entry(keys, "a", "Change key…").trigger()
    qtbot.keyClick(keys.editor, "x")
    entry(keys, "a", "Rename…").trigger()
    keys.editor.setText("scratches")
    qtbot.keyClick(keys.editor, Qt.Key.Key_Return)
    assert session.project.undo_name == "Rename a to scratches"
    for _ in range(3):
        shell.undo()
    assert (session.classes, session.labels) == (before, {1: "a"})
    assert [key.mark.name for key in keys.keys] == ["a", "b"]
    for _ in range(3):
        session.redo()
    assert session.labels == {1: "scratches"}
    assert [key.mark.key for key in keys.keys] == ["X", "2"]


def test_a_name_that_is_taken_is_refused_with_the_reason(qtbot, keys, session, shell):
    entry(keys, "a", "Rename…").trigger()
    keys.editor.setText("b")
    qtbot.keyClick(keys.editor, Qt.Key.Key_Return)
    assert "already" in shell.errors[0]
    assert [record.name for record in session.classes] == ["a", "b"]


def test_another_key_labels(qtbot, page, keys, session):
    entry(keys, "a", "Change key…").trigger()
    qtbot.keyClick(keys.editor, "x")
    qtbot.waitUntil(page.queue_mode.hasFocus)
    press(qtbot, page, "x")
    assert session.labels == {1: "a"}


@pytest.mark.parametrize("pressed", [Qt.Key.Key_Backspace, Qt.Key.Key_Delete])
def test_a_key_that_writes_nothing_is_no_answer(qtbot, keys, shell, pressed):
    entry(keys, "a", "Change key…").trigger()
    qtbot.keyClick(keys.editor, pressed)
    assert (keys.editor.isVisible(), shell.errors) == (True, [])


def test_a_key_of_another_class_is_refused(qtbot, keys, session, shell):
    entry(keys, "a", "Change key…").trigger()
    qtbot.keyClick(keys.editor, "2")
    assert "belongs to the class" in shell.errors[0]


def test_another_colour(keys, session):
    entry(keys, "a", "Change colour").menu().actions()[2].trigger()
    assert session.classes[0].colour == palette.LIGHT.classes[2]


def test_a_class_is_merged_into_another_and_undo_takes_it_back(page, keys, session, shell):
    session.label([1, 2], "a")
    entry(keys, "a", "Merge into").menu().actions()[0].trigger()
    assert session.labels == {1: "b", 2: "b"}
    assert [key.mark.name for key in keys.keys] == ["b"]
    assert shell.toasts == ["Merged a into b: 2 labels moved"]
    assert page.queue_mode.hasFocus()
    shell.undo()
    assert session.labels == {1: "a", 2: "a"}
    assert [key.mark.key for key in keys.keys] == ["1", "2"]


def test_a_class_without_labels_is_removed(keys, session, shell):
    entry(keys, "b", "Remove class").trigger()
    assert [key.mark.name for key in keys.keys] == ["a"]
    assert shell.toasts == ["Removed the class b"]
    shell.undo()
    assert [record.name for record in session.classes] == ["a", "b"]


def test_what_cannot_be_done_with_a_class_says_why(keys, session):
    session.label([1], "a")
    removing = entry(keys, "a", "Remove class")
    assert not removing.isEnabled()
    assert removing.toolTip() == "It has 1 label: merge it into another class instead"
    entry(keys, "b", "Remove class").trigger()
    assert not entry(keys, "a", "Merge into").isEnabled()


@pytest.mark.parametrize("by", ["F2", "menu key"])
def test_the_keyboard_opens_the_menu(qtbot, keys, by):
    keys.keys[0].setFocus(Qt.FocusReason.TabFocusReason)
    if by == "F2":
        qtbot.keyClick(keys.keys[0], Qt.Key.Key_F2)
    else:
        middle = keys.keys[0].rect().center()
        QApplication.sendEvent(keys.keys[0], QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, middle, middle))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert "Merge into" in [action.text() for action in menu.actions()]
    menu.close()


def test_a_click_labels_and_leaves_the_keyboard_to_the_page(qtbot, page, keys, session):
    qtbot.mouseClick(keys.keys[1], Qt.MouseButton.LeftButton)
    assert session.labels == {1: "b"}
    assert page.queue_mode.hasFocus()


def test_keys_take_the_colours_of_another_theme(keys):
    before = keys.keys[0].mark.colour
    theme.apply("dark")
    after = keys.keys[0].mark.colour
    theme.apply("light")
    assert before != after
    assert keys.keys[0].mark.colour == before
