"""inspector evaluate: on images that were not trained on, and on nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from inspector.project import Project


@pytest.fixture
def judged(trained, inspector):
    """The trained project with all its images labelled: 30 trained on, 42 not."""
    assert inspector("label", trained, "--from-folders").code == 0
    return trained


def test_prints_a_table_and_what_it_was_measured_on(judged, inspector):
    lines = inspector("evaluate", judged).out.splitlines()
    assert lines[0].split() == ["class", "precision", "recall", "f1", "support"]
    assert [line.split()[0] for line in lines[1:7]] == sorted(line.split()[0] for line in lines[1:7])
    assert lines[7].startswith("macro F1 0.")
    assert "95 % interval" in lines[7]
    assert lines[8] == (
        "42 images whose labels run 1 never saw (those it saw unlabelled are judged by heads that were not fitted on "
        "them)."
    )


def test_says_whether_pretraining_paid(pretrained, inspector):
    inspector("label", pretrained, "--from-folders", "--per-class", 5)
    told = inspector("train", pretrained).err
    inspector("label", pretrained, "--from-folders")
    gain = inspector("evaluate", pretrained, "--json").json["pretraining_gain"]
    assert gain["outcome"] in ("gain", "no gain")
    assert gain["verdict"] in told
    assert (gain["labels"], len(gain["features"])) == (30, 5)
    assert inspector("evaluate", pretrained).out.splitlines()[-1] == f"Did pretraining pay? {gain['verdict']}"


def test_says_why_it_cannot_tell_whether_pretraining_paid(judged, inspector):
    figures = inspector("evaluate", judged, "--json").json
    assert figures["pretraining_gain"] is None
    assert figures["pretraining_gain_unknown"] == "This run reads no encoder, so there is no pretraining to judge."


def test_a_run_can_be_named(judged, inspector):
    inspector("train", judged, "--features", "texture", "--labelled-only")
    assert inspector("evaluate", judged, 1, "--json").json["run"] == 1


def test_every_labelled_image_was_trained_on(trained, inspector):
    assert inspector("evaluate", trained, "--json").error.startswith("Run 1 was trained on every labelled image")


def test_no_classifier_yet(imported, inspector):
    assert "no trained classifier yet; run 'inspector train' first" in inspector("evaluate", imported).error


@pytest.mark.parametrize(("run", "sentence"), [(9, "has no run 9"), (1, "name a finished training run")])
def test_a_run_that_is_no_training(pretrained, inspector, run, sentence):
    assert sentence in inspector("evaluate", pretrained, run).error


def test_images_of_a_csv(trained, samples, tmp_path, inspector):
    shutil.copytree(samples, tmp_path / "copy")
    rows = "".join(f"copy/{p.parent.name}/{p.name},{p.parent.name}\n" for p in samples.glob("*/*.png"))
    (tmp_path / "truth.csv").write_text(f"path,label\n{rows}missing.png,crazing\n", encoding="utf-8")
    outcome = inspector("evaluate", trained, "--labels", "truth.csv", "--json")
    assert outcome.json["images"] == 42
    assert "1 paths of truth.csv lead to no file and are left out: missing.png" in outcome.err
    assert "30 were trained on" in outcome.err


def write_truth(folder: Path, *rows: tuple[object, str]) -> Path:
    file = folder / "truth.csv"
    file.write_text("path,label\n" + "".join(f"{path},{label}\n" for path, label in rows), encoding="utf-8")
    return file


def trained_on(project: Path) -> Path:
    """An image that run 1 was trained on."""
    with Project.open(project, read_only=True) as opened:
        return opened.image_path(min(opened.run_images(1, "train")))


def test_an_image_that_is_named_twice_judges_once(trained, samples, tmp_path, inspector):
    (tmp_path / "copy").mkdir()
    shutil.copyfile(samples / "crazing" / "crazing_0012.png", tmp_path / "copy" / "other name.png")
    names = ("crazing/crazing_0012.png", "./crazing/crazing_0012.png", "copy/other name.png", ".\\copy\\other name.png")
    file = write_truth(tmp_path, *((name, "crazing") for name in names))
    assert inspector("evaluate", trained, "--labels", file, "--json").json["images"] == 1


@pytest.mark.parametrize("again", ["./crazing/crazing_0012.png", "copy.png"])
def test_an_image_on_two_labels_is_refused(trained, samples, tmp_path, inspector, again):
    shutil.copyfile(samples / "crazing" / "crazing_0012.png", tmp_path / "copy.png")
    file = write_truth(tmp_path, ("crazing/crazing_0012.png", "crazing"), (again, "patches"))
    assert inspector("evaluate", trained, "--labels", file, "--json").error == (
        f"The label file {file} gives the image {again!r} two different labels: keep one of them."
    )


def test_a_class_is_known_whatever_its_case(trained, tmp_path, inspector):
    file = write_truth(tmp_path, ("crazing/crazing_0012.png", "CRAZING"))
    figures = inspector("evaluate", trained, "--labels", file, "--json").json
    assert figures["per_class"]["crazing"]["support"] == 1


def test_an_imported_image_goes_before_one_below_the_current_folder(trained, samples, tmp_path, picture, inspector):
    name = trained_on(trained).relative_to(samples)
    picture(tmp_path / name)
    (tmp_path / "elsewhere").mkdir()
    file = write_truth(tmp_path / "elsewhere", (name, "crazing"))
    assert inspector("evaluate", trained, "--labels", file).error == (
        "None of the 1 images can judge run 1: 1 were trained on."
    )


def test_images_beside_the_csv_go_before_imported_ones(trained, samples, tmp_path, picture, inspector):
    name = trained_on(trained).relative_to(samples)
    picture(tmp_path / "check" / name)
    file = write_truth(tmp_path / "check", (name, "crazing"))
    assert inspector("evaluate", trained, "--labels", file, "--json").json["images"] == 1


def test_a_csv_whose_images_are_all_missing(trained, tmp_path, inspector):
    (tmp_path / "truth.csv").write_text("path,label\nmissing.png,crazing\n", encoding="utf-8")
    outcome = inspector("evaluate", trained, "--labels", "truth.csv")
    assert (outcome.code, outcome.out) == (1, "")
    assert "No path of truth.csv leads to an image" in outcome.err


def test_a_csv_without_a_label(trained, samples, tmp_path, inspector):
    (tmp_path / "l.csv").write_text(f"path,label\n{samples / 'crazing' / 'crazing_0001.png'},\n", encoding="utf-8")
    error = inspector("evaluate", trained, "--labels", "l.csv").error
    assert error == "l.csv holds no label to judge by: fill in its column label."


def test_a_csv_that_names_what_was_trained_on_and_no_more(trained, samples, tmp_path, inspector):
    with Project.open(trained, read_only=True) as project:
        rows = "".join(f"{project.image_path(i)},{label}\n" for i, label in project.labels().items())
    (tmp_path / "truth.csv").write_text("path,label\n" + rows, encoding="utf-8")
    error = inspector("evaluate", trained, "--labels", "truth.csv").error
    assert error == "None of the 30 images can judge run 1: 30 were trained on."


def test_a_label_that_the_classifier_never_saw_counts_as_wrong(trained, tmp_path, picture, inspector):
    picture(tmp_path / "x.png")
    (tmp_path / "truth.csv").write_text("path,label\nx.png,rust\n", encoding="utf-8")
    outcome = inspector("evaluate", trained, "--labels", "truth.csv", "--json")
    assert outcome.json["accuracy"] == 0
    assert "never shown rust" in outcome.err


def test_images_that_are_gone_or_changed_since_are_left_out(samples, tmp_path, picture, inspector):
    images = shutil.copytree(samples, tmp_path / "images")
    inspector("new", "p", images)
    inspector("label", "p", "--from-folders", "--per-class", 6)
    inspector("train", "p", "--features", "texture")
    inspector("label", "p", "--from-folders")
    for file in images.glob("*/*.png"):
        picture(file, seed=1) if file.parent.name == "crazing" else file.unlink()
    error = inspector("evaluate", "p", "--json").error
    assert error.startswith("None of the 36 images can judge run 1: 36 can't be used (")
    assert "has changed since the import" in error
    assert error.endswith("; and 33 more).")


@pytest.mark.parametrize("option", ["--csv", "--html"])
def test_a_full_disk_leaves_the_old_file(judged, tmp_path, inspector, full_disk, option):
    file = tmp_path / "report"
    file.write_bytes(b"old")
    outcome = inspector("evaluate", judged, option, file)
    assert (outcome.code, "macro F1 0." in outcome.out) == (1, True)  # the figures are told all the same
    assert outcome.err.startswith("inspector: The disk is full: ")
    assert file.read_bytes() == b"old"
    assert {path.name for path in tmp_path.iterdir()} == {"trained", "report"}


@pytest.mark.parametrize("option", ["--csv", "--html"])
def test_a_place_that_cannot_be_written_is_told_before_the_work(judged, tmp_path, inspector, option, monkeypatch):
    monkeypatch.setattr("inspector.jobs.evaluation.evaluate.evaluate", lambda *_, **__: pytest.fail("judged"))
    for file in (tmp_path / "missing" / "f", tmp_path):
        assert f"{file} cannot be written" in inspector("evaluate", judged, option, file).error


@pytest.mark.parametrize("content", [b"", b"\x80\x04}\x94."])
def test_a_damaged_model(judged, inspector, content):
    model = judged / "runs" / "1" / "model.safetensors"
    model.write_bytes(content)
    assert str(model) in inspector("evaluate", judged, "--json").error


def test_a_model_that_is_gone(judged, inspector):
    (judged / "runs" / "1" / "model.safetensors").unlink()
    assert "is no file" in inspector("evaluate", judged).error


@pytest.fixture
def renamed(judged, inspector):
    """The figures before, and the project, whose class 'patches' is called 'Flecken' since."""
    before = inspector("evaluate", judged, "--json").json
    with Project.open(judged) as project:
        project.rename_class("patches", new_name="Flecken")
    return before, judged


def test_a_renamed_class_changes_no_figure(renamed, inspector):
    before, project = renamed
    outcome = inspector("evaluate", project, "--json")
    figures = outcome.json
    assert outcome.err == ""
    assert figures["classes"] == [{"patches": "Flecken"}.get(name, name) for name in before["classes"]]
    assert figures["per_class"]["Flecken"] == before["per_class"]["patches"]
    assert [figures[key] for key in ("accuracy", "macro_f1", "confusion")] == [
        before[key] for key in ("accuracy", "macro_f1", "confusion")
    ]
    assert list(figures["label_forecast"]["per_class"]) == figures["classes"]


def test_a_csv_may_call_a_class_as_it_was_called_before(renamed, samples, tmp_path, inspector):
    _, project = renamed
    with Project.open(project) as opened:
        trained = opened.run_images(1, "train")
        fresh = [image.path for image in opened.images() if image.id not in trained and "patches" in str(image.path)]
    labels = write_truth(tmp_path, (fresh[0], "patches"), (fresh[1], "Flecken"))
    assert inspector("evaluate", project, "--labels", labels, "--json").json["per_class"]["Flecken"]["support"] == 2


def test_classes_that_have_become_one_are_judged_as_one(judged, inspector):
    before = inspector("evaluate", judged, "--json").json
    with Project.open(judged) as project:
        project.merge_class("patches", into="inclusion")
    outcome = inspector("evaluate", judged, "--json")
    figures = outcome.json
    assert outcome.err == ""
    assert "patches" not in figures["classes"]
    supports = {name: score["support"] for name, score in before["per_class"].items()}
    assert figures["per_class"]["inclusion"]["support"] == supports["inclusion"] + supports["patches"]
    assert figures["accuracy"] >= before["accuracy"]
    assert figures["label_forecast"] is None
    assert "Classes have become one" in figures["label_forecast_unknown"]


def test_a_run_all_of_whose_classes_have_become_one_judges_nothing(judged, inspector):
    with Project.open(judged) as project:
        first, *others = [record.name for record in project.classes()]
        for name in others:
            project.merge_class(name, into=first)
    assert "have become part of" in inspector("evaluate", judged).error
