"""The figures of an experiment: the paper's 2 to 7, the maps, accuracy against labels, and reliability."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from inspector.jobs.evaluation.report import sample_pixels
from inspector.jobs.experiment.intervals import Estimate
from inspector.jobs.experiment.measured import Measured
from inspector.jobs.experiment.measuring import Answers
from inspector.jobs.experiment.plan import ALL, LABEL_AMOUNTS, METHOD_NAMES, NETWORK_MODES, TENTH, Row
from inspector.report.bars import Limits, amounts_figure, bars_figure
from inspector.report.figures import confusion_figure, map_figure, reliability_figure
from inspector.report.pictures import samples_figure
from models.evaluation.calibration import reliability
from models.evaluation.evaluate import calibration_bins, f1_intervals

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.figure import Figure

    from inspector.project import Project

NO_LIMITS: Limits = (float("nan"), float("nan"), float("nan"))
SHOWN_SAMPLES = 12
PAPER_METHODS = ("simclr", "mae")


@dataclass(frozen=True, eq=False)
class Picture:
    """A figure, the name of its file, and its caption in the report."""

    name: str
    caption: str
    figure: Figure


def paper_pictures(measured: Measured, project: Project, paths: list[Path]) -> Iterator[Picture]:
    """The paper's figures 2 to 7, those for which there are measurements.

    Args:
        paths: of the unseen images of the first seed, in the order of the answers.
    """
    shown = [method for method in PAPER_METHODS if measured.values("network", Row(method, "encoder"), ALL, "frozen")]
    for number, method in enumerate(PAPER_METHODS, start=2):
        found = measured.of("network", Row(method, "encoder"), ALL, "frozen")
        if found is not None:
            figure = _samples(measured.classes, Answers.from_json(found["answers"]), project, paths)
            caption = f"Figure {number}: answers of {METHOD_NAMES[method]} for unseen images"
            if figure is not None:
                yield Picture(f"figure-{number}-samples-{method}", caption, figure)
    if shown:
        yield Picture("figure-4-accuracy-and-f1", "Figure 4: accuracy and F1, all labels", _bars(measured, shown, ALL))
        yield Picture("figure-5-f1-of-each-class", "Figure 5: F1 of each class", _class_bars(measured, shown))
    for method in shown:
        evaluation = measured.evaluation("network", Row(method, "encoder"), ALL, "frozen")
        assert evaluation is not None
        caption = f"Figure 6: what {METHOD_NAMES[method]} takes for what"
        yield Picture(f"figure-6-confusion-{method}", caption, confusion_figure(evaluation))
    few = [m for m in ("random", *PAPER_METHODS) if measured.values("network", Row(m, "encoder"), TENTH, "frozen")]
    if few:
        caption = "Figure 7: accuracy and F1, 10 % of the labels"
        yield Picture("figure-7-ten-percent-of-the-labels", caption, _bars(measured, few, TENTH))


def own_pictures(measured: Measured) -> Iterator[Picture]:
    """Accuracy against labels, and reliability of the answers at a tenth of the labels."""
    amounts = [amount for amount in LABEL_AMOUNTS if amount in measured.plan.label_draws]
    lines = {}
    for row in measured.plan.rows():
        limits = [_limits(measured.estimate("labels", row, amount)) for amount in amounts]
        if not np.isnan(limits).all():
            lines[row.name] = limits
    if lines:
        yield Picture("accuracy-by-labels", "Accuracy by labels", amounts_figure(amounts, lines))
    for row in measured.plan.rows():
        answers = measured.pooled("labels", row, TENTH)
        if answers is not None:
            right = answers.predicted == answers.true
            diagram = reliability(answers.confidence, right, calibration_bins(len(right)))
            caption = f"Confidence against accuracy at 10 % of the labels: {row.name}"
            yield Picture(f"reliability-{row.method}-{row.features}", caption, reliability_figure(diagram))


def map_pictures(measured: Measured) -> Iterator[Picture]:
    """t-SNE of the unseen images' features, of the frozen encoders and of the fine-tuned ones."""
    for method in ("random", *measured.plan.methods):
        row = Row(method, "encoder")
        found = {"frozen": measured.of("map", row), "fine-tuned": measured.of("network", row, ALL, "fine-tuned")}
        for mode, made in found.items():
            if made is None or not made.get("map"):
                continue
            true = np.array(made["true"] if mode == "frozen" else made["answers"]["true"])
            figure = map_figure(np.array(made["map"]), true, classes=measured.classes)
            yield Picture(f"t-sne-{method}-{mode}", f"{METHOD_NAMES[method]}, {mode}", figure)


def _samples(classes: tuple[str, ...], answers: Answers, project: Project, paths: list[Path]) -> Figure | None:
    """Some images of every class in turn, with answer and confidence, mistakes among them; None if they are gone."""
    by_class = [np.flatnonzero(answers.true == k) for k in range(len(classes))]
    longest = max(len(members) for members in by_class)
    turns = [int(members[i]) for i in range(longest) for members in by_class if i < len(members)]
    images = sample_pixels(project, [paths[i] for i in turns[:SHOWN_SAMPLES]])
    if not images:
        return None
    chosen = turns[: len(images)]
    return samples_figure(
        images,
        [classes[answers.predicted[i]] for i in chosen],
        [float(answers.confidence[i]) for i in chosen],
        [classes[answers.true[i]] for i in chosen],
    )


def _bars(measured: Measured, methods: list[str], amount: str) -> Figure:
    """Accuracy and macro F1 of frozen encoders, and of fine-tuned ones where they were measured."""
    groups = [f"{mode}, {name}" for mode in NETWORK_MODES for name in ("accuracy", "F1")]
    series = {
        METHOD_NAMES[method]: [
            _limits(measured.estimate("network", Row(method, "encoder"), amount, mode, measure=measure))
            for mode in NETWORK_MODES
            for measure in ("accuracy", "macro_f1")
        ]
        for method in methods
    }
    return bars_figure(groups, series)


def _class_bars(measured: Measured, methods: list[str]) -> Figure:
    series: dict[str, list[Limits]] = {}
    for method in methods:
        evaluation = measured.evaluation("network", Row(method, "encoder"), ALL, "frozen")
        assert evaluation is not None
        limits = f1_intervals(evaluation.confusion).tolist()
        series[METHOD_NAMES[method]] = [
            (score.f1, low, high) for score, (low, high) in zip(evaluation.per_class, limits, strict=True)
        ]
    return bars_figure(measured.classes, series)


def _limits(estimate: Estimate | None) -> Limits:
    return NO_LIMITS if estimate is None else (estimate.mean, estimate.low, estimate.high)
