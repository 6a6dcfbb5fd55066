"""Plots of an evaluation, of a pretraining run and of the map. Drawn without a window; titles are the caller's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from inspector.report.style import cell_shade, class_look, mark_share_axis, new_figure, short_name, styled
from models.evaluation.calibration import Reliability
from models.evaluation.evaluate import Evaluation, f1_intervals, wilson_interval
from resources.palette import LIGHT, readable_on

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MAX_VECTOR_POINTS = 5000  # above this a map is drawn as pixels inside the SVG


@styled
def confusion_figure(evaluation: Evaluation) -> Figure:
    """Confusion matrix: true classes down, answers across, the count in every cell."""
    names = [short_name(name) for name in evaluation.classes]
    count = len(names)
    side = min(14.0, 1.0 + 0.5 * count)
    figure = new_figure(side + 1.6, side + 1.0)
    axes = figure.add_subplot()
    for (row, column), images in np.ndenumerate(evaluation.confusion):
        _draw_cell(axes, row, column, int(images), support=evaluation.per_class[row].support)
    axes.set(xlim=(0, count), ylim=(count, 0), aspect="equal", xlabel="Answer", ylabel="True class")
    axes.set_xticks(np.arange(count) + 0.5, names, rotation=40, ha="right", rotation_mode="anchor")
    axes.set_yticks(np.arange(count) + 0.5, names)
    axes.spines[:].set_visible(False)
    return figure


def _draw_cell(axes: Axes, row: int, column: int, images: int, *, support: int) -> None:
    from matplotlib.patches import Rectangle

    shade = cell_shade(images, support=support, right=row == column)
    fill = getattr(LIGHT, shade[0])[shade[1]] if shade else "none"
    axes.add_patch(Rectangle((column, row), 1, 1, facecolor=fill, edgecolor=LIGHT.tokens["grid"], linewidth=0.8))
    text, colour = (str(images), readable_on(fill)) if shade else ("·", LIGHT.tokens["text3"])
    size = 9 if images < 1000 else 7
    axes.text(column + 0.5, row + 0.5, text, color=colour, fontsize=size, ha="center", va="center")


@styled
def reliability_figure(diagram: Reliability) -> Figure:
    """Share of right answers against confidence, a point a bin with its 95 % interval; the diagonal is perfect."""
    figure = new_figure(4.2, 3.4)
    axes = figure.add_subplot()
    axes.grid(axis="y")
    axes.plot([0, 1], [0, 1], color=LIGHT.tokens["control"], linewidth=0.8, linestyle=(0, (4, 3)))
    limits = np.array(
        [wilson_interval(round(a * n), int(n)) for a, n in zip(diagram.accuracy, diagram.images, strict=True)]
    )
    axes.vlines(diagram.confidence, limits[:, 0], limits[:, 1], color=LIGHT.tokens["accent"], linewidth=1)
    axes.plot(diagram.confidence, diagram.accuracy, color=LIGHT.tokens["accent"], marker="o", markersize=4)
    mark_share_axis(axes, "x")
    mark_share_axis(axes, "y")
    axes.set(xlabel="Confidence", ylabel="Share of right answers")
    return figure


@styled
def f1_figure(evaluation: Evaluation) -> Figure:
    """F1 of each class that has images, with its 95 % interval and the number of images."""
    present = [k for k, score in enumerate(evaluation.per_class) if score.support]
    limits = f1_intervals(evaluation.confusion)
    figure = new_figure(5.2, 0.8 + 0.34 * len(present))
    axes = figure.add_subplot()
    axes.grid(axis="x")
    for row, k in enumerate(present):
        score, look = evaluation.per_class[k], class_look(k)
        axes.hlines(row, *limits[k], color=look["color"], linewidth=2)
        axes.plot(score.f1, row, markersize=6, **look)
        axes.text(1.05, row, f"{score.f1:.2f}  n = {score.support}", color=LIGHT.tokens["text2"], va="center")
    axes.set_yticks(range(len(present)), [short_name(evaluation.classes[k]) for k in present])
    axes.set(ylim=(len(present) - 0.5, -0.5), xlabel="F1")
    mark_share_axis(axes, "x")
    axes.spines["left"].set_visible(False)
    return figure


@styled
def map_figure(points: np.ndarray, labels: np.ndarray, *, classes: Sequence[str]) -> Figure:
    """Map of images at `points` (n, 2), coloured by `labels` (n,) int, positions in `classes`; -1 is unlabelled.

    Raises:
        ValueError: shapes do not match, or a label lies outside `classes`.
    """
    if points.ndim != 2 or points.shape[1] != 2 or labels.shape != points.shape[:1]:
        raise ValueError(f"points {points.shape} must be (n, 2) and labels {labels.shape} (n,)")
    if len(labels) and not (labels.min() >= -1 and labels.max() < len(classes)):
        raise ValueError(f"labels must lie in -1..{len(classes) - 1}")
    figure = new_figure(6.4, 4.8)
    axes = figure.add_subplot()
    axes.set_axis_off()
    dots = {"linewidths": 0, "rasterized": len(points) > MAX_VECTOR_POINTS}
    unlabelled = points[labels < 0]
    axes.scatter(*unlabelled.T, s=7, color=LIGHT.tokens["control"], alpha=0.45, **dots)
    used = np.unique(labels[labels >= 0])
    handles = [axes.scatter(*points[labels == k].T, s=22, alpha=0.85, **class_look(k), **dots) for k in used]
    # A leading underscore would hide the class from the legend, so names are set off by a space.
    names = [f" {short_name(classes[k])}" for k in used]
    figure.legend(handles, names, loc="outside right upper", frameon=False, handletextpad=0.2)
    return figure


@styled
def curves_figure(epochs: Sequence[int], curves: Mapping[str, Sequence[float]]) -> Figure:
    """One plot a curve, side by side over the same epochs; NaN where an epoch was not measured.

    Args:
        epochs: (n,) rising.
        curves: name of the quantity, such as 'Loss' or 'kNN accuracy', to its (n,) values.

    Raises:
        ValueError: no curve, or one of another length than `epochs`.
    """
    if not curves:
        raise ValueError("curves_figure needs at least one curve")
    figure = new_figure(0.4 + 3.2 * len(curves), 2.5)
    plots = figure.subplots(1, len(curves), sharex=True, squeeze=False)[0]
    for axes, (name, values) in zip(plots, curves.items(), strict=True):
        _draw_curve(axes, name, np.asarray(epochs), np.asarray(values, dtype=np.float64))
    return figure


def _draw_curve(axes: Axes, name: str, epochs: np.ndarray, values: np.ndarray) -> None:
    if epochs.shape != values.shape:
        raise ValueError(f"{name} has {values.shape} values for {epochs.shape} epochs")
    from matplotlib.ticker import MaxNLocator

    measured = np.isfinite(values)
    axes.grid(axis="y")
    axes.plot(epochs[measured], values[measured], color=LIGHT.tokens["accent"])
    axes.plot(epochs[measured][-1:], values[measured][-1:], color=LIGHT.tokens["accent"], marker="o", markersize=4)
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True, steps=(1, 2, 5, 10)))
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=(1, 2, 2.5, 5, 10)))
    axes.set_title(name, loc="left", color=LIGHT.tokens["text2"])
    axes.set_xlabel("Epoch")
