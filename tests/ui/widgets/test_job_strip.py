"""The job area: what runs, pause, stop, and what waits."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt

from inspector.ui.background.jobs import Job
from inspector.ui.widgets.controls import ElidedLabel
from inspector.ui.widgets.job_strip import STOPPING, JobStrip
from models.errors import KnownError
from models.events import EpochDone, Progress, StepDone


@pytest.fixture
def strip(qtbot, jobs):
    made = JobStrip(jobs)
    qtbot.addWidget(made)
    made.resize(1280, 44)
    made.show()
    return made


@pytest.fixture
def gate():
    opened = threading.Event()
    yield opened
    opened.set()


def gated(gate, title="Pretraining"):
    def start():
        yield StepDone(7, 660, 13, 1.75, 0.001, 242.4, 60)
        gate.wait(10)
        yield EpochDone(14, 60)
        yield EpochDone(15, 60)

    return Job("pretrain", title, "SimCLR, run 5", start, page="pretrain")


def test_idle_it_says_so(strip):
    assert strip.text() == "Nothing runs"
    assert not strip.stop_button.isVisible()
    assert strip.queue_button.toolTip() == "No job waits behind the running one"


def test_running_it_shows_epoch_step_and_rate(qtbot, jobs, strip, gate):
    jobs.submit(gated(gate))
    qtbot.waitUntil(lambda: "Epoch 14 of 60" in strip.text())
    assert "step 7 of 660" in strip.text()
    assert "242 images/s" in strip.text()
    assert strip.stop_button.isVisible()


def test_stop_says_that_it_stops_and_can_be_pressed_once(qtbot, jobs, strip, gate):
    with qtbot.waitSignal(jobs.event_arrived):
        jobs.submit(gated(gate))
    qtbot.mouseClick(strip.stop_button, Qt.MouseButton.LeftButton)
    assert STOPPING in strip.text()
    assert not strip.stop_button.isEnabled()
    assert strip.stop_button.toolTip() == STOPPING
    gate.set()
    qtbot.waitUntil(lambda: "Pretraining stopped" in strip.text())


@pytest.mark.parametrize("width_px", [1280, 1024])
def test_that_it_stops_is_readable_in_a_usual_window(qtbot, jobs, strip, gate, width_px):
    strip.resize(width_px, 44)
    with qtbot.waitSignal(jobs.event_arrived):
        jobs.submit(gated(gate, title="Preparing suggestions"))
    qtbot.mouseClick(strip.stop_button, Qt.MouseButton.LeftButton)
    detail = strip.findChild(ElidedLabel)
    qtbot.waitUntil(lambda: detail.text() == STOPPING)


def test_pause_becomes_resume(qtbot, jobs, strip, gate):
    with qtbot.waitSignal(jobs.event_arrived):
        jobs.submit(gated(gate))
    qtbot.mouseClick(strip.pause_button, Qt.MouseButton.LeftButton)
    assert (strip.pause_button.text(), "paused" in strip.text()) == ("Resume", True)
    gate.set()
    qtbot.mouseClick(strip.pause_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Pretraining finished" in strip.text())


def test_what_waits_can_be_removed_from_the_list(qtbot, jobs, strip, gate):
    jobs.submit(gated(gate))
    jobs.submit(gated(gate, title="Training"))
    assert strip.queue_button.text() == "1 waiting"
    (entry,) = strip.queue_menu().actions()
    entry.menu().actions()[1].trigger()
    assert strip.queue_button.text() == "Nothing waiting"


def test_a_failed_job_says_why(qtbot, jobs, strip):
    def start():
        raise KnownError("The disk is full.")

    jobs.submit(Job("train", "Training", "", start, page="train"))
    qtbot.waitUntil(lambda: strip.text() == "Training failed The disk is full.")


@pytest.mark.parametrize(("width_px", "step", "rate"), [(1400, True, True), (1280, False, True), (1024, False, False)])
def test_in_a_narrow_window_the_step_goes_first_then_the_rate(qtbot, jobs, strip, gate, width_px, step, rate):
    strip.resize(width_px, 44)
    with qtbot.waitSignal(jobs.progressed):
        jobs.submit(gated(gate))
    assert strip.field("step").isVisible() == step
    assert strip.field("rate").isVisible() == rate
    assert strip.field("time_left").isVisible()


@pytest.mark.parametrize("width_px", [1280, 1024])
def test_what_runs_is_readable_in_a_usual_window(qtbot, jobs, strip, gate, width_px):
    strip.resize(width_px, 44)
    with qtbot.waitSignal(jobs.progressed):
        jobs.submit(gated(gate))
    detail = strip.findChild(ElidedLabel)
    qtbot.waitUntil(lambda: detail.text() == detail.full_text() == "SimCLR, run 5")


@pytest.mark.parametrize(
    ("width_px", "detail"), [(1400, "run 6"), (1280, "Decoding · run 6"), (1024, "Decoding · run 6")]
)
def test_a_stage_has_its_place_in_every_window(qtbot, jobs, strip, gate, width_px, detail):
    def start():
        yield Progress("decode", 31, 31)
        gate.wait(10)

    with qtbot.waitSignal(jobs.progressed):
        jobs.submit(Job("train", "Training", "run 6", start, page="train"))
    strip.resize(width_px, 44)
    assert strip.field("step").text() == "Decoding"
    assert strip.field("step").isVisible() == (width_px == 1400)
    qtbot.waitUntil(lambda: strip.findChild(ElidedLabel).text() == detail)
