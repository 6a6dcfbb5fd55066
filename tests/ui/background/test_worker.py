"""The bridge from a job to the window: one end a job, whatever happens, and no event lost that matters."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager

import pytest

from inspector.ui.background.jobs import Job
from inspector.ui.background.worker import UNEXPECTED, Ended, Inbox
from models.errors import KnownError
from models.events import EpochDone, Progress, StepDone


def job(start, kind="work"):
    return Job(kind, "Working", "hard", start, page="train")


def step(number):
    return StepDone(number, 10, 0, 0.5, 0.1, 100.0, 1)


@pytest.fixture
def heard(jobs):
    """Every event and end, by job id, as pages hear them."""
    log = []
    jobs.event_arrived.connect(lambda job_id, event: log.append((job_id, event)))
    jobs.ended.connect(lambda job_id, ended: log.append((job_id, ended)))
    return log


def run(qtbot, jobs, start):
    with qtbot.waitSignal(jobs.ended, timeout=10_000) as blocker:
        jobs.submit(job(start))
    return blocker.args[1]


def test_a_job_ends_as_finished_with_its_last_event(qtbot, jobs):
    ended = run(qtbot, jobs, lambda: iter([EpochDone(1, 2), EpochDone(2, 2)]))
    assert (ended.outcome, ended.result) == ("finished", EpochDone(2, 2))


def test_the_machine_stays_awake_in_the_thread_that_works(qtbot, jobs, monkeypatch):
    awake = []

    @contextmanager
    def staying_awake():
        awake.append(threading.get_ident())
        yield
        awake.append(threading.get_ident())

    monkeypatch.setattr("inspector.ui.background.worker.staying_awake", staying_awake)
    ended = run(qtbot, jobs, lambda: iter([(threading.get_ident(), len(awake))]))
    worked, entered = ended.result
    assert (awake, entered) == ([worked, worked], 1)


def test_a_known_error_is_its_sentence(qtbot, jobs):
    def failing():
        yield EpochDone(1, 2)
        raise KnownError("The disk is full.")

    ended = run(qtbot, jobs, failing)
    assert (ended.outcome, ended.message, ended.details) == ("failed", "The disk is full.", "")


def test_a_runtime_error_of_torch_ends_the_job_too(qtbot, jobs, caplog):
    def failing():
        yield EpochDone(1, 2)
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    ended = run(qtbot, jobs, failing)
    caplog.clear()
    assert (ended.outcome, ended.message) == ("failed", UNEXPECTED)
    assert "mat1 and mat2" in ended.details


def test_a_job_that_cannot_begin_fails(qtbot, jobs):
    def start():
        raise KnownError("No images.")

    assert run(qtbot, jobs, start).message == "No images."


def test_a_full_graphics_card_says_what_helps(qtbot, jobs):
    class OutOfMemoryError(RuntimeError):
        pass

    def failing():
        raise OutOfMemoryError("CUDA out of memory")
        yield

    assert "smaller batch" in run(qtbot, jobs, failing).message


def test_a_stopped_job_is_closed_in_its_own_thread(qtbot, jobs):
    threads = []

    def endless():
        try:
            while True:
                yield EpochDone(1, 9)
                time.sleep(0.001)
        finally:
            threads.append(threading.current_thread() is not threading.main_thread())

    with qtbot.waitSignal(jobs.event_arrived):
        jobs.submit(job(endless))
    with qtbot.waitSignal(jobs.ended) as blocker:
        jobs.stop()
        assert jobs.current.state == "stopping"
    assert (blocker.args[1].outcome, threads) == ("cancelled", [True])


def test_a_job_stopped_before_its_first_event_is_cancelled(qtbot, jobs, heard):
    gate = threading.Event()

    def slow():
        gate.wait(10)
        yield EpochDone(1, 1)
        raise AssertionError("went on")

    jobs.submit(job(slow))
    with qtbot.waitSignal(jobs.ended):
        jobs.stop()
        gate.set()
    assert [event.outcome for _, event in heard if isinstance(event, Ended)] == ["cancelled"]


def test_what_a_closing_job_cannot_write_is_told(qtbot, jobs):
    def full_disk():
        try:
            while True:
                yield EpochDone(1, 9)
                time.sleep(0.001)
        finally:
            raise KnownError("The checkpoint cannot be written: the disk is full.")

    with qtbot.waitSignal(jobs.event_arrived):
        jobs.submit(job(full_disk))
    with qtbot.waitSignal(jobs.ended) as blocker:
        jobs.stop()
    assert (blocker.args[1].outcome, "disk is full" in blocker.args[1].message) == ("failed", True)


def test_a_flood_of_steps_is_thinned_and_ends_with_the_last(qtbot, jobs, heard):
    def flood():
        for number in range(20_000):
            yield step(number)
        yield EpochDone(1, 1)

    run(qtbot, jobs, flood)
    steps = [event.step for _, event in heard if isinstance(event, StepDone)]
    assert len(steps) < 1000
    assert (steps[0], steps[-1]) == (0, 19_999)


def test_no_epoch_is_lost_in_a_flood(qtbot, jobs, heard):
    run(qtbot, jobs, lambda: (EpochDone(n, 5000) for n in range(5000)))
    assert [event.epoch for _, event in heard if isinstance(event, EpochDone)] == list(range(5000))


def test_a_paused_job_waits(qtbot, jobs, heard):
    def counting():
        for number in range(10_000):
            yield EpochDone(number, 10_000)
            time.sleep(0.001)

    with qtbot.waitSignal(jobs.event_arrived):
        jobs.submit(job(counting))
    jobs.pause()
    qtbot.wait(60)
    seen = len(heard)
    qtbot.wait(60)
    assert (jobs.current.state, len(heard)) == ("paused", seen)
    with qtbot.waitSignal(jobs.event_arrived):
        jobs.resume()


def test_jobs_wait_for_one_another_and_can_change_places(qtbot, jobs, heard):
    gate = threading.Event()

    def gated():
        gate.wait(10)
        yield EpochDone(1, 1)

    first = jobs.submit(job(gated))
    second, third = jobs.submit(job(lambda: iter([Progress("a", 1, 1)]))), jobs.submit(job(lambda: iter([])))
    jobs.move_up(third)
    gate.set()
    qtbot.waitUntil(lambda: jobs.current is None and not jobs.waiting)
    assert [job_id for job_id, event in heard if isinstance(event, Ended)] == [first, third, second]


def test_all_hear_of_an_end_before_what_it_leads_to_starts(qtbot, jobs):
    told = []
    jobs.ended.connect(lambda job_id, _: job_id == 1 and jobs.submit(job(lambda: iter([]), kind="next")))
    jobs.changed.connect(lambda: told.append("changed"))
    jobs.ended.connect(lambda job_id, _: told.append((job_id, jobs.find("next") and jobs.find("next").state)))
    jobs.submit(job(lambda: iter([EpochDone(1, 1)])))
    qtbot.waitUntil(lambda: len(told) == 5)
    assert told == ["changed", (1, "waiting"), "changed", (2, None), "changed"]


def test_a_waiting_job_can_be_removed(qtbot, jobs, heard):
    gate = threading.Event()
    jobs.submit(job(lambda: iter([gate.wait(10)])))
    dropped = jobs.submit(job(lambda: iter([EpochDone(1, 1)])))
    jobs.stop(dropped)
    gate.set()
    qtbot.waitUntil(lambda: jobs.current is None)
    assert dropped not in [job_id for job_id, _ in heard]


def test_find_names_the_job_of_a_kind(qtbot, jobs):
    gate = threading.Event()
    jobs.submit(job(lambda: iter([gate.wait(10)]), kind="pretrain"))
    jobs.submit(job(lambda: iter([]), kind="train"))
    assert (jobs.find("pretrain").state, jobs.find("train").state, jobs.find("x")) == ("running", "waiting", None)
    gate.set()
    qtbot.waitUntil(lambda: jobs.current is None)


def test_one_wake_up_is_on_its_way_at_most():
    woken = []
    inbox = Inbox(lambda: woken.append(1))
    for number in range(50):
        inbox.put(EpochDone(number, 50))
    assert len(woken) == 1
    assert len(inbox.take(30)) == 30
    assert len(woken) == 2
    assert len(inbox.take(30)) == 20
