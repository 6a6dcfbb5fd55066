"""inspector demo, on fewer images and epochs than it shows."""

from __future__ import annotations

import pytest


@pytest.fixture
def short(monkeypatch) -> None:
    for name, value in {"PER_CLASS": 6, "STRIP_PER_CLASS": 1, "LABELS": 18, "EPOCHS": 1}.items():
        monkeypatch.setattr(f"inspector.jobs.demo.{name}", value)


def test_does_the_whole_job_and_says_where_everything_lies(short, tmp_path, inspector):
    outcome = inspector("demo", "--headless", "--out", "d")
    assert outcome.code == 0
    assert outcome.out.startswith("Accuracy ")
    assert "on 18 sample images that had no label" in outcome.out
    assert "6 strip images classified" in outcome.out
    for name in ("results.csv", "report.html", "project/project.sqlite", "samples/crazing/crazing_0001.png"):
        assert (tmp_path / "d" / name).is_file()
    assert len(list((tmp_path / "d" / "pictures").glob("*.png"))) == 4


@pytest.mark.parametrize("name", ["samples/mine.txt", "report.html", "pictures/map.png"])
@pytest.mark.parametrize("has_display", [False, True])
def test_a_folder_that_holds_something_is_left_alone(monkeypatch, tmp_path, inspector, tree, name, has_display):
    monkeypatch.setattr("inspector.cli.demo_command.has_display", lambda: has_display)
    (tmp_path / "d" / name).parent.mkdir(parents=True)
    (tmp_path / "d" / name).write_bytes(b"mine")
    before = tree(tmp_path)
    assert inspector("demo", "--out", "d").error.endswith("d is not empty: name a new folder for the demo.")
    assert tree(tmp_path) == before


def test_a_file_is_no_folder_for_a_demo(tmp_path, inspector):
    (tmp_path / "d").write_bytes(b"mine")
    assert inspector("demo", "--headless", "--out", "d").error.endswith("d is a file: name a folder for the demo.")


def test_a_folder_is_found_without_being_named(monkeypatch, tmp_path, inspector):
    (tmp_path / "inspector-demo").mkdir()
    asked = []
    monkeypatch.setattr("inspector.jobs.demo.demo", lambda folder: asked.append(folder.name) or iter(()))
    monkeypatch.setattr("inspector.cli.demo_command._sentence", lambda finished: "done")
    assert inspector("demo").out == "done\n"
    assert asked == ["inspector-demo-2"]
