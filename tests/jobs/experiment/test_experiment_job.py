"""An experiment from end to end: what it writes, what it goes on with, and what it never sees."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pytest
from PIL import Image

from inspector.jobs.experiment import ExperimentFinished, ExperimentRequest, experiment
from inspector.project import Project
from models.events import Notice, StepDone

FIGURES = ("accuracy", "macro_f1", "ece")


def scores(out: Path) -> dict[str, list]:
    """What was measured, by task, without the seconds that it took."""
    stored = json.loads((out / "results.json").read_text())["measurements"]
    return {key: found.get("scores", found.get("left_out")) for key, found in stored.items()}


def stop_at(events, is_wanted) -> None:
    next(event for event in events if is_wanted(event))
    events.close()


def test_every_file_is_there(finished: ExperimentFinished):
    names = {path.stem for path in finished.pictures}
    assert {"figure-2-samples-simclr", "figure-4-accuracy-and-f1", "figure-6-confusion-simclr"} <= names
    assert {"t-sne-simclr-frozen", "t-sne-simclr-fine-tuned", "accuracy-by-labels"} <= names
    assert {"paper", "labels-accuracy", "calibration", "differences", "networks", "cost"} <= {
        path.stem for path in finished.tables
    }
    assert all(path.is_file() for path in (finished.report, *finished.pictures, *finished.tables))


def test_the_report_needs_nothing_beside_it_and_states_its_protocol(finished: ExperimentFinished):
    page = finished.report.read_text(encoding="utf-8")
    assert re.findall(r'(?:src|href)="(?!#|data:)[^"]*"', page) == []
    assert "12 of them (a fifth of each class) were held back" in page
    assert "the smallest class would have 1 label, and a network needs 3" in page
    assert page.count("Does not agree") + page.count("Agrees") > 0


def test_raw_figures_are_in_a_table(finished: ExperimentFinished):
    with (finished.report.parent / "tables" / "measurements.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    drawn = [row for row in rows if row["measurement"] == "seed 0: labels / simclr / encoder / 1 a class"]
    assert [row["draw"] for row in drawn] == ["0", "1"]
    assert all(0 <= float(row[name]) <= 1 for row in rows for name in FIGURES)


def test_no_step_sees_an_unseen_image(finished: ExperimentFinished):
    with Project.open(finished.report.parent / "work" / "seed-0") as project:
        unseen = {image_id for image_id, part in project.split().items() if part == "test"}
        used = [project.run_images(run.id, role) for run in project.runs() for role in ("pretrain", "train")]
    assert len(unseen) == finished.unseen == 12
    assert any(used)
    assert not unseen & set().union(*used)


def test_only_the_second_table_sees_all_images(finished: ExperimentFinished):
    with Project.open(finished.report.parent / "work" / "seeing-all") as project:
        (run,) = project.runs("pretrain")
        assert len(project.run_images(run.id, "pretrain")) == finished.images == 60


def test_a_stopped_experiment_goes_on_to_the_same_figures(finished, class_folders, tmp_path):
    request = ExperimentRequest(class_folders, tmp_path / "out", epochs=1, device="cpu")
    stop_at(experiment(request), lambda event: getattr(event, "text", "").startswith("2 of"))
    stop_at(experiment(request), lambda event: isinstance(event, StepDone))
    before = scores(request.out)
    last = list(experiment(request))[-1]
    assert before.items() <= scores(request.out).items()
    assert scores(request.out) == scores(finished.results.parent)
    assert last.accuracy == finished.accuracy


def test_a_finished_experiment_only_writes_its_report_again(finished: ExperimentFinished, class_folders):
    before = scores(finished.results.parent)
    finished.report.unlink()
    again = list(experiment(ExperimentRequest(class_folders, finished.results.parent, epochs=1, device="cpu")))
    assert not any(isinstance(event, StepDone) for event in again)
    assert finished.report.is_file()
    assert scores(finished.results.parent) == before


def test_a_finished_experiment_writes_its_report_without_images_that_are_gone(finished, class_folders, tmp_path):
    shutil.copytree(finished.results.parent, tmp_path / "out")
    with Project.open(tmp_path / "out" / "work" / "seed-0") as project:
        unseen = [project.image_path(i) for i, part in project.split().items() if part == "test"]
    request = ExperimentRequest(class_folders, tmp_path / "out", epochs=1, device="cpu")
    moved = [(path, path.rename(tmp_path / f"{k}.png")) for k, path in enumerate(unseen)]
    try:
        last = list(experiment(request))[-1]
    finally:
        for path, elsewhere in moved:
            elsewhere.rename(path)
    assert {path.stem for path in finished.pictures} - {path.stem for path in last.pictures} == {
        "figure-2-samples-simclr"
    }


@pytest.mark.parametrize("change", [{"preset": "balanced"}, {"epochs": 2}])
def test_another_experiment_is_refused(finished: ExperimentFinished, class_folders, change, known_error):
    request = ExperimentRequest(class_folders, finished.results.parent, **{"epochs": 1, "device": "cpu", **change})
    before = finished.results.read_bytes()
    assert "another preset, choice of methods, number of epochs or way to make views" in known_error(
        experiment(request)
    )
    assert finished.results.read_bytes() == before


def test_views_that_are_made_otherwise(class_folders, tmp_path):
    request = ExperimentRequest(class_folders, tmp_path / "out", epochs=1, augment={"brightness": 0.1}, device="cpu")
    done = list(experiment(request))[-1]
    with Project.open(tmp_path / "out" / "work" / "seed-0") as project:
        assert project.runs("pretrain")[0].config["augment"]["brightness"] == 0.1
    assert "made with brightness 0.1: these are figures of a trial" in done.report.read_text(encoding="utf-8")


def test_a_class_of_copies_alone_leaves_out_what_it_must(class_folders, tmp_path):
    """One seed holds all of it back, so no label can be drawn; the other learns from all, in a single group."""
    folder = tmp_path / "images"
    for name in ("crazing", "patches"):
        shutil.copytree(class_folders / name, folder / name)
    (folder / "scratches").mkdir()
    with Image.open(next((class_folders / "scratches").iterdir())) as image:
        for k in range(6):
            image.point(lambda grey, k=k: grey + 2 * k).save(folder / "scratches" / f"{k}.png")
    request = ExperimentRequest(folder, tmp_path / "out", seeds=2, epochs=1, device="cpu")
    page = list(experiment(request))[-1].report.read_text(encoding="utf-8")
    assert "(all): all images of scratches resemble unseen ones, so none is left to draw labels from." in page
    assert "seed 1, network (all): near-duplicates among the 22 labels leave too few" in page


def test_an_image_that_was_added_is_refused_until_it_is_gone_again(class_folders, tmp_path, known_error):
    folder = shutil.copytree(class_folders, tmp_path / "images")
    request = ExperimentRequest(folder, tmp_path / "out", epochs=1, features_only=True, device="cpu")
    stop_at(experiment(request), lambda event: getattr(event, "text", "").startswith("1 of"))
    added = shutil.copy(next((folder / "crazing").iterdir()), folder / "crazing" / "added.png")
    with added.open("ab") as file:
        file.write(b"another content")
    assert "with another number of images" in known_error(experiment(request))
    added.unlink()
    stop_at(experiment(request), lambda event: isinstance(event, Notice) and "are there already" in event.text)
    assert [path.name for path in (request.out / "work").iterdir()] == ["seed-0"]


def test_a_second_experiment_in_the_same_folder_waits(class_folders, tmp_path, known_error):
    request = ExperimentRequest(class_folders, tmp_path / "out", epochs=1, device="cpu")
    running = experiment(request)
    next(running)
    for _ in range(2):
        assert "is being written by another Inspector" in known_error(experiment(request))
    running.close()
    assert not list(request.out.glob(".*lock"))
    stop_at(experiment(request), lambda event: True)
