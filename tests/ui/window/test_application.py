"""Starting the window."""

from __future__ import annotations

import ctypes
import sys
from types import SimpleNamespace

import pytest

from inspector.ui.window import application


@pytest.mark.parametrize(("platform", "claimed"), [("win32", ["Inspector"]), ("linux", [])])
def test_on_windows_the_task_bar_knows_the_application(monkeypatch, platform, claimed):
    names: list[str] = []
    shell32 = SimpleNamespace(SetCurrentProcessExplicitAppUserModelID=names.append)
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(shell32=shell32), raising=False)
    monkeypatch.setattr(sys, "platform", platform)
    application._claim_task_bar()
    assert names == claimed
