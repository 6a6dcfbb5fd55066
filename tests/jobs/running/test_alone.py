"""inspector.jobs.running.alone: one process at a time writes the same results."""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from inspector.jobs.running.alone import alone
from inspector.project.file_lock import FileLock
from models.errors import KnownError


def write(out: Path) -> AbstractContextManager[None]:
    return alone(out, lock_path=out.with_name("lock"))


def test_whoever_comes_second_is_refused_and_a_third_too(tmp_path):
    with write(tmp_path / "r.csv"):
        for _ in range(2):
            with pytest.raises(KnownError, match="is being written by another Inspector"), write(tmp_path / "r.csv"):
                pytest.fail("wrote as well")
    assert list(tmp_path.iterdir()) == []
    with write(tmp_path / "r.csv"):
        pass


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("SQLITE_FULL", "The disk is full: "), ("SQLITE_CANTOPEN", "cannot be written; see whether its folder can be")],
)
def test_a_lock_that_cannot_be_made(tmp_path, monkeypatch, name, sentence):
    def fail(*_: object, **__: object) -> bool:
        error = sqlite3.OperationalError("no")
        error.sqlite_errorname = name
        raise error

    monkeypatch.setattr(FileLock, "acquire", fail)
    with pytest.raises(KnownError, match=sentence), write(tmp_path / "r.csv"):
        pytest.fail("wrote")
