"""The job from a folder of images to a CSV, as a user would do it, and what stands in every answer."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

INFO_KEYS = {"images", "paths", "duplicates", "unreadable", "classes", "labels", "runs"}
PRETRAIN_KEYS = {"run", "method", "images", "epochs", "seconds", "images_per_second", "parameters", "device"}
TRAIN_KEYS = {"run", "model", "classes", "labels", "validation", "seconds"}
EVALUATE_KEYS = {
    *("run", "images", "accuracy", "macro_f1", "interval", "per_class", "confusion", "classes", "calibration"),
}
CLASSIFY_KEYS = {"images", "errors", "needs_review", "seconds", "images_per_second"}
RESULT_COLUMNS = "path,label,confidence,second_label,second_confidence,needs_review,error"


@pytest.fixture(scope="module")
def job(tmp_path_factory, samples, inspector):
    """Every step's outcome by name; the user labels what was suggested, as the names of the folders say."""
    folder = tmp_path_factory.mktemp("job")
    project, suggested, labelled = folder / "mill", folder / "suggested.csv", folder / "labelled.csv"
    truth = folder / "truth.csv"
    truth.write_text(label_rows(samples.glob("*/*_0012.png")), encoding="utf-8")
    steps = {"new": inspector("new", project, samples)}
    steps["suggest"] = inspector("suggest", project, "--count", 24, "--out", suggested)
    labelled.write_text(label_rows(Path(row["path"]) for row in read_csv(suggested)), encoding="utf-8")
    steps["label"] = inspector("label", project, "--csv", labelled)
    steps["pretrain"] = inspector(
        *("pretrain", project, "--method", "simclr", "--epochs", 2, "--width", 8, "--size", 32, "--batch-size", 16),
        "--json",
    )
    steps["train"] = inspector("train", project, "--json")
    steps["label the rest"] = inspector("label", project, "--from-folders")
    steps["evaluate"] = inspector(
        "evaluate", project, "--csv", folder / "table.csv", "--html", folder / "report.html", "--json"
    )
    steps["evaluate on a CSV"] = inspector("evaluate", project, "--labels", truth)
    steps["classify"] = inspector(
        *("classify", samples, "--model", project, "--out", folder / "results.csv"),
        *("--sort-into", folder / "by-class", "--json"),
    )
    steps["info"] = inspector("info", project, "--json")
    return folder, steps


def label_rows(paths) -> str:
    return "path,label\n" + "".join(f"{path},{path.parent.name}\n" for path in paths)


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_step_succeeds(job):
    _, steps = job
    assert {name: outcome.code for name, outcome in steps.items() if outcome.code != 0} == {}


@pytest.mark.parametrize(
    ("step", "keys"),
    [
        ("info", INFO_KEYS),
        ("pretrain", PRETRAIN_KEYS),
        ("train", TRAIN_KEYS),
        ("evaluate", EVALUATE_KEYS),
        ("classify", CLASSIFY_KEYS),
    ],
)
def test_json_is_one_object_with_the_promised_keys(job, step, keys):
    _, steps = job
    assert steps[step].out.count("\n") == 1
    assert keys <= steps[step].json.keys()


def test_the_first_suggestions_come_from_the_texture_alone(job):
    folder, steps = job
    assert "the texture spectrum stands alone" in steps["suggest"].err
    suggested = read_csv(folder / "suggested.csv")
    assert len({row["path"] for row in suggested}) == 24
    assert all(row["reason"] for row in suggested)


def test_every_suggestion_is_labelled(job):
    _, steps = job
    assert steps["label"].out == "24 images labelled, 0 labels removed\n"


def test_pretraining_sees_every_image(job):
    figures = job[1]["pretrain"].json
    assert (figures["images"], figures["epochs"], figures["method"]) == (72, 2, "simclr")
    assert figures["images_per_second"] > 0


def test_training_gives_a_model_file_and_figures(job):
    figures = job[1]["train"].json
    assert Path(figures["model"]).is_file()
    assert figures["labels"] == 24
    validation = figures["validation"]
    low, high = validation["interval"]
    assert 0 <= low <= validation["accuracy"] <= high <= 1
    assert validation["images"] == 24
    assert 0 <= validation["macro_f1"] <= 1


def test_evaluation_leaves_out_what_was_trained_on(job):
    figures = job[1]["evaluate"].json
    assert figures["images"] == 72 - 24
    assert sum(map(sum, figures["confusion"])) == 48
    assert figures["per_class"].keys() == set(figures["classes"])
    assert all(score.keys() == {"precision", "recall", "f1", "support"} for score in figures["per_class"].values())
    assert 0 <= figures["calibration"]["ece"] <= 1


def test_evaluation_on_a_csv_says_what_it_left_out(job):
    outcome = job[1]["evaluate on a CSV"]
    assert "macro F1" in outcome.out
    assert "whose labels run 2 never saw" in outcome.out


def test_evaluation_writes_table_and_report(job):
    folder, _ = job
    assert "crazing" in (folder / "table.csv").read_text(encoding="utf-8")
    report = (folder / "report.html").read_text(encoding="utf-8")
    assert "whose labels run 2 never saw" in report
    assert 'src="http' not in report


def test_results_have_a_row_for_every_file(job, samples):
    folder, steps = job
    assert (folder / "results.csv").read_text(encoding="utf-8").splitlines()[0] == RESULT_COLUMNS
    rows = read_csv(folder / "results.csv")
    assert {row["path"] for row in rows} == {path.relative_to(samples).as_posix() for path in samples.glob("*/*.png")}
    assert steps["classify"].json["needs_review"] == sum(row["needs_review"] == "true" for row in rows)
    assert sum(1 for _ in (folder / "by-class").glob("*/*.png")) == len(rows)


def test_info_lists_classes_and_runs(job):
    summary = job[1]["info"].json
    assert (summary["images"], summary["labels"], summary["unreadable"]) == (72, 72, 0)
    assert set(summary["classes"].values()) == {12}
    assert summary["runs"] == [
        {"id": 1, "kind": "pretrain", "state": "finished"},
        {"id": 2, "kind": "train", "state": "finished"},
    ]


def test_the_runs_folders_hold_what_repeats_them(job):
    folder, _ = job
    config = json.loads((folder / "mill/runs/1/config.json").read_text(encoding="utf-8"))
    assert {"seed", "method", "versions", "epochs"} <= config.keys()
    assert (folder / "mill/runs/1/encoder.safetensors").is_file()
