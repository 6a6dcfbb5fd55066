"""Following a job: its last event comes back, Ctrl-C closes it between two events, notices reach stderr."""

from __future__ import annotations

import contextlib
import io
import itertools
import re
import signal

import pytest

from inspector.cli.progress import follow
from models.events import EpochDone, Notice, Progress, StepDone


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def watch(*events: object, quiet: bool = False) -> str:
    """What a terminal shows of a job."""
    with contextlib.redirect_stderr(Terminal()) as screen:
        follow(events, quiet=quiet)
    return screen.getvalue()


def test_returns_the_last_event():
    assert follow(iter(["first", "last"])) == "last"


def test_a_job_without_events():
    assert follow([]) is None


def test_draws_a_bar_with_rate_and_time_left_on_a_terminal():
    shown = watch(*(Progress("import", done, 3) for done in (1, 2, 3)))
    assert "import: 100%" in shown
    assert "3/3 [00:00<00:00" in shown
    assert "images/s" in shown


def test_a_job_that_goes_on_tells_the_rate_and_time_left_of_now(monkeypatch):
    clock = itertools.count(step=0.5)
    monkeypatch.setattr("tqdm.std.time", lambda: next(clock))
    shown = watch(*(Progress("classify", done, 100_000) for done in range(90_000, 90_100, 10)))
    pictures = re.findall(r"(9\d{4})/100000 \[[^<]*<([^,]*), +([\d.?]+) images/s", shown)
    assert pictures[0] == ("90000", "?", "?")
    assert len(pictures) >= 10  # the bar moves with each event
    assert all(float(rate) < 100 for _, _, rate in pictures[1:])
    assert all(left.count(":") == 1 or int(left.split(":")[0]) < 3 for _, left, _ in pictures[1:])


def test_draws_the_course_of_a_pretraining():
    metrics = {"knn_accuracy": 0.5, "knn_images": 6.0, "effective_rank": 3.25}
    step = StepDone(step=1, steps=2, epoch=0, loss=1.5, learning_rate=1e-3, images_per_second=99.0)
    shown = watch(step, EpochDone(1, 1, metrics))
    assert "epoch 1, loss 1.500, 99 images/s" in shown
    assert "Epoch 1 of 1: kNN 50.0% on 6 labelled images, effective rank 3.2" in shown


def test_draws_nothing_when_quiet():
    assert watch(Progress("import", 1, 1), quiet=True) == ""


def test_draws_nothing_where_stderr_is_no_terminal(capsys):
    follow([Progress("import", 1, 1)])
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("quiet", [True, False])
def test_notices_reach_stderr(capsys, quiet):
    follow([Notice("By the way."), Notice("Look out.", warning=True)], quiet=quiet)
    assert capsys.readouterr() == ("", "By the way.\nWarning: Look out.\n")


def test_a_notice_stands_above_the_bar():
    assert "By the way.\n" in watch(Progress("import", 1, 2), Notice("By the way."), Progress("import", 2, 2))


def test_ctrl_c_closes_the_job_between_two_events():
    seen = []

    def job():
        try:
            for step in range(5):
                if step == 2:
                    signal.raise_signal(signal.SIGINT)
                    seen.append("rest of the step")
                yield step
        finally:
            seen.append("closed")

    with pytest.raises(KeyboardInterrupt):
        follow(job())
    assert seen == ["rest of the step", "closed"]


def test_a_second_ctrl_c_does_not_wait_for_the_next_event():
    def job():
        yield 1
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        pytest.fail("went on")

    with pytest.raises(KeyboardInterrupt):
        follow(job())


def test_ctrl_c_is_handled_as_before_once_the_job_is_over():
    before = signal.getsignal(signal.SIGINT)
    follow([1])
    assert signal.getsignal(signal.SIGINT) is before


def test_an_error_of_the_job_passes_through():
    def job():
        yield 1
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        follow(job())
