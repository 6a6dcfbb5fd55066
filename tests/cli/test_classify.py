"""inspector classify, entered by the front door."""

from __future__ import annotations

import json
import signal
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from inspector.__main__ import main
from inspector.jobs.classify import model_file
from inspector.project import Project
from inspector.project.file_lock import FileLock
from models.errors import KnownError
from models.evaluation.calibration import levelled
from models.images.settings import ImageSettings, Scaling
from models.prediction.results_csv import read_results


class AlwaysRust:
    classes = ("rust", "ok")
    image_settings = ImageSettings(channels=1, max_area=10_000, scaling=Scaling(), max_pixels=10**6)

    def probabilities(self, images: Sequence[np.ndarray]) -> np.ndarray:
        return np.tile([0.75, 0.25], (len(images), 1))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three images and an empty file."""
    (tmp_path / "images").mkdir()
    for i in range(3):
        cv2.imwrite(str(tmp_path / "images" / f"{i}.png"), np.full((8, 8), i, np.uint8))
    (tmp_path / "images" / "x.png").touch()
    return tmp_path / "images"


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model file whose content is not looked at."""
    monkeypatch.setattr("models.prediction.model_file.load_classifier", lambda path, *, device: AlwaysRust())
    path = tmp_path / "m.safetensors"
    path.write_bytes(b"weights")
    return path


def classify(folder: Path, model: Path, *options: str) -> int:
    return main(["classify", str(folder), "--model", str(model), "--out", str(folder.parent / "r.csv"), *options])


def error_line(capsys: pytest.CaptureFixture[str]) -> str:
    (line,) = capsys.readouterr().err.splitlines()
    return line


def test_prints_counts_and_where_the_results_lie(folder, model, capsys):
    assert classify(folder, model) == 0
    printed = capsys.readouterr().out.splitlines()
    assert [line.split() for line in printed[:3]] == [["rust", "3"], ["ok", "0"], ["can't", "be", "read", "1"]]
    assert printed[3].startswith("4 images, 1 of which need review; ")
    assert printed[4] == f"results: {folder.parent / 'r.csv'}"


def test_images_unlike_all_others_are_told_and_go_to_a_person(folder, model, monkeypatch, capsys):
    class Strange(AlwaysRust):
        def probabilities(self, images: Sequence[np.ndarray]) -> np.ndarray:
            found = super().probabilities(images)
            found[:2] = levelled(found[:2])
            return found

    monkeypatch.setattr("models.prediction.model_file.load_classifier", lambda path, *, device: Strange())
    assert classify(folder, model) == 0
    printed = capsys.readouterr().out
    assert "2 images are unlike all that the model learned from" in printed
    assert "4 images, 3 of which need review; " in printed
    assert classify(folder, model, "--json") == 0
    assert json.loads(capsys.readouterr().out)["unfamiliar"] == 2
    (rows,) = read_results(folder.parent / "r.csv")
    assert [row.is_unfamiliar for row in rows] == [True, True, False, False]
    assert [row.label for row in rows[:3]] == ["rust"] * 3


def test_json_is_one_object(folder, model, capsys):
    assert classify(folder, model, "--json", "--review-below", "0.8") == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["images"], figures["errors"], figures["needs_review"]) == (4, 1, 4)
    assert figures["unfamiliar"] == 0
    assert figures["seconds"] >= 0
    assert figures["images_per_second"] > 0


def test_nothing_but_the_results_is_left(folder, model):
    assert classify(folder, model, "--sort-into", str(folder.parent / "sorted")) == 0
    assert {path.name for path in folder.parent.iterdir()} == {"images", "m.safetensors", "r.csv", "sorted"}
    assert len(list((folder.parent / "sorted/rust").iterdir())) == 3


def test_missing_folder_is_one_line(tmp_path, model, capsys):
    assert classify(tmp_path / "missing", model) == 1
    assert error_line(capsys) == f"inspector: {tmp_path / 'missing'}: there is no such folder"


def test_results_in_a_missing_folder_are_one_line(folder, model, capsys):
    assert classify(folder, model, "--out", str(folder.parent / "none" / "r.csv")) == 1
    assert "there is no folder" in error_line(capsys)


def test_sorting_into_the_images_is_one_line(folder, model, capsys):
    assert classify(folder, model, "--sort-into", str(folder / "sorted")) == 1
    assert "would mix with the images" in error_line(capsys)
    assert not (folder / "sorted").exists()


def test_a_second_writer_is_refused(folder, model, capsys):
    lock = FileLock(folder.parent / "r.csv.partial.lock")
    assert lock.acquire(timeout_s=1)
    try:
        assert classify(folder, model) == 1
    finally:
        lock.close()
    assert "being written by another Inspector" in error_line(capsys)


def test_ctrl_c_keeps_the_rows_done_and_the_next_call_goes_on(folder, model, monkeypatch, capsys):
    class Interrupted(AlwaysRust):
        def probabilities(self, images: Sequence[np.ndarray]) -> np.ndarray:
            signal.raise_signal(signal.SIGINT)
            return super().probabilities(images)

    monkeypatch.setattr("models.prediction.model_file.load_classifier", lambda path, *, device: Interrupted())
    assert classify(folder, model) == 130
    assert error_line(capsys) == "inspector: Interrupted."
    assert not (folder.parent / "r.csv").exists()
    monkeypatch.setattr("models.prediction.model_file.load_classifier", lambda path, *, device: AlwaysRust())
    assert classify(folder, model) == 0
    assert "Going on after the 4 rows" in error_line(capsys)


@pytest.mark.parametrize("value", ["1.5", "-1", "nan", "much"])
def test_a_threshold_that_is_no_probability_is_wrong_usage(folder, model, value):
    with pytest.raises(SystemExit) as stopped:
        classify(folder, model, f"--review-below={value}")
    assert stopped.value.code == 2


def test_a_damaged_model_is_one_line(folder, tmp_path, capsys):
    (tmp_path / "m.safetensors").write_bytes(b"\x80\x04}\x94.")
    assert classify(folder, tmp_path / "m.safetensors") == 1
    assert "m.safetensors is damaged or no safetensors file" in error_line(capsys)
    assert not list(tmp_path.glob("r.csv*"))


@pytest.mark.parametrize("name", ["model.onnx", "model.pt", "missing.safetensors", "folder"])
def test_what_is_no_model_is_named(tmp_path, name):
    (tmp_path / "folder").mkdir()
    for file in ("model.onnx", "model.pt"):
        (tmp_path / file).touch()
    with pytest.raises(KnownError, match=rf"{name}.* a run's folder or a project|{name} is neither a project"):
        model_file(tmp_path / name)


def test_a_project_stands_for_its_newest_finished_training(tmp_path):
    with Project.create(tmp_path / "project") as project:
        with pytest.raises(KnownError, match="no trained classifier yet"):
            model_file(tmp_path / "project")
        with project.start_run("train", {}) as run:
            (run.folder / "model.safetensors").touch()
        with project.start_run("train", {}) as failed:
            failed.cancel()
    assert model_file(tmp_path / "project") == run.folder / "model.safetensors"
    assert model_file(run.folder) == run.folder / "model.safetensors"


def labels_of(out: Path) -> list[str]:
    return [result.label for block in read_results(out) for result in block]


def test_a_project_calls_classes_as_today_and_a_file_as_at_training(trained, samples, tmp_path, inspector):
    run = trained / "runs" / "1"
    outs = {name: tmp_path / f"{name}.csv" for name in ("before", "project", "run", "file")}
    inspector("classify", samples, "--model", trained, "--out", outs["before"])
    with Project.open(trained) as project:
        project.rename_class("patches", new_name="Flecken")
    counts = inspector("classify", samples, "--model", trained, "--out", outs["project"], "--json").json["labels"]
    inspector("classify", samples, "--model", run, "--out", outs["run"])
    inspector("classify", samples, "--model", run / "model.safetensors", "--out", outs["file"])
    before = labels_of(outs["before"])
    assert labels_of(outs["file"]) == before
    now = [{"patches": "Flecken"}.get(name, name) for name in before]
    assert labels_of(outs["project"]) == labels_of(outs["run"]) == now
    assert counts["Flecken"] == before.count("patches")


def test_classes_that_have_become_one_are_one_in_the_results(trained, samples, tmp_path, inspector):
    with Project.open(trained) as project:
        project.merge_class("patches", into="inclusion")
    out = tmp_path / "r.csv"
    assert inspector("classify", samples, "--model", trained, "--out", out).code == 0
    rows = [result for block in read_results(out) for result in block]
    assert "inclusion" in {row.label for row in rows}
    assert "patches" not in {name for row in rows for name in (row.label, row.second_label)}
    assert all(row.label != row.second_label for row in rows)
