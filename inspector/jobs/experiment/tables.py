"""The tables of an experiment's own figures."""

from __future__ import annotations

import math

from inspector.jobs.experiment.intervals import Estimate
from inspector.jobs.experiment.measured import Measured
from inspector.jobs.experiment.plan import (
    ALL,
    CLICKS,
    LABEL_AMOUNTS,
    METHOD_NAMES,
    NETWORK_MODES,
    RANDOM,
    TENTH,
    TEXTURE,
    Row,
)
from inspector.report.document import Cell, Table

MEASURE_NAMES = {"accuracy": "accuracy", "macro_f1": "macro F1", "ece": "calibration error"}


def share_text(estimate: Estimate | None) -> str:
    """'97.1 [96.0 to 98.2]' in percent or points; '' where nothing was measured."""
    if estimate is None:
        return ""
    text = f"{100 * estimate.mean:.1f}"
    if not math.isnan(estimate.low):
        text += f" [{100 * estimate.low:.1f} to {100 * estimate.high:.1f}]"
    return text.replace("-", "−")  # a spreadsheet would take a hyphen at the start for a formula


def label_table(measured: Measured, measure: str, *, kind: str = "labels") -> Table:
    """Kinds of features down, amounts of labels across."""
    amounts = tuple(amount for amount in LABEL_AMOUNTS if amount in measured.plan.label_draws)
    seeing = kind != "labels"
    rows = []
    for row in measured.plan.rows():
        cells = [share_text(measured.estimate(kind, row, amount, measure=measure)) for amount in amounts]
        if any(cells):
            rows.append((row.name, *cells))
    name = MEASURE_NAMES[measure]
    title = f"{name[0].upper()}{name[1:]} by labels, %"
    if seeing:
        title = "Where pretraining, transforms and neighbours see the unseen images too, unlabelled: accuracy %"
    name = ("seeing-all-" if seeing else "labels-") + measure.replace("_", "-")
    return Table(name, title, ("features", *amounts), rows)


def calibration_table(measured: Measured) -> Table:
    """Calibration errors of all draws and seeds together, beside what chance alone shows."""
    amounts = tuple(amount for amount in LABEL_AMOUNTS if amount in measured.plan.label_draws)
    rows = []
    for row in measured.plan.rows():
        found = [measured.calibration(row, amount) for amount in amounts]
        if any(found):
            cells = ["" if c is None else f"{100 * c.error:.1f} ({100 * c.floor:.1f})" for c in found]
            rows.append((row.name, *cells))
    note = (
        "15 bins of equal mass over the answers of all draws and seeds together. In brackets the error that answers as "
        "sure as these, and exactly as often right, show by chance (mean of 200 draws)."
    )
    return Table("calibration", "Calibration error of all answers together, %", ("features", *amounts), rows, note)


def click_table(measured: Measured) -> Table:
    """Suggested images against random ones."""
    rows = []
    for row in measured.plan.clicked:
        for choice in ("suggested", "random"):
            cells = [share_text(measured.estimate("clicks", row, choice, total=total)) for total in CLICKS]
            rows.append((row.name, choice, *cells))
    headers = ("features", "images", *(f"{total} labelled" for total in CLICKS))
    return Table("clicks", "Suggested images against random ones, accuracy %", headers, rows)


def network_table(measured: Measured) -> Table:
    """Linear probe, frozen encoder and fine-tuning, by method."""
    rows: list[tuple[Cell, ...]] = []
    for method in ("random", *measured.plan.methods):
        row = Row(method, "encoder")
        probe = [share_text(measured.estimate("probe", row, amount)) for amount in (TENTH, ALL)]
        rows.append((METHOD_NAMES[method], "linear probe", *probe))
        for mode in NETWORK_MODES:
            cells = [share_text(measured.estimate("network", row, amount, mode)) for amount in (TENTH, ALL)]
            if any(cells):
                rows.append((METHOD_NAMES[method], mode, *cells))
    note = (
        "Linear probe: logistic regression on the frozen features. Frozen: the paper's linear layer, 30 epochs of "
        "Adam. Both network rows keep back a third of their labels to stop by and to judge, as training does."
    )
    return Table("networks", "Frozen and fine-tuned, accuracy %", ("encoder", "classifier", TENTH, ALL), rows, note)


def difference_table(measured: Measured) -> Table:
    """Paired differences in accuracy between kinds of features, in points."""
    rows = []
    for first, second in _pairs(measured):
        cells = []
        for amount in measured.plan.label_draws:
            estimate = measured.difference("labels", first, second, amount)
            cells.append(share_text(estimate))
        rows.append((first.name, second.name, *cells))
    note = (
        "The same labels and the same unseen images on both sides: an interval that leaves out 0 shows a difference. "
        "Of a single draw, or where all draws differ alike, the interval is over the images."
    )
    headers = ("first", "less second", *measured.plan.label_draws)
    return Table("differences", "Paired differences in accuracy, points", headers, rows, note)


def _pairs(measured: Measured) -> list[tuple[Row, Row]]:
    rows = measured.plan.rows()
    pairs = [(row, TEXTURE) for row in rows if row.features == "fused"]
    pairs += [(row, RANDOM) for row in rows if row.features == "encoder" and row.method != "random"]
    for kind in ("encoder", "fused"):
        pairs += [(Row("simclr", kind), Row("mae", kind)), (Row("hybrid", kind), Row("simclr", kind))]
    return [(first, second) for first, second in pairs if first in rows and second in rows]


def cost_table(measured: Measured) -> Table:
    """Parameters and minutes of each encoder, means over the seeds."""
    rows: list[tuple[Cell, ...]] = []
    for method in measured.plan.methods:
        row = Row(method, "encoder")
        run = measured.of("pretrain", row)
        if run is None:
            continue
        minutes = [
            _minutes(measured, "seconds", "pretrain", row),
            *(_minutes(measured, "seconds_of_training", "network", row, ALL, mode) for mode in NETWORK_MODES),
        ]
        rows.append((METHOD_NAMES[method], f"{run['parameters']:,}", run["epochs"], *minutes, run["device"]))
    headers = ("encoder", "parameters", "epochs", "minutes", *(f"minutes, {mode}" for mode in NETWORK_MODES), "device")
    note = "Minutes of this machine, whatever else it did: of pretraining, and of training on all labels after it."
    return Table("cost", "What each encoder costs", headers, rows, note)


def _minutes(measured: Measured, name: str, kind: str, row: Row, amount: str = "", mode: str = "") -> str:
    """Mean over the seeds; '' where nothing was measured."""
    found = [measured.of(kind, row, amount, mode, seed=seed) for seed in range(measured.seeds)]
    seconds = [each[name] for each in found if each is not None]
    return f"{sum(seconds) / len(seconds) / 60:.1f}" if seconds else ""
