"""The whole job in the window, from a click on the start page to the CSV, and taking it over on the way."""

from __future__ import annotations

import csv

import pytest
from PySide6.QtCore import Qt

from inspector.jobs import demo
from inspector.ui.state.settings import settings
from inspector.ui.window import demo_tour, dialogs
from inspector.ui.window.main_window import MainWindow


@pytest.fixture
def window(qtbot, tmp_path, monkeypatch):
    """A window whose demo is a small one."""
    for name, value in {"EPOCHS": 2, "LABELS": 12, "PER_CLASS": 6, "STRIP_PER_CLASS": 2}.items():
        monkeypatch.setattr(demo, name, value)
    monkeypatch.setattr(demo_tour, "LABEL_MS", 0)
    monkeypatch.setattr(demo_tour, "samples_folder", lambda: tmp_path / "demo")
    settings.set("recent", [])
    made = MainWindow()
    made.show()
    made.show_start()
    yield made
    if made.workbench is not None:
        made.workbench.jobs.stop_all()
        qtbot.waitUntil(lambda: made.workbench is None or made.workbench.jobs.current is None, timeout=30_000)
    made.close()
    qtbot.waitUntil(lambda: made.workbench is None, timeout=30_000)
    made.deleteLater()


def tour_of(window):
    return window.findChild(demo_tour.DemoTour)


def test_the_samples_go_through_every_page_to_the_csv(qtbot, window, tmp_path):
    visited = []
    qtbot.mouseClick(window.start_page.samples_button, Qt.MouseButton.LeftButton)
    window.workbench.page_changed.connect(visited.append)
    with qtbot.waitSignal(tour_of(window).ended, timeout=200_000) as blocker:
        pass
    assert blocker.args == [True], [note.text for note in window.workbench.banners.notes]
    assert visited == ["pretrain", "label", "train", "evaluate", "classify"]
    (results,) = (tmp_path / "demo" / "samples" / "project" / "results").glob("*.csv")
    with results.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 12
    assert {row["label"] for row in rows} <= {record.name for record in window.workbench.session.classes}


def test_it_can_be_taken_over(qtbot, window):
    qtbot.mouseClick(window.start_page.samples_button, Qt.MouseButton.LeftButton)
    tour = tour_of(window)
    qtbot.waitUntil(lambda: bool(window.workbench.session.images), timeout=60_000)
    (note,) = [note for note in window.workbench.banners.notes if note.action == "Take over"]
    with qtbot.waitSignal(tour.ended) as blocker:
        note.on_action()
    assert blocker.args == [False]
    assert not any(note.action == "Take over" for note in window.workbench.banners.notes)


def test_with_a_project_open_it_runs_in_one_of_its_own(qtbot, window, project, tmp_path):
    window.open_project(project.folder)
    before = window.workbench
    window.actions_by_key["samples"].trigger()
    tour = tour_of(window)
    qtbot.waitUntil(lambda: window.workbench not in (None, before), timeout=20_000)
    qtbot.waitUntil(lambda: bool(window.workbench.session.images), timeout=60_000)
    assert window.workbench.session.project.folder == tmp_path / "demo" / "samples" / "project"
    with qtbot.waitSignal(tour.ended):
        tour.stop()


def test_it_does_not_go_on_in_a_project_that_takes_its_place(qtbot, window, project, monkeypatch):
    monkeypatch.setattr(dialogs, "confirm_stop", lambda *_: True)
    qtbot.mouseClick(window.start_page.samples_button, Qt.MouseButton.LeftButton)
    tour = tour_of(window)
    with qtbot.waitSignal(tour.ended, timeout=30_000) as blocker:
        window.open_project(project.folder)
    assert blocker.args == [False]
    qtbot.waitUntil(lambda: window.windowTitle() == "empty – Inspector", timeout=20_000)
    assert not any("Demo" in note.text for note in window.workbench.banners.notes)


def test_where_somebody_keeps_working_it_does_not_begin(qtbot, window, project, tmp_path, monkeypatch):
    window.open_project(project.folder)
    bench = window.workbench
    with monkeypatch.context() as patch:
        patch.setattr(dialogs, "confirm_stop", lambda *_: False)
        patch.setattr(bench, "missed_job", object)
        window.actions_by_key["samples"].trigger()
    qtbot.waitUntil(lambda: tour_of(window) is None)
    assert window.workbench is bench
    assert not (tmp_path / "demo").exists()
    assert not any("Demo" in note.text for note in bench.banners.notes)
