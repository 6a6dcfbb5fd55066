"""Where commands are to write: links stay links, pipes, devices and labels what they are."""

from __future__ import annotations

import os

import pytest

from models.prediction.results_csv import HEADER

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


@pytest.mark.parametrize("content", ["path;label\na.png;rust\n", "label,path,note\nrust,images/a.png,\n"])
def test_labels_are_not_written_over(words, tmp_path, inspector, content):
    file = tmp_path / "mine.csv"
    file.write_text(content, encoding="utf-8")
    assert inspector(*words, file).error == (
        f"{file} cannot be written: it holds labels, which would be lost; name another file."
    )
    assert file.read_text(encoding="utf-8") == content


def test_what_the_same_command_wrote_is_written_over(words, tmp_path, inspector):
    assert inspector(*words, "file.csv").code == 0
    (before,) = tmp_path.glob("file.csv")
    os.utime(before, (0, 0))
    assert inspector(*words, "file.csv").code == 0
    assert (tmp_path / "file.csv").stat().st_mtime > 0


def test_results_in_which_a_person_has_decided_are_not_written_over(trained, samples, tmp_path, inspector):
    kept = HEADER.decode().replace("\n", ",decided_by\n") + '"a.png","rust",0.9,"","","false","","Ann"\n'
    (tmp_path / "r.csv").write_text(kept, encoding="utf-8")
    assert "it holds labels" in inspector("classify", samples, "--model", trained, "--out", "r.csv").error
    assert (tmp_path / "r.csv").read_text(encoding="utf-8") == kept


def test_one_file_cannot_be_table_and_report(trained, tmp_path, picture, inspector):
    picture(tmp_path / "a.png", seed=5)
    (tmp_path / "labels.csv").write_text("path,label\na.png,crazing\n", encoding="utf-8")
    outcome = inspector("evaluate", trained, "--labels", "labels.csv", "--csv", "out", "--html", "./out")
    assert outcome.error == "out cannot be written twice: name a file for each."
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("option", ["--sort-into", "--maps"])
def test_copies_go_into_no_file(trained, samples, tmp_path, inspector, option):
    (tmp_path / "taken").write_bytes(b"mine")
    error = inspector("classify", samples, "--model", trained, "--out", "r.csv", option, "taken").error
    assert error == "taken is a file; name a folder."
    assert sorted(path.name for path in tmp_path.iterdir()) == ["taken", "trained"]
