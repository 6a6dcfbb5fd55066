"""How long a run takes on this machine: when the Pretrain page measures it, and what it says then."""

from __future__ import annotations

import threading
import time

import cv2
import pytest
from PySide6.QtCore import Qt

import inspector.jobs.pretraining.duration
from inspector.jobs.events import DurationEstimated
from inspector.project import Change
from inspector.ui.background.jobs import Job
from inspector.ui.pages.pretrain.pretrain_page import PretrainPage
from inspector.ui.pictures.thumbnails import Thumbnails
from models.errors import KnownError
from models.events import EpochDone, Progress


def estimated(method="hybrid", **seconds):
    return DurationEstimated(seconds, 242.0, "cpu", method, 2_792_000)


@pytest.fixture
def other_job(jobs):
    """Runs until the event that it hands out is set."""
    is_over = threading.Event()

    def start():
        yield Progress("prepare", 0, 1)
        is_over.wait(20)

    jobs.submit(Job("prepare", "Preparing", "", start, "label"))
    yield is_over
    is_over.set()


@pytest.fixture
def unmeasured(qtbot, session, jobs, shell, monkeypatch):
    """A page whose probe answers at once, and the list of the probes that were asked for."""
    asked = []

    def probe(_project, *groups):
        asked.append(len(groups))
        yield estimated(quick=276.0)

    monkeypatch.setattr("inspector.jobs.pretraining.duration.estimate_pretraining", probe)
    thumbnails = Thumbnails(session)
    page = PretrainPage(session, jobs, thumbnails, shell)
    qtbot.addWidget(page)
    yield page, asked
    thumbnails.stop()


def is_measured(page):
    return page.side.form.preset.itemText(0) == "Quick, 5 min"


def test_what_runs_at_first_does_not_keep_the_machine_from_being_measured(qtbot, unmeasured, other_job):
    page, asked = unmeasured
    page.show()
    assert page.cards.words.text() == "How long pretraining takes here is measured once nothing else runs."
    assert asked == []
    other_job.set()
    qtbot.waitUntil(lambda: is_measured(page), timeout=20_000)
    assert asked == [3]


def test_the_machine_is_measured_when_the_page_is_shown_again(qtbot, unmeasured, jobs, other_job):
    page, asked = unmeasured
    page.show()
    page.hide()
    with qtbot.waitSignal(jobs.ended, timeout=20_000):
        other_job.set()
    assert asked == []
    page.show()
    assert page.cards.words.text().startswith("Measuring how long pretraining takes here, which may take half a minute")
    qtbot.waitUntil(lambda: is_measured(page), timeout=20_000)
    page.hide()
    page.show()
    assert asked == [3]


def test_more_images_are_measured_anew(qtbot, unmeasured, samples, tmp_path):
    page, asked = unmeasured
    page.show()
    qtbot.waitUntil(lambda: is_measured(page), timeout=20_000)
    pixels = cv2.imread(str(next(samples.glob("*/*.png"))), cv2.IMREAD_GRAYSCALE)
    (tmp_path / "more").mkdir()
    cv2.imwrite(str(tmp_path / "more" / "a.png"), 255 - pixels)
    for _ in page.session.project.import_folders([tmp_path / "more"]):
        pass
    page.session.refresh(Change(images=True))
    assert page.side.form.preset.itemText(0) == "Quick"
    assert page.cards.cards["hybrid"].cost.text() == "Quick: not measured here yet"
    qtbot.waitUntil(lambda: is_measured(page), timeout=20_000)
    assert asked == [3, 3]


def test_a_measurement_that_was_stopped_is_not_begun_again(qtbot, unmeasured, monkeypatch, jobs):
    page, _ = unmeasured
    monkeypatch.setattr("inspector.jobs.pretraining.duration.estimate_pretraining", lambda *_: iter(()))
    with qtbot.waitSignal(jobs.ended, timeout=20_000):
        page.show()
    assert jobs.current is None
    assert page.cards.words.text() == ""


@pytest.fixture
def slowly_measured(unmeasured, monkeypatch):
    """The page, shown while it measures; the probe ends when it is stopped, or at its second attempt."""
    page, asked = unmeasured

    def probe(_project, *groups):
        asked.append(len(groups))
        while len(asked) == 1:
            yield Progress("methods", 0, 3, "methods")
            time.sleep(0.01)
        yield estimated(quick=276.0)

    monkeypatch.setattr("inspector.jobs.pretraining.duration.estimate_pretraining", probe)
    page.show()
    return page, asked


def waiting_run(page, monkeypatch):
    """A run that goes on until the event is set which this hands out."""
    is_over = threading.Event()

    def pretrain(_project, _request, **_):
        yield EpochDone(1, 4)
        is_over.wait(20)

    monkeypatch.setattr("inspector.jobs.pretraining.pretrain.pretrain", pretrain)
    return is_over


def test_measuring_gives_way_to_a_run_and_is_done_after_it(qtbot, slowly_measured, monkeypatch, jobs):
    page, asked = slowly_measured
    is_over = waiting_run(page, monkeypatch)
    qtbot.waitUntil(lambda: asked == [3], timeout=20_000)
    qtbot.mouseClick(page.start_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: jobs.current is not None and jobs.current.job.kind == "pretrain", timeout=20_000)
    assert asked == [3]
    is_over.set()
    qtbot.waitUntil(lambda: is_measured(page), timeout=20_000)
    assert asked == [3, 3]


def test_a_second_press_queues_no_second_run_and_says_so(qtbot, slowly_measured, monkeypatch, jobs, shell):
    page, asked = slowly_measured
    is_over = waiting_run(page, monkeypatch)
    qtbot.waitUntil(lambda: asked == [3], timeout=20_000)
    for _ in range(2):
        qtbot.mouseClick(page.start_button, Qt.MouseButton.LeftButton)
    assert [entry.job.kind for entry in jobs.waiting] == ["pretrain"]
    qtbot.waitUntil(lambda: jobs.current is not None and jobs.current.job.kind == "pretrain", timeout=20_000)
    qtbot.mouseClick(page.start_button, Qt.MouseButton.LeftButton)
    assert jobs.waiting == []
    said = "This run is queued already; another one needs another setting or seed."
    assert shell.notes == [("info", said)] * 2
    page.side.form.choose("mae")
    qtbot.mouseClick(page.start_button, Qt.MouseButton.LeftButton)
    assert [entry.job.detail for entry in jobs.waiting] == ["MAE"]
    assert page.start_button.text() == "Queue another run"
    jobs.stop_all()
    is_over.set()


def test_a_run_is_not_resumed_twice_and_that_is_said(qtbot, slowly_measured, monkeypatch, jobs, shell):
    page, asked = slowly_measured
    monkeypatch.setattr("inspector.jobs.pretraining.pretrain.resume", lambda *_, **__: iter(()))
    qtbot.waitUntil(lambda: asked == [3], timeout=20_000)
    for _ in range(2):
        page.resume(4)
    assert [entry.job.detail for entry in jobs.waiting] == ["run 4, resumed"]
    assert shell.notes == [("info", "Run 4 goes on already, or is queued to.")]


def test_a_measurement_that_failed_is_done_again_once_files_were_read_anew(qtbot, unmeasured, monkeypatch, jobs):
    page, _ = unmeasured
    measured = inspector.jobs.pretraining.duration.estimate_pretraining

    def fail(*_):
        raise KnownError("coil.png can't be read.")
        yield

    monkeypatch.setattr("inspector.jobs.pretraining.duration.estimate_pretraining", fail)
    with qtbot.waitSignal(jobs.ended, timeout=20_000):
        page.show()
    monkeypatch.setattr("inspector.jobs.pretraining.duration.estimate_pretraining", measured)
    page.session.refresh(Change(images=True))
    qtbot.waitUntil(lambda: is_measured(page), timeout=20_000)


def test_the_estimate_stands_beside_the_presets(page):
    page._probe_id = 7
    page.jobs.event_arrived.emit(
        7, DurationEstimated({"quick": 276.0, "balanced": 1000.0}, 242.0, "cpu", "hybrid", 2_792_000)
    )
    assert page.side.form.preset.itemText(0) == "Quick, 5 min"
    assert page.side.form.preset.itemText(3) == "As in the paper"
    assert "242 images/s" in page.cards.words.text()


def test_a_preset_that_takes_too_long_here_names_the_budget(qtbot, page):
    page._probe_id = 7
    page.jobs.event_arrived.emit(7, estimated(quick=840.0, balanced=1200.0))
    form = page.side.form
    assert form.promise.text() == (
        "Quick is meant for 10 min and takes about 14 min on this machine; a time budget of 10 min keeps to that."
    )
    form.preset.setCurrentIndex(1)
    assert form.promise.text() == "About 20 min on this machine."
    form.minutes.setValue(10)
    assert not form.promise.isVisible()


def test_a_card_says_what_its_method_costs_here(page):
    page._probe_id = 7
    page.jobs.event_arrived.emit(7, estimated("simclr", quick=276.0))
    page.jobs.event_arrived.emit(7, estimated("mae", quick=600.0))
    cards = page.cards.cards
    assert cards["simclr"].cost.text() == "Quick: about 5 min here, 2.8 million parameters"
    assert cards["mae"].cost.text() == "Quick: about 10 min here, 2.8 million parameters"
    assert cards["hybrid"].cost.text() == "Quick: not measured here yet"
    page.side.form.preset.setCurrentIndex(1)
    assert cards["simclr"].cost.text() == "Balanced: not measured here, 2.8 million parameters"
