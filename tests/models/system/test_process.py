"""What the process is told before it computes, and what it loads before Qt on Windows."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from models.errors import KnownError
from models.system import process
from models.system.process import KEEP_BYTES, M_MMAP_THRESHOLD, M_TRIM_THRESHOLD, keep_large_buffers

OLD_LIMIT = 32 << 20


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (KEEP_BYTES, [(M_MMAP_THRESHOLD, KEEP_BYTES), (M_TRIM_THRESHOLD, KEEP_BYTES)]),
        (OLD_LIMIT, [(M_MMAP_THRESHOLD, OLD_LIMIT), (M_TRIM_THRESHOLD, KEEP_BYTES)]),
        (0, []),
    ],
    ids=["new", "old", "refuses"],
)
def test_an_allocator_is_told_what_it_accepts(limit, expected):
    accepted = []

    def mallopt(parameter: int, value: int) -> int:
        if parameter == M_MMAP_THRESHOLD and value > limit:
            return 0
        accepted.append((parameter, value))
        return 1

    keep_large_buffers(mallopt)
    assert accepted == expected


@pytest.fixture
def torch_on_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The path of c10.dll in a PyTorch for Windows."""
    library = tmp_path / "torch" / "lib" / "c10.dll"
    library.parent.mkdir(parents=True)
    library.touch()
    found = SimpleNamespace(origin=str(tmp_path / "torch" / "__init__.py"))
    monkeypatch.setattr(process.importlib.util, "find_spec", lambda name: found)
    monkeypatch.setattr(os, "add_dll_directory", lambda folder: None, raising=False)
    monkeypatch.setattr(sys, "platform", "win32")
    return library


def test_the_library_is_loaded_on_windows(torch_on_windows, monkeypatch):
    loaded = []
    monkeypatch.setattr(ctypes, "WinDLL", loaded.append, raising=False)
    process.load_torch_libraries()
    assert loaded == [str(torch_on_windows)]


@pytest.mark.usefixtures("torch_on_windows")
def test_a_windows_without_the_runtime_is_told_what_to_install(monkeypatch):
    def missing(name: str) -> None:
        raise FileNotFoundError(f"Could not find module '{name}' (or one of its dependencies).")

    monkeypatch.setattr(ctypes, "WinDLL", missing, raising=False)
    with pytest.raises(KnownError, match=r"Visual C\+\+ Redistributable \(x64\)"):
        process.load_torch_libraries()
