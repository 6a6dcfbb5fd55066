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


def test_a_folder_that_holds_something_is_left_alone(tmp_path, inspector, tree):
    (tmp_path / "d" / "samples").mkdir(parents=True)
    (tmp_path / "d" / "samples" / "mine.txt").write_bytes(b"mine")
    before = tree(tmp_path)
    assert inspector("demo", "--out", "d").code == 1
    assert tree(tmp_path) == before


def test_a_folder_is_found_without_being_named(monkeypatch, tmp_path, inspector):
    (tmp_path / "inspector-demo").mkdir()
    asked = []
    monkeypatch.setattr("inspector.jobs.demo.demo", lambda folder: asked.append(folder.name) or iter(()))
    monkeypatch.setattr("inspector.cli.demo_command._sentence", lambda finished: "done")
    assert inspector("demo").out == "done\n"
    assert asked == ["inspector-demo-2"]
