"""From the measurements to the files: report.html, pictures, tables, and the summary in results.json."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from inspector.jobs.experiment.measured import MEASURES, Measured
from inspector.jobs.experiment.paper_numbers import CONTRADICTIONS
from inspector.jobs.experiment.paper_tables import paper_tables
from inspector.jobs.experiment.pictures import Picture, map_pictures, own_pictures, paper_pictures
from inspector.jobs.experiment.plan import ALL, Row
from inspector.jobs.experiment.request import ExperimentFinished, ExperimentRequest
from inspector.jobs.experiment.statement import paper_words, protocol
from inspector.jobs.experiment.store import RESULTS_NAME, WORK_NAME, Results
from inspector.jobs.experiment.tables import (
    calibration_table,
    click_table,
    cost_table,
    difference_table,
    label_table,
    network_table,
)
from inspector.report.document import Section, Table, write_document, write_table_csv
from inspector.report.render import save_png
from inspector.report.tables import write_csv

REPORT_NAME, PICTURES_NAME, TABLES_NAME = "report.html", "pictures", "tables"


def write_all(request: ExperimentRequest, results: Results) -> ExperimentFinished:
    """Write every file of a whole experiment; `seconds` is left 0.

    Raises:
        KnownError: a file can't be written.
    """
    from inspector.jobs.experiment.encoders import split_project

    plan = request.plan()
    path = request.out / WORK_NAME / "seed-0"
    with split_project(path, request.folder, plan=plan, seed=0) as split:
        unseen, images = len(split.unseen), len(split.truth.class_of)
        measured = Measured(plan, request.seeds, split.truth.classes, unseen, results.measurements)
        paths = [split.project.image_path(i) for i in split.unseen]
        paper = list(paper_pictures(measured, split.project, paths))
    pictures = {"paper": paper, "own": list(own_pictures(measured)), "maps": list(map_pictures(measured))}
    tables = {"paper": paper_tables(measured), "own": _own_tables(measured), "reports": _class_reports(measured)}
    stated = protocol(measured, folder=request.folder, images=images)
    write_document(
        _sections(measured, stated, pictures, tables),
        path=request.out / REPORT_NAME,
        title=f"Experiment on {request.folder.name}, preset {plan.preset}",
    )
    results.write({"protocol": stated, "tables": _summary(tables), "images": images, "unseen": unseen})
    return ExperimentFinished(
        report=request.out / REPORT_NAME,
        results=request.out / RESULTS_NAME,
        pictures=_write_pictures(pictures, request.out / PICTURES_NAME),
        tables=_write_tables(measured, tables, request.out / TABLES_NAME),
        images=images,
        unseen=unseen,
        seeds=request.seeds,
        preset=plan.preset,
        accuracy=_accuracy(measured),
        seconds=0.0,
    )


def _own_tables(measured: Measured) -> list[Table]:
    made = [
        *(label_table(measured, measure) for measure in MEASURES),
        calibration_table(measured),
        click_table(measured),
        network_table(measured),
        difference_table(measured),
        label_table(measured, "accuracy", kind="labels seeing all"),
        cost_table(measured),
    ]
    return [table for table in made if table.rows]


def _class_reports(measured: Measured) -> list[Table]:
    """The classification reports of the paper's tables 1 and 2, for every method: the frozen encoder, all labels."""
    reports = []
    for method in measured.plan.methods:
        evaluation = measured.evaluation("network", Row(method, "encoder"), ALL, "frozen")
        if evaluation is None:
            continue
        rows: list[tuple[Any, ...]] = [
            (name, f"{s.precision:.2f}", f"{s.recall:.2f}", f"{s.f1:.2f}", s.support)
            for name, s in zip(evaluation.classes, evaluation.per_class, strict=True)
        ]
        low, high = evaluation.interval
        rows.append(("accuracy", "", "", f"{evaluation.accuracy:.2f}", evaluation.images))
        headers = ("class", "precision", "recall", "F1", "images")
        title = f"Classification report: {Row(method, 'encoder').name}, frozen, all labels"
        note = (
            f"Accuracy {100 * evaluation.accuracy:.1f} %, 95 % interval {100 * low:.1f} to {100 * high:.1f} % on these "
            "images."
        )
        reports.append(Table(f"report-{method}", title, headers, rows, note))
    return reports


def _sections(
    measured: Measured,
    stated: list[str],
    pictures: dict[str, list[Picture]],
    tables: dict[str, list[Table]],
) -> list[Section]:
    left_out = [*measured.plan.left_out(), *measured.reasons()]
    shown = {group: {made.caption: made.figure for made in each} for group, each in pictures.items()}
    return [
        Section("Protocol", stated),
        Section("What was left out", points=left_out),
        Section("The paper's numbers and ours", paper_words(measured), CONTRADICTIONS, tables["paper"]),
        Section("Class by class, and the paper's figures", tables=tables["reports"], figures=shown["paper"]),
        Section("What the paper lacks", tables=tables["own"], figures=shown["own"]),
        Section("Maps of the unseen images (t-SNE)", figures=shown["maps"]),
    ]


def _summary(tables: dict[str, list[Table]]) -> dict[str, Any]:
    every = [table for group in tables.values() for table in group]
    return {table.name: {"headers": list(table.headers), "rows": [list(row) for row in table.rows]} for table in every}


def _write_pictures(pictures: dict[str, list[Picture]], folder: Path) -> tuple[Path, ...]:
    folder.mkdir(exist_ok=True)
    paths = []
    for picture in (picture for each in pictures.values() for picture in each):
        paths.append(folder / f"{picture.name}.png")
        save_png(picture.figure, paths[-1])
    return tuple(paths)


def _write_tables(measured: Measured, tables: dict[str, list[Table]], folder: Path) -> tuple[Path, ...]:
    folder.mkdir(exist_ok=True)
    paths = []
    for table in [*tables["paper"], *tables["own"], _raw_table(measured)]:
        paths.append(folder / f"{table.name}.csv")
        write_table_csv(table, paths[-1])
    for method in measured.plan.methods:
        evaluation = measured.evaluation("network", Row(method, "encoder"), ALL, "frozen")
        if evaluation is not None:
            paths.append(folder / f"report-{method}.csv")
            write_csv(evaluation, paths[-1])
    return tuple(paths)


def _raw_table(measured: Measured) -> Table:
    """Every score of every draw."""
    rows: list[tuple[Any, ...]] = []
    for key, found in measured.measurements.items():
        by_total = found.get("by_total") or {"": found.get("scores", [])}
        for total, scores in by_total.items():
            rows += [(key, total, draw, *(score[m] for m in MEASURES)) for draw, score in enumerate(scores)]
    return Table("measurements", "All measurements", ("measurement", "images", "draw", *MEASURES), rows)


def _accuracy(measured: Measured) -> dict[str, dict[str, float]]:
    """Mean accuracy by kind of features and amount of labels."""
    means: dict[str, dict[str, float]] = {}
    for row in measured.plan.rows():
        for amount in measured.plan.label_draws:
            estimate = measured.estimate("labels", row, amount)
            if estimate is not None:
                means.setdefault(row.name, {})[amount] = estimate.mean
    return means
