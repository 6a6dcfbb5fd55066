"""A file is the old one or the whole new one."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from models.errors import KnownError
from models.storage.files import put_in_place, write_atomically


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"old")
    return path


def test_content_is_replaced_and_nothing_else_is_left(target):
    write_atomically(target, b"new")
    assert target.read_bytes() == b"new"
    assert list(target.parent.iterdir()) == [target]


def test_a_name_of_120_letters_is_written(tmp_path):
    path = tmp_path / ("n" * 120 + ".csv")
    write_atomically(path, b"rows")
    assert path.read_bytes() == b"rows"


@pytest.mark.parametrize("letter", ["x", "表", "\U0001f600"])
def test_the_longest_name_that_the_disk_takes_is_written(tmp_path, letter):
    path = tmp_path / (letter * (251 // len(letter.encode())) + ".csv")
    write_atomically(path, b"rows")
    assert path.read_bytes() == b"rows"


def fail_with(number: int):
    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("call", ["models.storage.files.os.fsync", "pathlib.Path.replace", "pathlib.Path.open"])
@pytest.mark.parametrize(("number", "words"), [(errno.ENOSPC, "disk is full"), (errno.EACCES, "cannot be written")])
def test_a_failed_write_leaves_the_old_file_and_names_it(target, monkeypatch, call, number, words):
    with monkeypatch.context() as patch:
        patch.setattr(call, fail_with(number))
        with pytest.raises(KnownError, match=words) as raised:
            write_atomically(target, b"new")
    assert str(target) in str(raised.value)
    assert target.read_bytes() == b"old"
    assert list(target.parent.iterdir()) == [target]


def test_a_crash_between_writing_and_replacing_leaves_the_old_file(target, monkeypatch):
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.replace", interrupt)
        with pytest.raises(KeyboardInterrupt):
            write_atomically(target, b"new")
    assert target.read_bytes() == b"old"
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("name", ["missing/x.csv", "folder"])
def test_a_place_that_cannot_hold_the_file_is_told(tmp_path, name):
    (tmp_path / "folder").mkdir()
    with pytest.raises(KnownError, match="cannot be written"):
        write_atomically(tmp_path / name, b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


class _Held:
    """`Path.replace` while another program holds the file for the first `times` tries; notes the pauses between."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, times: int, platform: str = "win32") -> None:
        self.pauses: list[float] = []
        self._left = times
        for method in ("replace", "rename"):
            monkeypatch.setattr(Path, method, self._held(getattr(Path, method)))
        monkeypatch.setattr(sys, "platform", platform)
        monkeypatch.setattr(time, "sleep", self.pauses.append)

    def _held(self, move: Callable[[Path, Path], Path]) -> Callable[[Path, Path], Path]:
        def held(source: Path, target: Path) -> Path:
            self._left -= 1
            if self._left >= 0:
                raise PermissionError(errno.EACCES, "Access is denied")
            return move(source, target)

        return held


@pytest.mark.parametrize("overwrite", [True, False])
def test_a_file_that_windows_holds_for_a_moment_is_waited_for(target, monkeypatch, overwrite):
    held = _Held(monkeypatch, times=3)
    put_in_place(target, target.with_name("moved"), overwrite=overwrite)
    assert target.with_name("moved").read_bytes() == b"old"
    assert len(held.pauses) == 3


def test_a_file_that_stays_held_is_told_after_three_seconds(target, monkeypatch):
    held = _Held(monkeypatch, times=1000)
    with pytest.raises(KnownError, match="close it in other programs, such as Excel, or choose another place"):
        write_atomically(target, b"new")
    assert sum(held.pauses) == pytest.approx(3)
    assert target.read_bytes() == b"old"


def test_elsewhere_a_refusal_is_final(target, monkeypatch):
    held = _Held(monkeypatch, times=1, platform="linux")
    with pytest.raises(KnownError, match="cannot be written"):
        write_atomically(target, b"new")
    assert held.pauses == []
