"""inspector suggest: a CSV of images worth labelling."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


@pytest.mark.parametrize("strategy", ["auto", "typical", "uncertain", "random"])
def test_every_strategy_names_images_without_a_label(trained, tmp_path, inspector, strategy):
    from inspector.project import Project

    options = ("--features", "texture", "--strategy", strategy)
    assert inspector("suggest", trained, "--count", 5, "--out", "s.csv", *options).out == (
        "5 images to label are named in s.csv\n"
    )
    named = {row["path"] for row in rows_of(tmp_path / "s.csv")}
    with Project.open(trained, read_only=True) as project:
        labelled = {str(project.image_path(image_id)) for image_id in project.labels()}
    assert len(named) == 5
    assert named.isdisjoint(labelled)


@pytest.mark.parametrize("strategy", ["auto", "uncertain"])
def test_the_search_for_neighbours_is_shown_and_is_the_only_one(trained, strategy, monkeypatch):
    from inspector.jobs.labelling.suggest import suggest
    from inspector.project import Project
    from models.classification.pool_neighbours import PoolNeighbours
    from models.events import Progress

    monkeypatch.setattr(PoolNeighbours, "of", None)  # the search that shows nothing
    with Project.open(trained) as project:
        images = len(list(project.images()))
        events = list(suggest(project, count=5, features="texture", strategy=strategy, device="cpu"))
    searched = [event for event in events if isinstance(event, Progress) and event.stage == "neighbours"]
    assert searched == [Progress("neighbours", images, images)]


def test_the_same_seed_names_the_same_images(imported, tmp_path, inspector):
    for name in ("a.csv", "b.csv"):
        inspector("suggest", imported, "--count", 4, "--out", name, "--strategy", "random", "--seed", 5)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_more_than_there_are(trained, tmp_path, inspector):
    assert inspector("suggest", trained, "--count", 1000, "--out", "s.csv", "--features", "texture").code == 0
    assert len(rows_of(tmp_path / "s.csv")) == 42


def test_everything_is_labelled(imported, tmp_path, inspector):
    inspector("label", imported, "--from-folders")
    assert "Every image has a label already" in inspector("suggest", imported, "--count", 3, "--out", "s.csv").error
    assert not (tmp_path / "s.csv").exists()


def test_the_encoder_alone_before_any_is_pretrained(imported, inspector):
    command = ("suggest", imported, "--count", 3, "--out", "s.csv", "--features", "encoder")
    assert "run 'inspector pretrain' first" in inspector(*command).error


def test_a_full_disk_leaves_the_old_file(trained, tmp_path, inspector, full_disk):
    (tmp_path / "s.csv").write_bytes(b"old")
    command = ("suggest", trained, "--count", 3, "--out", "s.csv", "--strategy", "random")
    assert inspector(*command).error.startswith("The disk is full: ")
    assert (tmp_path / "s.csv").read_bytes() == b"old"
    assert {path.name for path in tmp_path.iterdir()} == {"trained", "s.csv"}


def test_a_place_that_cannot_be_written_is_told_before_the_work(imported, tmp_path, inspector, monkeypatch):
    monkeypatch.setattr("inspector.jobs.labelling.suggest.suggest", lambda *_, **__: pytest.fail("suggested"))
    for out in (tmp_path / "missing" / "s.csv", tmp_path):
        command = ("suggest", imported, "--count", 3, "--out", out, "--strategy", "random")
        assert f"{out} cannot be written" in inspector(*command).error
