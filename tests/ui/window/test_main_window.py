"""The frame around the pages: opening, closing during a job, undo everywhere, errors that end nothing."""

from __future__ import annotations

import threading
import time

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QMessageBox, QToolButton

from inspector.project import Change, Project
from inspector.samples import write_samples
from inspector.ui.background.jobs import Job
from inspector.ui.page_names import PAGES
from inspector.ui.state.recent_projects import recent_projects
from inspector.ui.state.settings import settings
from inspector.ui.theme import theme
from inspector.ui.widgets.vertical_scroll_area import VerticalScrollArea
from inspector.ui.window import dialogs
from inspector.ui.window.main_window import MainWindow
from models.errors import KnownError
from models.events import EpochDone


@pytest.fixture
def window(qtbot, tmp_path):
    settings.set("recent", [])
    settings.set("projects_folder", str(tmp_path / "projects"))
    made = MainWindow()
    made.show()
    yield made
    close(qtbot, made)
    made.deleteLater()


@pytest.fixture
def bench(qtbot, window, filled):
    assert window.open_project(filled.folder)
    qtbot.waitUntil(window.workbench.is_settled, timeout=60_000)
    return window.workbench


def close(qtbot, window):
    if window.workbench is not None:
        window.workbench.jobs.stop_all()
        qtbot.waitUntil(lambda: window.workbench is None or window.workbench.jobs.current is None, timeout=20_000)
    window.close()
    qtbot.waitUntil(lambda: window.workbench is None, timeout=20_000)


def answer(button_text):
    """Press a button of the question that comes."""

    def press():
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        next(b for b in box.buttons() if b.text() == button_text).click()

    QTimer.singleShot(50, press)


def endless(gate):
    def start():
        while not gate.is_set():
            yield EpochDone(1, 9)
            time.sleep(0.01)

    return Job("pretrain", "Pretraining", "SimCLR, run 1", start, "pretrain", "Stop it at a checkpoint and close?")


def test_a_project_opens_on_its_images_and_is_remembered(qtbot, window, bench, filled):
    assert window.windowTitle() == "filled – Inspector"
    assert bench.page_key == "images"
    close(qtbot, window)
    (entry,) = recent_projects()
    assert (entry.path, entry.first_line) == (str(filled.folder), "36 images · none labelled")


def test_what_is_no_project_is_said_on_the_start_page(window, tmp_path):
    assert not window.open_project(tmp_path)
    assert str(tmp_path) in window.start_page.last_words()


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_by_its_key_on_an_empty_project(qtbot, window, project, page):
    window.open_project(project.folder)
    qtbot.keyClick(window, getattr(Qt.Key, f"Key_{PAGES.index(page) + 1}"), Qt.KeyboardModifier.ControlModifier)
    assert window.workbench.page_key == page
    assert window.workbench.page(page).isVisible()


def test_h_shows_where_but_is_a_letter_while_somebody_types(qtbot, window, bench):
    page = bench.page("images")
    qtbot.keyClick(page.toolbar.search, Qt.Key.Key_H)
    assert (page.toolbar.search.text(), page.full_view.heat.is_on) == ("h", False)
    page.toolbar.search.clear()
    qtbot.waitUntil(lambda: not page._search_timer.isActive())
    page.gallery.setFocus()
    qtbot.keyClick(page.gallery, Qt.Key.Key_H)
    assert (page.full_view.isVisible(), page.full_view.heat.is_on) == (True, True)


@pytest.mark.parametrize("page", ["train", "evaluate"])
def test_h_does_nothing_on_a_page_without_an_image(qtbot, window, bench, page):
    bench.go_to(page)
    qtbot.keyClick(window, Qt.Key.Key_H)
    assert (bench.page_key, bench.banners.isVisible()) == (page, False)


def test_undo_takes_back_what_another_page_did(qtbot, window, bench):
    bench.session.label([1, 2], "crazing")
    bench.go_to("train")
    assert window.actions_by_key["undo"].text() == "Undo: Label 2 images"
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert bench.session.labels == {}
    assert window.actions_by_key["redo"].text() == "Redo: Label 2 images"


def test_closing_during_a_job_asks_and_can_be_refused(qtbot, window, bench):
    gate = threading.Event()
    with qtbot.waitSignal(bench.jobs.event_arrived):
        bench.jobs.submit(endless(gate))
    answer("Keep working")
    window.close()
    assert window.isVisible()
    assert bench.jobs.current.state == "running"
    gate.set()


def test_closing_during_a_job_stops_it_and_closes(qtbot, window, bench):
    with qtbot.waitSignal(bench.jobs.event_arrived):
        bench.jobs.submit(endless(threading.Event()))
    ends = []
    bench.jobs.ended.connect(lambda _, ended: ends.append(ended.outcome))
    answer("Stop and close")
    window.close()
    qtbot.waitUntil(lambda: window.workbench is None and not window.isVisible())
    assert ends == ["cancelled"]


def test_a_slot_that_raises_is_shown_once_and_the_window_lives_on(window, bench):
    for _ in range(3):
        window.show_failure("Traceback: boom")
    (note,) = [note for note in bench.banners.notes if "Something went wrong" in note.text]
    assert (note.times, note.action) == (3, "Copy details")
    note.on_action()
    assert QApplication.clipboard().text() == "Traceback: boom"


def test_a_failed_job_is_a_banner(qtbot, bench):
    def start():
        raise MemoryError
        yield

    with qtbot.waitSignal(bench.jobs.ended):
        bench.jobs.submit(Job("train", "Training", "", start, "train"))
    assert "memory is full" in bench.banners.notes[-1].text


def run_to_end(qtbot, bench, start, kind="train"):
    with qtbot.waitSignal(bench.jobs.ended):
        bench.jobs.submit(Job(kind, "Training", "", start, "train"))


def refuse():
    raise KnownError("coil.png can't be read.")
    yield


def succeed():
    yield EpochDone(1, 1)


def test_a_failure_stays_until_that_kind_of_job_succeeds(qtbot, window, bench):
    run_to_end(qtbot, bench, refuse)
    run_to_end(qtbot, bench, succeed, kind="evaluate")
    bench.go_to("label")
    assert "job/train" in keys(window)
    run_to_end(qtbot, bench, succeed)
    assert "job/train" not in keys(window)


@pytest.mark.parametrize("solve", [lambda bench: bench.session.label([1], "pit"), lambda bench: bench.go_to("train")])
def test_a_refused_edit_is_told_until_the_next_edit_or_page(window, bench, solve):
    bench.show_error(KnownError("There is a class of this name."))
    bench.show_error(KnownError("There is a class of that name."))
    assert [note.text for note in bench.banners.notes if note.kind == "bad"] == ["There is a class of that name."]
    solve(bench)
    assert "refused" not in keys(window)


def test_what_another_program_labels_shows(qtbot, window, bench):
    with Project.open(bench.session.project.folder) as other:
        other.label_images({1: "patches"}, step="Label", source="cli")
    qtbot.waitUntil(lambda: bench.session.labels == {1: "patches"}, timeout=10_000)


def test_a_project_that_vanishes_is_told_and_comes_back(qtbot, bench):
    folder = bench.session.project.folder
    away = folder.with_name("away")
    folder.rename(away)
    qtbot.waitUntil(lambda: any("not connected" in note.text for note in bench.banners.notes), timeout=10_000)
    away.rename(folder)
    qtbot.waitUntil(lambda: not any("not connected" in note.text for note in bench.banners.notes), timeout=10_000)
    bench.session.label([1], "crazing")
    assert bench.session.labels == {1: "crazing"}


def test_a_read_only_project_says_so(qtbot, window, filled, monkeypatch):
    monkeypatch.setattr(Project, "read_only", property(lambda self: True))
    window.open_project(filled.folder)
    assert any("reading alone" in note.text for note in window.workbench.banners.notes)


def test_the_side_bar_narrows_with_the_window(qtbot, window, bench):
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: not bench.side_bar.is_narrow)
    window.resize(1024, 700)
    qtbot.waitUntil(lambda: bench.side_bar.is_narrow)


def test_the_theme_changes_below_every_page(window, bench):
    for name in "ab":
        bench.session.apply(bench.session.project.add_class(name))
    for page in PAGES:
        bench.go_to(page)
    for choice in ("dark", "light"):
        theme.apply(choice)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # keys of classes are made anew
    assert bench.page("images").facets.viewport().isEnabled()


@pytest.mark.parametrize("key", ["shortcuts", "log", "about", "settings"])
def test_the_small_windows_open_and_close(qtbot, window, key):
    window.actions_by_key[key].trigger()
    dialog = next(child for child in window.findChildren(QDialog) if child.isVisible())
    assert dialog.windowTitle()
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert not dialog.isVisible()


def test_the_undo_button_is_not_where_the_focus_goes_by_itself(window):
    corner = window.menuBar().cornerWidget(Qt.Corner.TopRightCorner)
    assert {made.focusPolicy() for made in corner.findChildren(QToolButton)} == {Qt.FocusPolicy.NoFocus}


def test_no_shortcut_is_cut_off(qtbot, window):
    window.actions_by_key["shortcuts"].trigger()
    dialog = next(child for child in window.findChildren(QDialog) if child.isVisible())
    scrolled = dialog.findChild(VerticalScrollArea)
    qtbot.waitUntil(lambda: scrolled.widget().width() >= scrolled.widget().minimumSizeHint().width())
    assert scrolled.widget().width() <= scrolled.viewport().width()
    dialog.accept()


def test_about_names_versions_and_places():
    facts = dict(dialogs.about_facts("8 processors"))
    assert facts["Computes on"] == "8 processors"
    assert {"torch", "PySide6-Essentials", "SQLite", "Log"} <= facts.keys()


def test_dropped_folders_become_a_project_with_their_images(qtbot, window, samples):
    window.new_project([samples])
    qtbot.waitUntil(lambda: len(window.workbench.session.images) == 36, timeout=60_000)
    qtbot.waitUntil(window.workbench.is_settled, timeout=60_000)
    assert window.workbench.session.basis is not None


def test_folders_for_a_new_project_leave_the_open_one_alone(qtbot, window, bench, tmp_path):
    old = bench.session.project.folder
    for _ in write_samples(tmp_path / "others", per_class=1, size=64, seed=8):
        pass
    assert window.new_project([tmp_path / "others"])
    qtbot.waitUntil(lambda: window.workbench not in (None, bench), timeout=20_000)
    qtbot.waitUntil(lambda: len(window.workbench.session.images) == 6, timeout=60_000)
    with Project.open(old) as before:
        assert len(before.images()) == 36


def test_keeping_on_working_makes_no_new_project(qtbot, window, bench, samples, tmp_path):
    gate = threading.Event()
    with qtbot.waitSignal(bench.jobs.event_arrived):
        bench.jobs.submit(endless(gate))
    answer("Keep working")
    assert not window.new_project([samples])
    assert not (tmp_path / "projects").exists()
    assert (window.workbench, bench.isEnabled(), bench.jobs.current.state) == (bench, True, "running")
    gate.set()


def test_while_one_project_gives_way_no_third_one_opens(qtbot, window, bench, project, tmp_path):
    assert window.open_project(project.folder)
    assert not window.new_project([], tmp_path / "third")
    qtbot.waitUntil(lambda: window.workbench not in (None, bench), timeout=20_000)
    assert window.windowTitle() == "empty – Inspector"
    assert not (tmp_path / "third").exists()


def keys(window):
    return {note.key for note in window.workbench.banners.notes}


def test_where_the_project_lies_is_said_until_its_page_is_left(window):
    window.new_project([])
    assert "made" in keys(window)
    window.workbench.go_to("pretrain")
    assert "made" not in keys(window)


def test_where_the_project_lies_is_said_until_images_are_in(qtbot, window, samples):
    window.new_project([samples])
    assert "made" in keys(window)
    qtbot.waitUntil(lambda: bool(window.workbench.session.images), timeout=60_000)
    assert "made" not in keys(window)


def test_near_duplicates_are_told_of_until_other_images_come(qtbot, bench, window, tmp_path):
    with qtbot.waitSignal(bench.group_finding.finished, timeout=60_000):
        bench.group_finding.start()
    assert "groups" in keys(window)
    for _ in write_samples(tmp_path / "others", per_class=1, size=64, seed=8):
        pass
    bench.page("images").open_with([tmp_path / "others"])
    qtbot.waitUntil(lambda: len(bench.session.images) == 42, timeout=60_000)
    assert "groups" not in keys(window)


def test_a_stopped_run_is_offered_until_it_goes_on(window, filled):
    run = filled.start_run("pretrain", {})
    (filled.runs_folder / "1" / "checkpoint.safetensors").write_bytes(b"")
    run.cancel()
    window.open_project(filled.folder)
    session = window.workbench.session
    assert "resume" in keys(window)
    session.label([1], "crazing")
    assert "resume" in keys(window)
    resumed = session.project.resume_run(1)
    session.refresh(Change(runs=True))
    assert "resume" not in keys(window)
    resumed.cancel()


def blocked(gate):
    """A job that cannot be stopped before the gate opens."""

    def start():
        yield EpochDone(1, 9)
        gate.wait(60)
        yield EpochDone(2, 9)

    return Job("prepare", "Preparing suggestions", "36 images", start, "label")


@pytest.fixture
def gate():
    made = threading.Event()
    yield made
    made.set()


@pytest.fixture
def ends(monkeypatch):
    """In place of the end of the process."""
    codes = []
    monkeypatch.setattr("inspector.ui.window.main_window.os._exit", codes.append)
    monkeypatch.setattr("inspector.ui.window.main_window.CLOSING_LIMIT_S", 0.1)
    return codes


def test_opening_another_project_waits_for_a_job_however_long(qtbot, window, bench, project, gate, ends):
    with qtbot.waitSignal(bench.jobs.event_arrived):
        bench.jobs.submit(blocked(gate))
    assert window.open_project(project.folder)
    qtbot.waitUntil(lambda: "waiting" in keys(window), timeout=10_000)
    assert bench.banners.notes[-1].text == "Waiting for “Preparing suggestions” to stop…"
    gate.set()
    qtbot.waitUntil(lambda: window.workbench not in (None, bench), timeout=20_000)
    assert ends == []


def test_quitting_asks_before_it_leaves_a_job_that_does_not_stop(qtbot, window, bench, gate, ends):
    with qtbot.waitSignal(bench.jobs.event_arrived):
        bench.jobs.submit(blocked(gate))
    asked = []

    def keep_waiting():
        box = QApplication.activeModalWidget()
        if box is None:
            QTimer.singleShot(20, keep_waiting)
            return
        asked.append(box.text())
        gate.set()
        next(b for b in box.buttons() if b.text() == "Keep waiting").click()

    window.close()
    keep_waiting()
    qtbot.waitUntil(lambda: window.workbench is None and not window.isVisible(), timeout=20_000)
    assert (len(asked), ends) == (1, [])


def test_quitting_can_leave_a_job_that_does_not_stop(qtbot, window, bench, gate, ends, monkeypatch):
    with qtbot.waitSignal(bench.jobs.event_arrived):
        bench.jobs.submit(blocked(gate))
    monkeypatch.setattr("inspector.ui.window.dialogs.confirm_hard_end", lambda *_: gate.set() or True)
    window.close()
    qtbot.waitUntil(lambda: ends == [1], timeout=20_000)
    qtbot.waitUntil(lambda: window.workbench is None, timeout=20_000)


def test_a_window_that_waits_to_open_another_project_can_be_closed(qtbot, window, bench, project, gate):
    with qtbot.waitSignal(bench.jobs.event_arrived):
        bench.jobs.submit(blocked(gate))
    assert window.open_project(project.folder)
    window.close()
    gate.set()
    qtbot.waitUntil(lambda: window.workbench is None and not window.isVisible(), timeout=20_000)


def test_who_keeps_working_after_all_can_close_the_project_alone(qtbot, window, bench, gate, monkeypatch):
    asked = []
    monkeypatch.setattr("inspector.ui.window.dialogs.confirm_stop", lambda _, job: asked.append(job.title))
    with qtbot.waitSignal(bench.jobs.event_arrived):
        bench.jobs.submit(blocked(gate))
    running = threading.Event()
    assert window.new_project([], then=lambda: window.workbench.jobs.submit(endless(running)))
    window.close()
    gate.set()
    qtbot.waitUntil(lambda: asked == ["Pretraining"], timeout=20_000)
    running.set()
    qtbot.waitUntil(lambda: window.workbench.jobs.current is None, timeout=20_000)
    window.close_project()
    qtbot.waitUntil(lambda: window.workbench is None, timeout=20_000)
    assert window.isVisible()


def test_an_ampersand_in_a_name_is_shown_and_marks_no_key(window, tmp_path):
    assert window.new_project([], tmp_path / "R&D")
    session = window.workbench.session
    session.apply(session.project.add_class("scale"))
    session.apply(session.project.rename_class("scale", new_name="scale & pits"))
    written = [made.text() for made in window.findChildren(QAbstractButton)] + [window.actions_by_key["undo"].text()]
    named = [text for text in written if "&" in text]
    assert {text.replace("&&", "&") for text in named} == {"R&D", "Undo: Rename scale to scale & pits"}
    assert all(QKeySequence.mnemonic(text).isEmpty() for text in named)
