"""The side bar says all it knows, also where there is no room for it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QToolButton

from inspector.ui.state.page_states import PageState
from inspector.ui.widgets.side_bar_button import ICON_CENTRE_PX
from inspector.ui.window.side_bar import SideBar

LONG = "Hot strip mill 2, finishing stand F7, upper side"


@pytest.fixture
def make_bar(qtbot):
    def make(name: str) -> SideBar:
        bar = SideBar(name, f"/plant/inspection/{name}", QMenu())
        qtbot.addWidget(bar)
        bar.resize(bar.width(), 800)
        bar.show()
        return bar

    return make


def test_a_long_project_name_is_cut_with_an_ellipsis(make_bar):
    name = make_bar(LONG).findChild(QPushButton)
    assert name.text().endswith("…")
    assert name.accessibleName() == f"Project {LONG}"


def test_a_long_name_is_as_long_after_the_bar_was_narrow(qtbot, make_bar):
    bar = make_bar(LONG)
    name = bar.findChild(QPushButton)
    before = name.text()
    bar.set_narrow(True)
    qtbot.waitUntil(lambda: bar.width() < 100)
    bar.set_narrow(False)
    qtbot.waitUntil(lambda: name.text() == before)


def test_the_end_of_a_long_folder_can_be_read(make_bar):
    folder = next(made for made in make_bar(LONG).findChildren(QLabel) if made.text().startswith("/plant"))
    assert "…" in folder.text()
    assert folder.fontMetrics().horizontalAdvance(folder.text()) <= folder.contentsRect().width()


def test_a_state_that_is_cut_is_whole_in_the_tooltip(make_bar):
    bar = make_bar("Mill")
    bar.set_states({"train": PageState("Ready: 1,200 labels, 20 classes")})
    assert "1,200 labels, 20 classes" in bar.page_button("train").toolTip()


def test_the_chip_waits_for_the_device(make_bar):
    bar = make_bar("Mill")
    chip = next(made for made in bar.findChildren(QToolButton) if made.accessibleName() == "Device that computes")
    assert not chip.isVisible()
    bar.set_device("8 processors")
    assert chip.isVisible()


@pytest.mark.parametrize("is_narrow", [False, True], ids=["wide", "narrow"])
def test_chip_and_tools_stand_below_the_icons_of_the_pages(make_bar, is_narrow):
    bar = make_bar("Mill")
    bar.set_device("8 processors")
    bar.set_narrow(is_narrow)
    bar.resize(bar.width(), 800)
    bar.layout().activate()
    wanted_px = bar.width() // 2 if is_narrow else ICON_CENTRE_PX
    left = [
        made for made in bar.findChildren(QToolButton) if made.accessibleName() in ("Settings", "Device that computes")
    ]
    assert [made.mapTo(bar, QPoint(made.width() // 2, 0)).x() for made in left] == [wanted_px] * 2
