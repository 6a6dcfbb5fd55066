"""The window by the command line: what it refuses, and where there is no display."""

from __future__ import annotations

import pytest

from inspector.cli.window_command import NO_DISPLAY, is_window_call
from inspector.project import Project


@pytest.mark.parametrize("words", [(), (".",), (".", "--page", "label"), ("--theme", "dark")])
def test_without_a_display_it_says_so(inspector, words):
    outcome = inspector(*words)
    assert (outcome.code, outcome.error) == (1, NO_DISPLAY)


@pytest.mark.parametrize("words", [["info", "p"], ["--help"], ["demo"], ["p", "--help"], ["nowhere"]])
def test_commands_and_help_are_no_window(words):
    assert not is_window_call(words, {"info", "demo"})


def test_a_folder_named_like_a_command_needs_a_dot(tmp_path):
    (tmp_path / "info").mkdir()
    assert is_window_call(["./info"], {"info"})


def test_a_picture_of_no_project_is_one_sentence(inspector, tmp_path):
    outcome = inspector(str(tmp_path), "--screenshot", str(tmp_path / "page.png"))
    assert outcome.code == 1
    assert "no Inspector project" in outcome.error or "no project" in outcome.error
    assert not (tmp_path / "page.png").exists()


def test_a_picture_into_no_folder_is_one_sentence(inspector, tmp_path):
    Project.create(tmp_path / "p").close()
    outcome = inspector(str(tmp_path / "p"), "--screenshot", str(tmp_path / "gone" / "page.png"))
    assert (outcome.code, "does not exist" in outcome.error) == (1, True)
