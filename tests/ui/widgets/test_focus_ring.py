"""The ring is for those who use the keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from inspector.ui.widgets.controls import button, row
from inspector.ui.widgets.focus_ring import FocusRing


@pytest.fixture
def ring(qapp):
    made = FocusRing(qapp)
    yield made
    made.remove()
    made.deleteLater()


@pytest.fixture
def pair(qtbot, ring):
    """Two buttons; the first is disabled once it is pressed."""
    first, second = button("Start"), button("Stop")
    first.clicked.connect(lambda: first.setEnabled(False))
    window = QWidget()
    window.setLayout(row(first, second))
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    first.setFocus()
    qtbot.waitUntil(first.hasFocus)
    yield first, second
    window.close()


def test_tab_shows_it_around_the_control(qtbot, ring, pair):
    first, second = pair
    qtbot.keyClick(first, Qt.Key.Key_Tab)
    assert second.hasFocus()
    assert ring.isVisible()
    assert ring.geometry().contains(second.geometry())


def test_a_click_that_hands_the_focus_on_shows_none(qtbot, ring, pair):
    first, second = pair
    qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
    assert second.hasFocus()
    assert not ring.isVisible()


def test_a_key_that_hands_the_focus_on_shows_it(qtbot, ring, pair):
    first, second = pair
    qtbot.keyClick(first, Qt.Key.Key_Space)
    assert second.hasFocus()
    assert ring.isVisible()
