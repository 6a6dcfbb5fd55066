"""Earlier results in view while a folder is classified, or added to the project for a review of it."""

from __future__ import annotations

import threading
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from inspector.ui.background.jobs import Job
from inspector.ui.pages.classify.classification import remember, remembered
from models.prediction import predict


def wait_for_end(qtbot, page):
    qtbot.waitUntil(lambda: not page.classifying.is_busy and not page.classifying._read.is_busy, timeout=20_000)


def entries(page):
    """The texts of 'Earlier results', the newest first."""
    page.earlier.click()
    menu = page.findChildren(QMenu)[-1]
    menu.close()
    return menu.actions()


def look_at(qtbot, page, folder_name):
    """Choose a folder among the earlier results."""
    next(entry for entry in entries(page) if entry.text().startswith(f"{folder_name} ")).trigger()
    qtbot.waitUntil(lambda: not page.classifying._read.is_busy, timeout=20_000)


def saved_lines(page, file):
    page.save_csv(file)
    return file.read_text(encoding="utf-8").splitlines()[1:]


@pytest.fixture
def other(strip):
    """A second folder, of the same file names: eight other images."""
    folder = strip.with_name("other")
    folder.mkdir()
    for number, file in enumerate(sorted(strip.glob("[01]*.png"))[4:]):
        (folder / f"{number:02}.png").write_bytes(file.read_bytes() + b"\0")
    return folder


@pytest.fixture
def page(qtbot, trained, make_page, strip, monkeypatch):
    """The page, with the thirteen results of 'strip'."""
    monkeypatch.setattr(predict, "classify", partial(predict.classify, batch_images=2))
    made = make_page(trained)
    made.classify_folder(strip)
    wait_for_end(qtbot, made)
    return made


@pytest.fixture
def halfway(qtbot, page, jobs, other, monkeypatch):
    """The page while 'other' is classified, held after its first rows."""
    classify, is_held = predict.classify, threading.Event()

    def held(*args, **options):
        for event in classify(*args, **options):
            yield event
            if isinstance(event, predict.Classified):
                is_held.wait(20)  # however late the window hears of them

    def hold(_id, event):
        if isinstance(event, predict.Classified):
            jobs.pause()
            is_held.set()

    monkeypatch.setattr(predict, "classify", held)
    holding = jobs.event_arrived.connect(hold)
    page.classify_folder(other)
    qtbot.waitUntil(lambda: len(page.classifying.results) > 0, timeout=20_000)
    jobs.disconnect(holding)
    return page


def test_rows_that_come_stay_with_their_folder(qtbot, halfway, jobs, trained, strip, tmp_path):
    look_at(qtbot, halfway, "strip")
    assert halfway._sentence.full_text() == f"13 images of strip with run {halfway.source.model.run}"
    assert halfway.source.start.toolTip() == "A folder is being classified; stop that in the job strip first"
    jobs.resume()
    wait_for_end(qtbot, halfway)
    assert (halfway.source.folder, len(halfway.model.shown)) == (strip, 13)
    assert len(saved_lines(halfway, tmp_path / "strip.csv")) == 13
    known = {entry.folder.name: (entry.state, entry.images) for entry in remembered(trained)}
    assert known == {"other": ("finished", 8), "strip": ("finished", 13)}
    look_at(qtbot, halfway, "other")
    assert len(saved_lines(halfway, tmp_path / "other.csv")) == len(halfway.model.shown) == 8


def test_the_running_one_can_be_come_back_to(qtbot, halfway, jobs):
    run = halfway.source.model.run
    look_at(qtbot, halfway, "strip")
    assert entries(halfway)[0].text() == f"other · run {run} · being classified"
    look_at(qtbot, halfway, "other")
    assert halfway._sentence.full_text() == f"Classifying other with run {run}"
    assert 0 < len(halfway.model.shown) < 8
    jobs.resume()
    wait_for_end(qtbot, halfway)
    assert len(halfway.model.shown) == 8
    assert halfway._sentence.full_text() == f"8 images of other with run {run}"


def test_what_is_taken_out_while_it_waits_leaves_the_results_in_view(qtbot, page, jobs, trained, other):
    jobs.submit(Job("other", "Other", "", lambda: iter(lambda: 1, 2), "images"))
    page.classify_folder(other)
    look_at(qtbot, page, "strip")
    jobs.stop(jobs.waiting[0].id)
    assert len(page.model.shown) == 13
    assert page.save.isEnabled()
    assert [entry.folder.name for entry in remembered(trained)] == ["strip"]


def test_what_was_to_go_on_keeps_its_rows_when_it_is_taken_out(qtbot, halfway, jobs, trained):
    jobs.stop()
    wait_for_end(qtbot, halfway)
    rows = len(halfway.classifying.results)
    jobs.submit(Job("other", "Other", "", lambda: iter(lambda: 1, 2), "images"))
    assert halfway.source.start.text() == "Go on"
    halfway.source.start.click()
    jobs.stop(jobs.waiting[0].id)
    wait_for_end(qtbot, halfway)
    assert len(halfway.model.shown) == rows
    assert (remembered(trained)[0].state, remembered(trained)[0].images) == ("stopped", rows)
    assert halfway.source.start.text() == "Go on"


def test_results_whose_end_nobody_noted_open_as_finished(qtbot, page, trained, other):
    (known,) = remembered(trained)
    remember(trained, type(known)(**{**vars(known), "state": "running", "images": 0}))
    assert entries(page)[0].text().startswith(f"strip · run {known.run} · just now")
    look_at(qtbot, page, "strip")
    assert len(page.model.shown) == 13
    assert page._sentence.full_text().startswith("13 images of strip")


def test_a_review_does_not_begin_over_other_results(qtbot, page, jobs, other):
    page.classify_folder(other)
    wait_for_end(qtbot, page)
    look_at(qtbot, page, "strip")
    page.summary.threshold.field.setValue(1.0)
    running = jobs.submit(Job("other", "Other", "", lambda: iter(lambda: 1, 2), "images"))
    page.answer.review.click()
    look_at(qtbot, page, "other")
    jobs.stop(running)
    qtbot.waitUntil(lambda: not page.reviewing.is_importing, timeout=20_000)
    assert len(page.session.images) == 36 + 12  # they are in, for the next time
    assert page._stack.currentWidget() is page._found
    assert dict(page.classifying.image_ids) == {}
    look_at(qtbot, page, "strip")
    page.answer.review.click()
    assert page._stack.currentWidget() is page.review
    row = page.reviewing._queue.current
    image = page.session.image(page.classifying.image_ids[row])
    assert page.reviewing._file_of(row) == image.path


@pytest.mark.parametrize("leaves", [True, False])
def test_taking_a_decision_back_when_other_results_are_in_view(qtbot, page, shell, other, leaves):
    page.classify_folder(other)
    wait_for_end(qtbot, page)
    look_at(qtbot, page, "strip")
    page.summary.threshold.field.setValue(1.0)
    page.answer.review.click()
    qtbot.waitUntil(lambda: page._stack.currentWidget() is page.review, timeout=20_000)
    labels = dict(page.session.labels)
    qtbot.keyClick(page.review, Qt.Key.Key_1)
    if leaves:
        qtbot.keyClick(page.review, Qt.Key.Key_Escape)
    look_at(qtbot, page, "other")
    shell.undo()
    assert page.session.labels == labels
    assert page._stack.currentWidget() is page._found
    shown = page.answer._row
    assert shown == page.results.chosen_row
