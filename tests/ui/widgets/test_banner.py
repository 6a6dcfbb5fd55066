"""Banners: two at most, the gravest and newest first; the same one counts up, closing one lets the next in."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QToolButton

from inspector.ui.widgets.banner import HEIGHT_PX, LINE_PX, BannerStack, Note


@pytest.fixture
def stack(qtbot):
    made = BannerStack()
    made.resize(800, 72)
    qtbot.addWidget(made)
    made.show()
    return made


def shown(stack):
    frames = [f for f in stack.findChildren(QFrame) if f.property("banner") and f.isVisible()]
    return [next(w.text() for w in f.findChildren(QLabel) if w.text()) for f in frames]


def test_a_third_waits_until_one_is_closed(qtbot, stack):
    for number in range(3):
        stack.add(Note(f"note {number}"))
    assert shown(stack) == ["note 2", "note 1"]
    close = next(b for b in stack.findChildren(QToolButton) if b.isVisible())
    qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    assert shown(stack) == ["note 1", "note 0"]


def test_errors_stand_before_warnings_before_information(stack):
    for text, kind in (("old error", "bad"), ("warning", "warn"), ("told", "info"), ("new error", "bad")):
        stack.add(Note(text, kind))
    assert shown(stack) == ["new error", "old error"]
    stack.remove(stack.notes[-1])
    assert shown(stack) == ["old error", "warning"]


def test_what_happens_again_is_the_newest(stack):
    for text in ("a", "b", "c", "a"):
        stack.add(Note(text, "bad"))
    assert shown(stack) == ["a (2 times)", "c"]


def test_a_long_text_ends_in_an_ellipsis_and_can_be_read_whole(qtbot, stack):
    text = "It cannot be written. " * 40
    stack.add(Note(text, "bad"))
    qtbot.waitUntil(lambda: shown(stack)[0].endswith("…"))
    (banner,) = [w for w in stack.findChildren(QLabel) if w.text().startswith("It cannot")]
    assert banner.toolTip() == text


def test_an_error_may_take_two_lines_and_the_banner_grows_with_it(qtbot, stack):
    stack.add(Note("It is told.", "warn"))
    text = "It cannot be read. " * 8 + "Connect its drive, then rescan."
    stack.add(Note(text, "bad"))
    qtbot.waitUntil(lambda: "\n" in shown(stack)[0])
    assert shown(stack)[0].split() == text.split()
    assert stack.height() == 2 * HEIGHT_PX + LINE_PX
    stack.resize(2_000, stack.height())
    qtbot.waitUntil(lambda: shown(stack)[0] == text)
    assert stack.height() == 2 * HEIGHT_PX


def test_the_same_note_counts_up(stack):
    stack.add(Note("It failed.", "bad"))
    stack.add(Note("It failed.", "bad"))
    assert shown(stack) == ["It failed. (2 times)"]


def test_a_note_takes_the_place_of_one_of_its_key(stack):
    stack.add(Note("step 1", key="demo"))
    stack.add(Note("step 2", key="demo"))
    assert shown(stack) == ["step 2"]
    stack.remove_key("demo")
    assert (shown(stack), stack.isVisible()) == ([], False)


def test_its_button_acts_and_closes_it(qtbot, stack):
    done = []
    stack.add(Note("Run 5 was stopped.", action="Show the run", on_action=lambda: done.append(5)))
    qtbot.mouseClick(stack.findChild(QPushButton), Qt.MouseButton.LeftButton)
    assert (done, shown(stack)) == ([5], [])


def test_markup_in_a_message_is_text(stack):
    stack.add(Note("<b>coil</b>.png cannot be opened"))
    assert shown(stack) == ["<b>coil</b>.png cannot be opened"]
