"""What the keys do, as far as there is room to say it."""

from __future__ import annotations

import pytest
from label_helpers import with_classes

from inspector.ui.pages.label.key_hints import FIRST_CLASS, HINTS, KEPT_HINTS, KeyHints


@pytest.fixture
def hints(qtbot, session) -> KeyHints:
    made = KeyHints(session)
    qtbot.addWidget(made)
    made.show()
    return made


def test_the_rarer_hints_go_where_there_is_little_room_and_come_back(hints):
    hints.setMinimumWidth(1)
    hints.resize(160, 28)
    assert len(hints.shown) == KEPT_HINTS
    hints.resize(640, 28)
    assert "undo" in hints.shown
    assert hints.layout().totalMinimumSize().width() <= 640
    hints.resize(1200, 28)
    assert len(hints.shown) == 1 + len(HINTS)


def test_a_class_that_is_gone_is_not_the_last(hints, session):
    with_classes(session, "ab")
    session.label([1], "a")
    hints.show_last(1)
    assert hints.last_text == "a, saved"
    session.apply(session.project.merge_class("a", into="b"))
    assert hints.last_text == ""


def test_a_label_that_is_taken_back_is_not_the_last(hints, session):
    session.label([1], "a")
    session.label([2], "b")
    hints.show_last(2)
    session.label([3], "a")
    assert hints.last_text == "b, saved"
    session.undo()
    session.undo()
    assert hints.last_text == ""


def test_without_classes_it_says_how_the_first_is_made(hints, session):
    assert hints.shown[0] == FIRST_CLASS
    with_classes(session, "a")
    assert hints.shown[0] == "label and go on"
    session.apply(session.project.remove_class("a"))
    assert hints.shown[0] == FIRST_CLASS
