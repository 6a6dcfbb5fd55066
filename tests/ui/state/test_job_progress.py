"""Share, rate and time left follow from the events alone."""

from __future__ import annotations

import pytest

from inspector.ui.state.job_progress import WINDOW, JobProgress
from models.events import EpochDone, Notice, Progress, StepDone


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def steps(progress, clock, count, *, total=100, seconds=0.5):
    for number in range(1, count + 1):
        clock.now += seconds
        progress.take(StepDone(number, total, (number - 1) // 10, 1.0, 0.1, 242.4, total // 10))


def test_time_left_is_estimated_first_and_then_told(clock):
    progress = JobProgress(clock)
    steps(progress, clock, 5)
    assert progress.shown.time_left == "estimating"
    steps(progress, clock, 40)
    assert (progress.shown.position, progress.shown.rate) == ("Epoch 4 of 10", "242 images/s")
    assert progress.shown.time_left == "30 s left"


def test_a_pause_does_not_count(clock):
    progress = JobProgress(clock)
    steps(progress, clock, WINDOW + 10)
    progress.pause()
    clock.now += 1000
    progress.resume()
    clock.now += 0.5
    progress.take(StepDone(31, 100, 3, 1.0, 0.1, 242.0, 10))
    assert progress.shown.time_left == "34 s left"


def test_texts_change_once_a_second_and_the_share_at_once(clock):
    progress = JobProgress(clock)
    steps(progress, clock, 30, seconds=2.0)
    before = progress.shown
    clock.now += 0.1
    progress.take(StepDone(31, 100, 3, 1.0, 0.1, 999.0, 10))
    assert (progress.shown.rate, progress.shown.time_left) == (before.rate, before.time_left)
    assert progress.shown.share == pytest.approx(0.31)


def test_a_stage_without_known_end_has_no_share(clock):
    progress = JobProgress(clock)
    progress.take(Progress("search", 5000, 5000, "files"))
    assert (progress.shown.share, progress.shown.time_left) == (None, "")


def test_a_new_stage_begins_anew(clock):
    progress = JobProgress(clock)
    for done in range(1, 30):
        clock.now += 1
        progress.take(Progress("decode", done, 30))
    progress.take(Progress("texture features", 64, 640))
    assert (progress.shown.stage, progress.shown.time_left) == ("Texture features", "estimating")


def test_epochs_alone_move_it_and_notices_do_not(clock):
    progress = JobProgress(clock)
    assert progress.take(EpochDone(3, 12)) is True
    assert progress.shown.share == pytest.approx(0.25)
    assert progress.take(Notice("words")) is False
