"""`python -m inspector` as a process: signals, pipes and exit codes that only a process has."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from inspector.jobs.running.failures import GPU_FULL
from inspector.project import Project

COMMAND = (sys.executable, "-m", "inspector")
LIMIT_S = 120  # on a busy machine torch alone takes many seconds to load
posix = pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to a single process")


def start(*arguments: object, **options) -> subprocess.Popen[str]:
    """A running command whose stderr is read as text."""
    return subprocess.Popen(
        [*COMMAND, *map(str, arguments)], stderr=subprocess.PIPE, text=True, encoding="utf-8", **options
    )


def wait(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Exit code and stderr."""
    _, err = process.communicate(timeout=LIMIT_S)
    return process.returncode, err


def wait_for(path: Path, process: subprocess.Popen[str]) -> None:
    wait_until(path.exists, process)


def wait_until(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not condition():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_help():
    done = subprocess.run([*COMMAND, "--help"], capture_output=True, text=True, timeout=LIMIT_S)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: inspector")


@pytest.mark.parametrize(("arguments", "code"), [(["info", "missing"], 1), (["info"], 2), (["info", "--help"], 0)])
def test_exit_codes(arguments, code):
    assert wait(start(*arguments, stdout=subprocess.DEVNULL))[0] == code


@posix
def test_ctrl_c_leaves_a_run_that_can_be_resumed(imported, inspector):
    options = ("--epochs", 100_000, "--width", 8, "--size", 32, "--batch-size", 16)
    process = start("pretrain", imported, "--method", "simclr", *options, "--json", stdout=subprocess.PIPE)
    wait_for(imported / "runs" / "1" / "config.json", process)
    with Project.open(imported, read_only=True) as project:
        wait_until(
            lambda: len(project.run_events(1, "epoch")) > 0, process
        )  # before that there is nothing to go on from
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=LIMIT_S)
    assert (process.returncode, out, err) == (130, "", "inspector: Interrupted.\n")
    assert inspector("info", imported, "--json").json["runs"] == [{"id": 1, "kind": "pretrain", "state": "cancelled"}]
    assert (imported / "runs" / "1" / "checkpoint.safetensors").is_file()


@posix
def test_ctrl_c_keeps_what_was_drawn(tmp_path):
    process = start("samples", "s", "--per-class", 10_000, stdout=subprocess.DEVNULL)
    wait_for(tmp_path / "s" / "crazing" / "crazing_0001.png", process)
    process.send_signal(signal.SIGINT)
    assert wait(process) == (130, "inspector: Interrupted.\n")
    assert list((tmp_path / "s").rglob("*.tmp")) == []


@posix
def test_a_killed_run_is_noted_as_interrupted(imported, inspector):
    options = ("--epochs", 100_000, "--width", 8, "--size", 32, "--batch-size", 16)
    process = start("pretrain", imported, "--method", "simclr", *options, stdout=subprocess.DEVNULL)

    def states() -> list[str]:
        return [run["state"] for run in inspector("info", imported, "--json").json["runs"]]

    wait_until(lambda: states() == ["running"], process)
    process.kill()
    wait(process)
    assert states() == ["interrupted"]


def test_one_project_made_twice_at_once_is_made_once(tmp_path, samples, inspector):
    processes = [start("new", tmp_path / "p", samples, stdout=subprocess.DEVNULL) for _ in range(4)]
    endings = [wait(process) for process in processes]
    assert sorted(code for code, _ in endings) == [0, 1, 1, 1]
    assert all("being made by another Inspector" in err or "exists already" in err for code, err in endings if code)
    assert inspector("info", tmp_path / "p", "--json").json["images"] == 72


@posix
@pytest.mark.parametrize("arguments", [("info", "PROJECT"), ("--help",), ("pretrain", "--help")])
def test_a_pipe_that_nobody_reads(imported, monkeypatch, arguments):
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    reading, writing = os.pipe()
    os.close(reading)
    process = start(*(imported if word == "PROJECT" else word for word in arguments), stdout=writing)
    os.close(writing)
    assert wait(process) == (1, "")


@posix
@pytest.mark.parametrize("stream", [1, 2])
def test_a_closed_stream_is_no_obstacle(tmp_path, picture, stream):
    picture(tmp_path / "images" / "a.png")
    (tmp_path / "images" / "empty.png").touch()
    shell = f'exec "$@" {stream}>&-'
    command = ["sh", "-c", shell, "sh", *COMMAND, "new", "p", "images"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S)
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert (tmp_path / "p" / "project.sqlite").is_file()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_behind_stdout(imported, monkeypatch):
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        assert wait(start("info", imported, stdout=full)) == (1, "inspector: No space left on device.\n")


@posix
def test_names_that_the_terminal_has_no_letters_for(tmp_path, picture):
    picture(tmp_path / "images" / "a.png")
    for name in ("größe.png", "裂纹.png", os.fsdecode(b"\xff.png")):
        (tmp_path / "images" / name).touch()
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([*COMMAND, "new", "p", "images"], capture_output=True, env=environment, timeout=LIMIT_S)
    assert done.returncode == 0
    assert done.stdout.count(b"not readable: ") == 3


def test_a_minus_that_the_terminal_has_no_letter_for_is_a_hyphen():
    code = "from inspector.cli.streams import prepare_streams; prepare_streams(); print('\u22121.0 \u88c2')"
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment, timeout=LIMIT_S)
    assert done.stdout.split() == [b"-1.0", b"\\u88c2"]


def test_a_full_gpu_is_one_sentence(inspector, monkeypatch, tmp_path):
    import torch

    def fill(*_: object, **__: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr("inspector.project.Project.open", fill)
    assert inspector("info", tmp_path).error == GPU_FULL
