"""Labels from folders and files, and to files."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from inspector.project import Project
from inspector.ui.background.jobs import Job
from inspector.ui.background.preparation import Preparation
from inspector.ui.window.main_window import MainWindow
from models.events import EpochDone


@pytest.fixture
def done(qtbot, page):
    """Wait until labels are no longer read or written."""
    return lambda: qtbot.waitUntil(lambda: not page.labels_menu.files.is_busy, timeout=20_000)


@pytest.fixture
def window(qtbot, filled, monkeypatch, close_window):
    """The window on the label page of the filled project; nothing is prepared."""
    monkeypatch.setattr(Preparation, "start", lambda _: None)
    made = MainWindow()
    made.show()
    assert made.open_project(filled.folder, page="label")
    qtbot.waitUntil(made.workbench.is_settled, timeout=60_000)
    yield made
    close_window(made)


def test_labels_by_folder_names_are_one_step(page, session, shell, done):
    page.labels_menu.from_folders.trigger()
    done()
    assert len(session.labels) == 36
    assert shell.toasts == ["Labelled 36 images by their folders"]
    shell.undo()
    assert session.labels == {}


def test_labels_go_to_a_file_and_come_from_it(page, session, shell, done, tmp_path: Path, monkeypatch):
    file = tmp_path / "labels.csv"
    session.label([1, 2], "a")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    page.labels_menu.to_csv.trigger()
    done()
    assert shell.notes == [("info", f"2 labels were written to {file}.")]
    session.label([1, 2], None)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    page.labels_menu.from_csv.trigger()
    done()
    assert session.labels == {1: "a", 2: "a"}
    assert shell.toasts == ["Labelled 2 images"]


def test_a_file_that_is_no_label_file_is_refused(page, session, jobs, done, tmp_path: Path):
    file = tmp_path / "labels.csv"
    file.write_text("nothing")
    page.labels_menu.files.import_csv(file)
    done()
    assert "no header path,label" in jobs.last.ended.message
    assert session.labels == {}


def test_paths_of_no_image_are_named(page, session, shell, done, tmp_path: Path):
    file = tmp_path / "labels.csv"
    file.write_text(f"path,label\n{session.image(1).path},a\nelsewhere.png,b\n")
    page.labels_menu.files.import_csv(file)
    done()
    assert session.labels == {1: "a"}
    assert "elsewhere.png" in shell.notes[0][1]


def test_a_dialog_that_is_cancelled_changes_nothing(page, session, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    page.labels_menu.from_csv.trigger()
    assert not page.labels_menu.files.is_busy


def test_labels_do_not_wait_until_a_network_has_learned(qtbot, window):
    bench, gate = window.workbench, threading.Event()

    def learning():
        yield EpochDone(1, 9)
        gate.wait(60)

    with qtbot.waitSignal(bench.jobs.event_arrived):
        bench.jobs.submit(Job("pretrain", "Pretraining", "", learning, "pretrain"))
    bench.page("label").labels_menu.from_folders.trigger()
    qtbot.waitUntil(lambda: len(bench.session.labels) == 36, timeout=20_000)
    assert bench.jobs.current.job.kind == "pretrain"
    gate.set()
    assert window.actions_by_key["undo"].text() == "Undo: Label 36 images from folders"
    window.actions_by_key["undo"].trigger()
    assert bench.session.labels == {}


def test_long_work_shows_how_far_it_is_and_can_be_stopped(qtbot, window, monkeypatch):
    bench, gate = window.workbench, threading.Event()
    in_steps = Project.label_from_folders_in_steps

    def slowly(project):
        for event in in_steps(project):
            yield event
            gate.wait(60)

    monkeypatch.setattr(Project, "label_from_folders_in_steps", slowly)
    menu = bench.page("label").labels_menu
    menu.from_folders.trigger()
    qtbot.waitUntil(bench.side_strip.isVisible, timeout=20_000)
    assert "0 of 36" in bench.side_strip.text()
    menu.menu.aboutToShow.emit()
    assert not menu.from_folders.isEnabled()
    bench.side_strip.stop_button.click()
    gate.set()
    qtbot.waitUntil(lambda: not bench.side_strip.isVisible(), timeout=20_000)
    assert (bench.session.labels, bench.session.project.undo_name) == ({}, None)


def test_a_file_that_is_refused_is_told_in_the_window(qtbot, window, tmp_path):
    file = tmp_path / "labels.csv"
    file.write_text("nothing")
    window.workbench.page("label").labels_menu.files.import_csv(file)
    qtbot.waitUntil(lambda: any(note.kind == "bad" for note in window.workbench.banners.notes), timeout=20_000)
    assert "no header path,label" in window.workbench.banners.notes[-1].text
