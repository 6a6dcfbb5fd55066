"""The figures of an experiment: the paper's 2 to 7, the maps, accuracy against labels, and reliability."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from inspector.jobs.experiment.intervals import Estimate
from inspector.jobs.experiment.measured import Measured
from inspector.jobs.experiment.measuring import Answers
from inspector.jobs.experiment.plan import ALL, LABEL_AMOUNTS, METHOD_NAMES, NETWORK_MODES, TENTH, Row
from inspector.jobs.report import sample_pixels
from inspector.report.bars import Limits, amounts_figure, bars_figure
from inspector.report.figures import confusion_figure, map_figure, reliability_figure
from inspector.report.pictures import samples_figure
from models.calibration import reliability
from models.evaluate import calibration_bins, f1_intervals

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.figure import Figure

    from inspector.project import Project

NO_LIMITS: Limits = (float("nan"), float("nan"), float("nan"))
SHOWN_SAMPLES = 12
PAPER_METHODS = ("simclr", "mae")


def paper_figures(measured: Measured, project: Project, paths: list[Path]) -> dict[str, Figure]:
    """The paper's figures 2 to 7 by file name, those for which there are measurements.

    Args:
        paths: of the unseen images of the first seed, in the order of the answers.
    """
    figures: dict[str, Figure] = {}
    for number, method in enumerate(PAPER_METHODS, start=2):
        found = measured.of("network", Row(method, "encoder"), ALL, "frozen")
        if found is not None:
            answers = Answers.from_json(found["answers"])
            figures[f"figure-{number}-samples-{method}"] = _samples(measured.classes, answers, project, paths)
    shown = [method for method in PAPER_METHODS if measured.values("network", Row(method, "encoder"), ALL, "frozen")]
    if shown:
        figures["figure-4-accuracy-and-f1"] = _bars(measured, shown, ALL)
        figures["figure-5-f1-of-each-class"] = _class_bars(measured, shown)
    for method in shown:
        evaluation = measured.evaluation("network", Row(method, "encoder"), ALL, "frozen")
        assert evaluation is not None
        figures[f"figure-6-confusion-{method}"] = confusion_figure(evaluation)
    few = [m for m in ("random", *PAPER_METHODS) if measured.values("network", Row(m, "encoder"), TENTH, "frozen")]
    if few:
        figures["figure-7-ten-percent-of-the-labels"] = _bars(measured, few, TENTH)
    return figures


def own_figures(measured: Measured) -> dict[str, Figure]:
    """Accuracy against labels, and reliability of the answers at a tenth of the labels, by file name."""
    figures: dict[str, Figure] = {}
    amounts = [amount for amount in LABEL_AMOUNTS if amount in measured.plan.label_draws]
    lines = {}
    for row in measured.plan.rows():
        limits = [_limits(measured.estimate("labels", row, amount)) for amount in amounts]
        if not np.isnan(limits).all():
            lines[row.name] = limits
    if lines:
        figures["accuracy-by-labels"] = amounts_figure(amounts, lines)
    for row in measured.plan.rows():
        answers = measured.pooled("labels", row, TENTH)
        if answers is not None:
            right = answers.predicted == answers.true
            diagram = reliability(answers.confidence, right, calibration_bins(len(right)))
            figures[f"reliability-{row.method}-{row.features}"] = reliability_figure(diagram)
    return figures


def map_figures(measured: Measured) -> dict[str, Figure]:
    """t-SNE of the unseen images' features, of the frozen encoders and of the fine-tuned ones, by file name."""
    return {name: map_figure(points, true, classes=measured.classes) for name, points, true in _maps(measured)}


def _maps(measured: Measured) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    for method in ("random", *measured.plan.methods):
        row = Row(method, "encoder")
        frozen = measured.of("map", row)
        if frozen is not None and frozen["map"]:
            yield f"t-sne-{method}-frozen", np.array(frozen["map"]), np.array(frozen["true"])
        tuned = measured.of("network", row, ALL, "fine-tuned")
        if tuned is not None and tuned.get("map"):
            yield f"t-sne-{method}-fine-tuned", np.array(tuned["map"]), np.array(tuned["answers"]["true"])


def caption(name: str) -> str:
    """A figure's file name as words: 't-sne-mae-frozen' -> 'T-sne, MAE, frozen'."""
    known = {"figure": "The paper's figure", "t-sne": "t-SNE"}
    words = name.replace("t-sne", "t_sne").split("-")
    text = " ".join(METHOD_NAMES.get(word, word) or "untrained" for word in words).replace("t_sne", known["t-sne"])
    if text.startswith("figure "):
        return f"{known['figure']} {text[len('figure ') :]}".replace("'s figure 2 ", "'s figure 2: ")
    return f"{text[0].upper()}{text[1:]}" if not text.startswith("t-SNE") else text


def _samples(classes: tuple[str, ...], answers: Answers, project: Project, paths: list[Path]) -> Figure:
    """Some images of every class in turn, with answer and confidence, mistakes among them."""
    by_class = [np.flatnonzero(answers.true == k) for k in range(len(classes))]
    longest = max(len(members) for members in by_class)
    turns = [int(members[i]) for i in range(longest) for members in by_class if i < len(members)]
    images = sample_pixels(project, [paths[i] for i in turns[:SHOWN_SAMPLES]])
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
