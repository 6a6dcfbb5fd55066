"""Where projects and samples are put when nobody says where."""

from __future__ import annotations

import sys
from pathlib import Path

import platformdirs
import pytest

from inspector.ui.state.places import samples_folder
from inspector.ui.state.project_making import projects_folder
from inspector.ui.state.settings import settings


@pytest.fixture(autouse=True)
def _unsettled(tmp_path, monkeypatch):
    """Home and documents lie apart, and no settings say where projects go."""
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    monkeypatch.setattr(platformdirs, "user_documents_dir", lambda: str(tmp_path / "documents"))
    monkeypatch.setattr(settings, "text", lambda key, default="": default)


@pytest.mark.parametrize(("platform", "parent"), [("win32", "home"), ("linux", "documents"), ("darwin", "documents")])
def test_on_windows_they_lie_outside_the_documents_which_onedrive_uploads(tmp_path, monkeypatch, platform, parent):
    monkeypatch.setattr(sys, "platform", platform)
    assert projects_folder() == tmp_path / parent / "Inspector projects"
    assert samples_folder() == tmp_path / parent / "Inspector samples"
