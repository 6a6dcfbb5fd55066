"""The command line as a user meets it, and projects in the states that commands find them in."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from inspector.__main__ import main

PER_CLASS = 12  # of each of the six classes
TINY = ("--epochs", "1", "--width", "12", "--size", "32", "--batch-size", "16", "--seed", "3", "--no-small-defects")


@pytest.fixture(autouse=True)
def _no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands run as where there is no screen, in this process and in others: none opens a window."""
    for command in ("window", "demo"):
        monkeypatch.setattr(f"inspector.cli.{command}_command.has_display", lambda: False)  # Windows always has one
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)


@dataclass(frozen=True)
class Outcome:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one object on stdout."""
        return json.loads(self.out)

    @property
    def error(self) -> str:
        """The one sentence of a command that failed with exit code 1; stdout is empty."""
        assert (self.code, self.out) == (1, ""), self
        (line,) = self.err.splitlines()
        start, sentence = line.split(": ", 1)
        assert start == "inspector"
        return sentence


def run_inspector(*arguments: object) -> Outcome:
    """`inspector ARGUMENTS` in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as leaving:  # how argparse ends after help and wrong usage
            code = int(leaving.code or 0)
    return Outcome(code, out.getvalue(), err.getvalue())


def list_tree(*folders: Path) -> dict[Path, bytes | None]:
    """Everything below the folders and the content of each file; SQLite's own temporary files left out."""
    paths = [path for folder in folders for path in folder.rglob("*") if path.suffix not in (".sqlite-wal", ".lock")]
    return {path: path.read_bytes() if path.is_file() else None for path in paths}


@pytest.fixture(scope="session")
def inspector() -> Callable[..., Outcome]:
    return run_inspector


@pytest.fixture
def tree() -> Callable[..., dict[Path, bytes | None]]:
    """To show that a command that fails leaves everything as it was."""
    return list_tree


@pytest.fixture(autouse=True)
def _ctrl_c_as_before() -> Iterator[None]:
    """An interrupted command ends its process, so it leaves Ctrl-C switched off."""
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file that is written whole meets a full disk."""

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("models.storage.files.os.fsync", fail)


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Generated images of 64 px, a folder a class. Shared: a test that changes one takes a copy."""
    folder = tmp_path_factory.mktemp("shared") / "samples"
    assert run_inspector("samples", folder, "--per-class", PER_CLASS, "--size", 64).code == 0
    return folder


@pytest.fixture(scope="session")
def _imported(samples: Path) -> Path:
    project = samples.parent / "imported"
    assert run_inspector("new", project, samples).code == 0
    return project


@pytest.fixture(scope="session")
def _trained(_imported: Path) -> Path:
    project = shutil.copytree(_imported, _imported.parent / "trained")
    assert run_inspector("label", project, "--from-folders", "--per-class", 5).code == 0
    assert run_inspector("train", project, "--features", "texture").code == 0
    return project


@pytest.fixture(scope="session")
def _pretrained(_imported: Path) -> Path:
    project = shutil.copytree(_imported, _imported.parent / "pretrained")
    assert run_inspector("pretrain", project, "--method", "simclr", *TINY).code == 0
    return project


@pytest.fixture
def imported(_imported: Path, tmp_path: Path) -> Path:
    """A project with the 72 samples, without labels."""
    return shutil.copytree(_imported, tmp_path / "imported")


@pytest.fixture
def trained(_trained: Path, tmp_path: Path) -> Path:
    """The same with 30 labels, and run 1, a classifier of texture alone trained on them."""
    return shutil.copytree(_trained, tmp_path / "trained")


@pytest.fixture
def pretrained(_pretrained: Path, tmp_path: Path) -> Path:
    """The same without labels, and run 1, a finished pretraining."""
    return shutil.copytree(_pretrained, tmp_path / "pretrained")


@pytest.fixture
def tiny() -> tuple[str, ...]:
    """Options of `pretrain` that make it take a moment."""
    return TINY


@pytest.fixture
def picture() -> Callable[..., Path]:
    """Writes a small noise image that depends on its seed alone, under any name."""

    def write(path: Path, *, seed: int = 0) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(seed).integers(0, 256, size=(16, 16)).astype(np.uint8)
        path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
        return path

    return write
