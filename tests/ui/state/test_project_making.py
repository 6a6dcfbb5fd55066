"""What a new project's folder is called."""

from __future__ import annotations

from pathlib import PureWindowsPath

import pytest

from inspector.ui.state import project_making


@pytest.fixture(autouse=True)
def _in_tmp_path(tmp_path, monkeypatch):
    monkeypatch.setattr(project_making, "projects_folder", lambda: tmp_path)


def test_a_taken_name_is_numbered(tmp_path):
    (tmp_path / "steel").mkdir()
    (tmp_path / "steel-2").mkdir()
    assert project_making.free_project_folder("steel") == tmp_path / "steel-3"


def test_the_project_of_a_whole_drive_has_a_name(tmp_path):
    assert project_making.free_project_folder(PureWindowsPath("D:\\").name) == tmp_path / "project"
