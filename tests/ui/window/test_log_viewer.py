"""The log begins anew where it was large, and another window that has it open is no obstacle."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path

import pytest

from inspector.ui.window import log_viewer


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Opens the log and writes a line to it, as a window that was started does."""
    monkeypatch.setattr(log_viewer, "FILE_BYTES", 20)
    opened: list[logging.Handler] = []

    def write(text: str) -> None:
        opened.append(log_viewer.open_log(tmp_path / "inspector.log"))
        opened[-1].handle(logging.makeLogRecord({"msg": text}))

    yield write
    for handler in opened:
        handler.close()


def logs(folder: Path) -> dict[str, list[str]]:
    """The last word of each line of each log file."""
    return {file.name: [line.split()[-1] for line in file.read_text().splitlines()] for file in folder.iterdir()}


def test_a_large_log_makes_room_for_a_new_one(say, tmp_path):
    for text in ("first", "second", "third", "fourth"):
        say(text)
    assert logs(tmp_path) == {"inspector.log": ["fourth"], "inspector.log.1": ["third"], "inspector.log.2": ["second"]}


def test_a_log_that_another_window_has_open_is_gone_on_with(say, tmp_path, monkeypatch):
    def held(*_: object) -> None:
        raise PermissionError(13, "The process cannot access the file because it is being used by another process")

    monkeypatch.setattr(RotatingFileHandler, "rotate", held)
    say("first")
    say("second")
    assert logs(tmp_path) == {"inspector.log": ["first", "second"]}
