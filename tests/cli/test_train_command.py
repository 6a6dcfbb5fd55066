"""inspector train: what it needs, and what is said where it is not there."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from inspector.project import Project

TEXTURE = ("--features", "texture")


@pytest.fixture
def movable(samples, tmp_path, inspector) -> Path:
    """A project over images of its own in `images`, nine of them labelled."""
    for name in ("crazing", "patches", "scratches"):
        shutil.copytree(samples / name, tmp_path / "images" / name)
    assert inspector("new", tmp_path / "p", tmp_path / "images").code == 0
    assert inspector("label", tmp_path / "p", "--from-folders", "--per-class", 3).code == 0
    return tmp_path / "p"


def test_works_right_after_an_import(movable, inspector):
    outcome = inspector("train", movable)
    assert outcome.code == 0
    assert "No encoder is pretrained yet: the texture spectrum stands alone." in outcome.err
    assert outcome.out.startswith("Run 1: 3 classes from 9 labels\nmacro F1 ")
    assert outcome.out.endswith(f"model: {movable / 'runs' / '1' / 'model.safetensors'}\n")


@pytest.mark.parametrize(
    ("options", "otherwise"),
    [(("--features", "encoder"), "--features texture"), (("--preset", "paper"), "--encoder random")],
)
def test_what_needs_an_encoder_says_so_and_leaves_no_failed_run(movable, inspector, options, otherwise):
    outcome = inspector("train", movable, *options)
    assert outcome.code == 1
    assert outcome.err.endswith(f"No encoder is pretrained yet; run 'inspector pretrain' first, or use {otherwise}.\n")
    assert inspector("info", movable, "--json").json["runs"] == []


@pytest.mark.parametrize("options", [("--labelled-only",), ("--use-unlabelled",)])
def test_unlabelled_images_may_take_part_or_not(movable, inspector, options):
    assert inspector("train", movable, *TEXTURE, *options, "--json").json["labels"] == 9


def test_controls_are_one_option_away(movable, inspector):
    figures = inspector("train", movable, "--encoder", "random", "--features", "encoder", "--json").json
    assert figures["validation"]["images"] == 9


@pytest.mark.parametrize("options", [("--mode", "finetune"), ("--preset", "paper")])
def test_networks_train_too(pretrained, inspector, options):
    inspector("label", pretrained, "--from-folders")
    figures = inspector("train", pretrained, *options, "--epochs", 1, "--json").json
    assert figures["labels"] == 72
    assert figures["kept"] == (None if "paper" in options else "frozen")
    assert 0 < figures["validation"]["images"] <= 72


@pytest.mark.parametrize(
    ("options", "features"),
    [
        (("--mode", "finetune"), "fused"),
        (("--mode", "finetune", "--features", "fused"), "fused"),
        (("--preset", "paper"), "encoder"),
        (("--preset", "paper", "--features", "encoder", "--labelled-only"), "encoder"),
    ],
)
def test_a_run_records_the_features_that_it_used(pretrained, inspector, options, features):
    inspector("label", pretrained, "--from-folders", "--per-class", 3)
    assert inspector("train", pretrained, *options, "--epochs", 1).code == 0
    config = json.loads((pretrained / "runs" / "2" / "config.json").read_text(encoding="utf-8"))
    assert (config["features"], config["use_unlabelled"]) == (features, features == "fused")
    inspector("label", pretrained, "--from-folders")
    assert inspector("evaluate", pretrained, "--html", "report.html").code == 0
    assert f"<dt>Features</dt><dd>{features}</dd>" in Path("report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("option", [("--mode", "finetune"), ("--preset", "paper")])
def test_too_few_labels_for_a_network_leave_no_run_behind(pretrained, inspector, option):
    inspector("label", pretrained, "--from-folders", "--per-class", 2)
    assert inspector("train", pretrained, *option).err.splitlines()[-1] == (
        "inspector: Training by gradient descent needs at least three labels of each class (to train, to stop, to "
        f"judge); label more images. Without {' '.join(option)} fewer will do."
    )
    assert [run["kind"] for run in inspector("info", pretrained, "--json").json["runs"]] == ["pretrain"]


def test_epochs_of_a_linear_head_are_not_used_and_it_says_so(movable, inspector):
    outcome = inspector("train", movable, *TEXTURE, "--epochs", 3)
    assert "--epochs is not used" in outcome.err
    assert json.loads((movable / "runs" / "1" / "config.json").read_text(encoding="utf-8"))["epochs"] is None


def test_no_label_at_all(imported, inspector):
    error = inspector("train", imported, *TEXTURE, "--json").error
    assert error == "Training needs labels of at least two classes, but no class has any; label more images first."


def test_fewer_than_two_classes(imported, tmp_path, inspector):
    (tmp_path / "l.csv").write_text("path,label\ncrazing/crazing_0001.png,crazing\n", encoding="utf-8")
    inspector("label", imported, "--csv", "l.csv")
    assert "but only 'crazing' has any" in inspector("train", imported, *TEXTURE).error
    assert inspector("info", imported, "--json").json["runs"] == []


def test_a_class_without_a_label_is_named(movable, tmp_path, inspector):
    rows = "".join(f"patches/patches_{n:04}.png,\n" for n in range(1, 13))
    (tmp_path / "l.csv").write_text("path,label\n" + rows, encoding="utf-8")
    inspector("label", movable, "--csv", "l.csv")
    outcome = inspector("train", movable, *TEXTURE, "--json")
    assert outcome.json["classes"] == ["crazing", "scratches"]
    assert "No image to train on is labelled patches, so the classifier will not know of it." in outcome.err


def test_a_class_all_of_whose_images_are_gone_is_named(movable, tmp_path, inspector):
    shutil.rmtree(tmp_path / "images" / "patches")
    outcome = inspector("train", movable, *TEXTURE, "--json")
    assert outcome.json["classes"] == ["crazing", "scratches"]
    assert "No image to train on is labelled patches, so the classifier will not know of it." in outcome.err


def test_one_label_a_class_gives_a_model_without_figures(imported, inspector):
    inspector("label", imported, "--from-folders", "--per-class", 1)
    validation = inspector("train", imported, *TEXTURE, "--json").json["validation"]
    assert (validation["images"], validation["accuracy"]) == (0, None)


def test_images_that_are_gone(movable, tmp_path, inspector):
    shutil.rmtree(tmp_path / "images")
    error = inspector("train", movable, *TEXTURE).error
    assert error.startswith(f"None of the 36 images of {movable} can be read any more")
    assert "is gone" in error


def test_some_images_that_are_gone_or_changed_are_left_out(movable, tmp_path, picture, inspector):
    (tmp_path / "images" / "crazing" / "crazing_0001.png").unlink()
    picture(tmp_path / "images" / "crazing" / "crazing_0002.png")
    outcome = inspector("train", movable, *TEXTURE)
    assert outcome.code == 0
    assert "Warning: 2 images cannot be read any more and are left out" in outcome.err
    assert "crazing_0001.png: is gone" in outcome.err
    assert "crazing_0002.png: has changed since the import" in outcome.err


def test_a_moved_folder_is_found_again_once_it_is_imported(movable, tmp_path, inspector):
    (tmp_path / "images").rename(tmp_path / "moved")
    assert inspector("import", movable, tmp_path / "moved").out.startswith("36 images (0 new) at 36 paths")
    assert inspector("train", movable, *TEXTURE, "--json").json["labels"] == 9


@pytest.mark.parametrize("encoder", ["9", "nowhere.safetensors"])
def test_an_encoder_that_is_not_there_leaves_no_run(movable, inspector, encoder):
    assert encoder in inspector("train", movable, "--encoder", encoder).error
    assert inspector("info", movable, "--json").json["runs"] == []


def test_the_encoder_alone_before_any_is_pretrained(movable, inspector):
    assert "run 'inspector pretrain' first" in inspector("train", movable, "--features", "encoder").error


@pytest.mark.parametrize("content", [b"", b"\x80\x04}\x94.", "half", "a classifier"])
def test_an_encoder_file_that_is_none(trained, tmp_path, inspector, content):
    model = (trained / "runs" / "1" / "model.safetensors").read_bytes()
    known = {"half": model[: len(model) // 2], "a classifier": model}
    file = tmp_path / "encoder.safetensors"
    file.write_bytes(known.get(content, content))
    assert str(file) in inspector("train", trained, "--encoder", file).error
    assert [run["id"] for run in inspector("info", trained, "--json").json["runs"]] == [1]  # no failed one after it


def test_a_full_disk_while_writing_the_model(movable, inspector, monkeypatch):
    from models.storage.files import write_atomically

    def fail_at_models(path, content):
        if path.name == "model.safetensors":
            monkeypatch.setattr("models.storage.files.os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "full")))
        write_atomically(path, content)

    monkeypatch.setattr("models.storage.checkpoint.write_atomically", fail_at_models)
    outcome = inspector("train", movable, *TEXTURE)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.splitlines()[-1].startswith("inspector: The disk is full: ")
    assert [path.name for path in (movable / "runs" / "1").iterdir()] == ["config.json"]
    assert inspector("info", movable, "--json").json["runs"][0]["state"] == "failed"


def test_the_model_is_as_sure_of_the_pool_as_heads_that_did_not_learn_from_it(trained, samples, tmp_path, inspector):
    """Also when it classifies the very files that it has learned from, unlabelled."""
    assert inspector("classify", samples, "--model", trained, "--out", tmp_path / "results.csv").code == 0
    with (tmp_path / "results.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["path"]: row for row in csv.DictReader(file)}
    with Project.open(trained) as project:
        labelled = project.labels()
        told = {image.path.relative_to(samples).as_posix(): image.id for image in project.images()}
        said = {answer.image_id: answer for answer in project.predictions(1)}
    unlabelled = [path for path, image_id in told.items() if image_id not in labelled]
    assert len(unlabelled) == 42
    for path in unlabelled:
        assert rows[path]["label"] == said[told[path]].class_name
        assert float(rows[path]["confidence"]) == pytest.approx(said[told[path]].confidence, abs=2e-3)
    confidence = np.mean([float(rows[path]["confidence"]) for path in unlabelled])
    assert 0.5 < confidence < 0.9  # a head that was fitted on these images says 0.99 of them
