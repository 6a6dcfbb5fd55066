"""Windows stays awake while a job runs, and not longer."""

from __future__ import annotations

import ctypes
import sys
from types import SimpleNamespace

import pytest

from inspector.cli.progress import follow
from inspector.jobs.running.staying_awake import ES_CONTINUOUS, ES_SYSTEM_REQUIRED, staying_awake

AWAKE, AS_BEFORE = ES_CONTINUOUS | ES_SYSTEM_REQUIRED, ES_CONTINUOUS


@pytest.fixture
def states(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What Windows was told, in turn."""
    told: list[int] = []
    kernel32 = SimpleNamespace(SetThreadExecutionState=lambda flags: told.append(flags.value))
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(kernel32=kernel32), raising=False)
    monkeypatch.setattr(sys, "platform", "win32")
    return told


def test_a_job_on_the_command_line_keeps_windows_awake(states):
    def events():
        yield list(states)

    assert follow(events(), quiet=True) == [AWAKE]
    assert states == [AWAKE, AS_BEFORE]


def test_windows_may_sleep_again_after_a_failure(states):
    def fail() -> None:
        with staying_awake():
            raise RuntimeError("out of paper")

    with pytest.raises(RuntimeError, match="out of paper"):
        fail()
    assert states == [AWAKE, AS_BEFORE]


def test_other_systems_are_left_alone(states, monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    with staying_awake():
        pass
    assert states == []
