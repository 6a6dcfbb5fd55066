"""A project whose images are of every size and shape goes the whole way."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

SMALL = [(64, 64)] * 10
LARGE = [(4_000, 4_000), (1_200, 4_000)]
ODD = [(1, 300), (300, 1), (5, 5), (20_000, 2_000)]


def draw(path: Path, shape: tuple[int, int], *, upright: bool) -> None:
    """Stripes, level or upright, each image of another brightness and width, so that none is a copy of another."""
    path.parent.mkdir(parents=True, exist_ok=True)
    number = int(path.stem)
    side = np.arange(shape[1] if upright else shape[0])
    wave = (110 + 4 * number + 60 * np.sin(side / (1.5 + number / 5))).astype(np.uint8)
    pixels = np.broadcast_to(wave[None] if upright else wave[:, None], shape)
    path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())


@pytest.fixture(scope="module")
def job(tmp_path_factory, inspector):
    """Each step's outcome by name: images of 64 and of 4,000 px, some of them labelled, and odd ones."""
    folder = tmp_path_factory.mktemp("mixed")
    for upright, name in ((False, "level"), (True, "upright")):
        for number, shape in enumerate([*SMALL, *LARGE]):
            draw(folder / "images" / name / f"{number}.png", shape, upright=upright)
    for number, shape in enumerate(ODD):
        draw(folder / "images" / "odd" / f"{number + 20}.png", shape, upright=True)
    labels = [f"images/{name}/{number}.png,{name}" for name in ("level", "upright") for number in (0, 1, 2, 3, 4, 10)]
    (folder / "labels.csv").write_text("\n".join(["path,label", *labels]), encoding="utf-8")
    project = folder / "project"
    steps = {"new": inspector("new", project, folder / "images")}
    steps["label"] = inspector("label", project, "--csv", folder / "labels.csv")
    tiny = ("--epochs", 1, "--width", 8, "--size", 32, "--batch-size", 14)
    steps["pretrain"] = inspector("pretrain", project, "--method", "simclr", *tiny)
    steps["suggest"] = inspector("suggest", project, "--count", 5, "--out", folder / "suggested.csv")
    steps["train"] = inspector("train", project, "--json")
    steps["train a network"] = inspector("train", project, "--mode", "finetune", "--epochs", 1)
    steps["classify"] = inspector(
        *("classify", folder / "images", "--model", steps["train"].json["model"], "--out", folder / "results.csv"),
    )
    steps["label the rest"] = inspector("label", project, "--from-folders")
    steps["evaluate"] = inspector("evaluate", project, 2, "--html", folder / "report.html")
    return folder, steps


def test_every_step_succeeds(job):
    assert {name: outcome for name, outcome in job[1].items() if outcome.code != 0} == {}


def test_it_is_told_what_is_looked_at_smaller(job):
    sentence = "5 of 28 images are larger than 640 x 640 px and are looked at smaller, the largest at 10 %."
    assert sentence in job[1]["pretrain"].err


def test_every_image_has_its_row(job):
    with (job[0] / "results.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["path"]: row for row in csv.DictReader(file)}
    assert len(rows) == 28
    assert {row["error"] for row in rows.values()} == {""}
    small = [Path(path) for path in rows if len(Path(path).stem) == 1]
    assert [rows[path.as_posix()]["label"] for path in small] == [path.parent.name for path in small]


def test_the_report_shows_images_of_any_size(job):
    assert "Some of the images" in (job[0] / "report.html").read_text(encoding="utf-8")
