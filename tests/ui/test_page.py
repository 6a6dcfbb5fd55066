"""What all pages have in common."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from inspector.ui.pages.page import Page
from inspector.ui.widgets.controls import button


@pytest.fixture
def page(qtbot, session, jobs, thumbnails, shell):
    """A page whose parts were made from the last to the first."""
    made = Page(session, jobs, thumbnails, shell)
    made.panel.addWidget(button("In the panel"))
    made.middle.addWidget(button("In the middle"))
    made.add_header_widget(button("In the header"))
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    return made


def test_tab_goes_from_the_header_through_the_middle_to_the_panel(qtbot, page):
    first = page.header.findChild(type(button("")))
    first.setFocus()
    qtbot.waitUntil(first.hasFocus)
    reached = [page.focusWidget().text()]
    for _ in range(2):
        qtbot.keyClick(page.focusWidget(), Qt.Key.Key_Tab)
        reached.append(page.focusWidget().text())
    assert reached == ["In the header", "In the middle", "In the panel"]


def test_a_panel_closes_while_the_window_is_narrow(page):
    in_panel = page.panel.itemAt(0).widget()
    page.place_panel(1024)
    assert in_panel.isVisible()  # on most pages
    page.closes_panel_if_narrow = True
    shown = []
    for window_px in (1280, 1024, 1280):
        page.place_panel(window_px)
        shown.append(in_panel.isVisible())
    assert shown == [True, False, True]


@pytest.mark.parametrize("window_px", [1024, 1280])
def test_a_panel_that_the_user_opened_or_closed_stays_so(page, window_px):
    page.closes_panel_if_narrow = True
    in_panel = page.panel.itemAt(0).widget()
    page.place_panel(window_px)
    page.toggle_panel()
    is_open = in_panel.isVisible()
    for other_px in (1024, 1280, 1024):
        page.place_panel(other_px)
        assert in_panel.isVisible() == is_open
