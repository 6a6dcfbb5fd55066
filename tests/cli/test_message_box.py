"""A window that cannot open says why, in the terminal and in a box where there is no terminal to read."""

from __future__ import annotations

import ctypes
import sys
from types import SimpleNamespace

import pytest

from models.errors import KnownError


@pytest.fixture
def boxes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts of the boxes that a packaged application on Windows shows, where PyTorch cannot be loaded."""

    def fail() -> None:
        raise KnownError("PyTorch cannot be loaded.")

    shown: list[str] = []
    user32 = SimpleNamespace(MessageBoxW=lambda owner, text, title, kind: shown.append(text))
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(user32=user32), raising=False)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    for command in ("window", "demo"):
        monkeypatch.setattr(f"inspector.cli.{command}_command.load_torch_libraries", fail)
        monkeypatch.setattr(f"inspector.cli.{command}_command.has_display", lambda: True)
    return shown


@pytest.mark.parametrize("words", [[], ["demo"]])
def test_a_packaged_window_shows_a_box(inspector, boxes, words):
    assert inspector(*words).error == "PyTorch cannot be loaded."
    assert boxes == ["PyTorch cannot be loaded."]


def test_a_picture_drawn_unattended_shows_none(inspector, boxes):
    assert inspector("--screenshot", "page.png").error == "PyTorch cannot be loaded."
    assert boxes == []


def test_a_terminal_is_enough_elsewhere(inspector, boxes, monkeypatch):
    monkeypatch.delattr(sys, "frozen")
    assert inspector().code == 1
    assert boxes == []
