"""The start page: recent projects, dropping folders, the samples."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton

from inspector.ui.dropped import dropped_folders
from inspector.ui.state import recent_projects
from inspector.ui.state.settings import settings
from inspector.ui.widgets.recent_row import HEIGHT_PX, RecentRow
from inspector.ui.widgets.vertical_scroll_area import VerticalScrollArea
from inspector.ui.window.start_page import LIST_PX, LOWEST_LIST_PX, SIDE_PX, StartPage


@pytest.fixture(autouse=True)
def _forgotten():
    settings.set("recent", [])
    yield
    settings.set("recent", [])


@pytest.fixture
def page(qtbot):
    made = StartPage()
    qtbot.addWidget(made)
    made.resize(1280, 800)
    made.show()
    return made


def drop(widget, paths):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    widget.dropEvent(QDropEvent(QPointF(5, 5), copy, data, left, Qt.KeyboardModifier.NoModifier))
    return data


def remember(tmp_path, name):
    (tmp_path / name).mkdir()
    lines = ("10 images · none labelled", "Not pretrained yet")
    return recent_projects.remember(tmp_path / name, name=name, lines=lines)


def test_a_click_on_a_recent_project_opens_it(qtbot, page, tmp_path):
    entry = remember(tmp_path, "mill")
    page.show_recent(recent_projects.recent_projects())
    with qtbot.waitSignal(page.project_chosen) as blocker:
        qtbot.mouseClick(page.findChild(RecentRow), Qt.MouseButton.LeftButton)
    assert blocker.args == [entry.path]


def test_a_lost_project_offers_to_locate_it(qtbot, page, tmp_path):
    entry = remember(tmp_path, "mill")
    (tmp_path / "mill").rmdir()
    page.show_recent(recent_projects.recent_projects())
    locate = next(b for b in page.findChild(RecentRow).findChildren(QPushButton) if b.text() == "Locate…")
    with qtbot.waitSignal(page.locate_requested) as blocker:
        qtbot.mouseClick(locate, Qt.MouseButton.LeftButton)
    assert blocker.args == [entry.path]


def test_the_latest_project_comes_first_and_each_once(tmp_path):
    for name in ("a", "b"):
        remember(tmp_path, name)
    recent_projects.remember(tmp_path / "a", name="a", lines=("x", "y"))
    assert [entry.name for entry in recent_projects.recent_projects()] == ["a", "b"]
    recent_projects.forget(str(tmp_path / "a"))
    assert [entry.name for entry in recent_projects.recent_projects()] == ["b"]


def test_damaged_settings_are_no_projects():
    settings.set("recent", ["no json", "{}"])
    assert recent_projects.recent_projects() == []


def test_dropped_folders_make_a_project(qtbot, page, tmp_path):
    (tmp_path / "coils").mkdir()
    with qtbot.waitSignal(page.folders_chosen) as blocker:
        drop(page.drop_zone, [tmp_path / "coils"])
    assert blocker.args == [[str(tmp_path / "coils")]]


def test_a_dropped_file_stands_for_its_folder(tmp_path):
    (tmp_path / "a.png").write_bytes(b"")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.png")), QUrl("http://example.org/x.png")])
    assert dropped_folders(data) == [str(tmp_path)]


def test_the_samples_can_be_tried(qtbot, page):
    with qtbot.waitSignal(page.samples_requested):
        qtbot.mouseClick(page.samples_button, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("width", [1024, 1280, 1920])
def test_the_two_columns_stand_in_line(page, width):
    page.resize(width, 800)
    page.layout().activate()
    found = {made.text(): made for made in page.findChildren(QLabel)}
    left, right = found["Recent projects"], found["New project"]
    middles = [made.mapTo(page, made.rect().center()).y() for made in (left, right)]
    assert abs(middles[0] - middles[1]) <= 1
    frame = next(made for made in page.findChildren(QFrame) if made.property("box") == "true")
    assert (
        frame.mapTo(page, frame.rect().topLeft()).y() == page.drop_zone.mapTo(page, page.drop_zone.rect().topLeft()).y()
    )
    assert frame.width() <= LIST_PX
    assert page.drop_zone.width() <= SIDE_PX


def test_the_list_grows_with_the_window_as_far_as_it_has_projects(qtbot, page, tmp_path):
    frame = next(made for made in page.findChildren(QFrame) if made.property("box") == "true")
    scroll_bar = frame.findChild(VerticalScrollArea).verticalScrollBar()
    for number in range(8):
        remember(tmp_path, f"mill {number}")
    page.show_recent(recent_projects.recent_projects())
    page.resize(1280, 700)
    qtbot.waitUntil(lambda: scroll_bar.maximum() > 0)
    page.resize(1280, 1400)
    qtbot.waitUntil(lambda: scroll_bar.maximum() == 0)
    assert 8 * HEIGHT_PX < frame.height() < 8 * HEIGHT_PX + 16
    page.show_recent(recent_projects.recent_projects()[:2])
    qtbot.waitUntil(lambda: frame.height() == LOWEST_LIST_PX)


def test_tab_reads_the_page_from_the_left(qtbot, page, tmp_path):
    for name in ("first", "second"):
        remember(tmp_path, name)
    page.show_recent(recent_projects.recent_projects())
    rows = page.findChildren(RecentRow)
    qtbot.waitUntil(lambda: all(made.isVisible() for made in rows))
    page.activateWindow()
    button = next(made for made in page.findChildren(QPushButton) if made.text() == "Open project…")
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    reached = []
    while page.focusWidget() is not page.drop_zone.button:
        qtbot.keyClick(page.focusWidget(), Qt.Key.Key_Tab)
        reached.append(page.focusWidget())
    assert reached == [*rows, page.drop_zone.button]
