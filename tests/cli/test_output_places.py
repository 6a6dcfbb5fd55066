"""Where commands are to write: links stay links, pipes and devices stay what they are."""

from __future__ import annotations

import os

import pytest

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such files in folders")
COMMANDS = {
    "suggest": ("suggest", "trained", "--count", 3, "--strategy", "random", "--out"),
    "evaluate --csv": ("evaluate", "trained", "--labels", "labels.csv", "--csv"),
    "evaluate --html": ("evaluate", "trained", "--labels", "labels.csv", "--html"),
    "classify": ("classify", "images", "--model", "trained", "--out"),
}


@pytest.fixture(params=COMMANDS)
def words(request, trained, tmp_path, picture) -> tuple[object, ...]:
    """A command up to the name of the file that it writes."""
    picture(tmp_path / "images" / "a.png", seed=5)
    (tmp_path / "labels.csv").write_text("path,label\nimages/a.png,crazing\n", encoding="utf-8")
    return COMMANDS[request.param]


@posix
def test_a_pipe_or_device_is_refused_and_stays(words, tmp_path, inspector):
    os.mkfifo(tmp_path / "pipe.csv")
    error = inspector(*words, "pipe.csv").error
    assert error == "pipe.csv cannot be written: it is a pipe or a device; name a file."
    assert (tmp_path / "pipe.csv").is_fifo()


def test_what_a_link_leads_to_is_written(words, tmp_path, inspector, links):
    (tmp_path / "shared").mkdir()
    (tmp_path / "link.csv").symlink_to(tmp_path / "shared" / "file.csv")
    assert inspector(*words, "link.csv").code == 0
    assert (tmp_path / "link.csv").is_symlink()
    assert [path.name for path in (tmp_path / "shared").iterdir()] == ["file.csv"]
