"""Shares side by side: bars in groups, and lines over amounts, each with its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from inspector.report.style import class_look, mark_share_axis, new_figure, short_name, styled
from resources.palette import LIGHT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Limits = tuple[float, float, float]  # value, lower and upper limit, each 0 to 1
GROUP_WIDTH = 0.8  # of the space between two groups


@styled
def bars_figure(groups: Sequence[str], series: Mapping[str, Sequence[Limits]]) -> Figure:
    """A group of bars for each of `groups` (g), in it a bar for each of `series`, which has (g,) values; NaN: no bar.

    Raises:
        ValueError: no series, or one of another length than the groups.
    """
    if not series or any(len(values) != len(groups) for values in series.values()):
        raise ValueError(f"bars need series of {len(groups)} values, not {[len(v) for v in series.values()]}")
    figure = new_figure(max(4.2, 1.6 + 0.32 * len(groups) * (len(series) + 1)), 3.2)
    axes = figure.add_subplot()
    axes.grid(axis="y")
    width = GROUP_WIDTH / len(series)
    for index, (name, values) in enumerate(series.items()):
        centre = np.arange(len(groups)) + (index - (len(series) - 1) / 2) * width
        value, low, high = np.array(values, dtype=float).T
        colour = class_look(index)["color"]
        axes.bar(centre, value, width * 0.9, color=colour, label=f" {short_name(name)}")
        axes.vlines(centre, low, high, color=LIGHT.tokens["text2"], linewidth=1)
    names = [short_name(name, limit=24) for name in groups]
    axes.set_xticks(range(len(groups)), names, rotation=30, ha="right", rotation_mode="anchor")
    mark_share_axis(axes, "y")
    figure.legend(loc="outside right upper", frameon=False)
    return figure


@styled
def amounts_figure(amounts: Sequence[str], series: Mapping[str, Sequence[Limits]]) -> Figure:
    """A line for each of `series` over `amounts` (a) of labels; NaN where it was not measured.

    Raises:
        ValueError: no series, or one of another length than the amounts.
    """
    if not series or any(len(values) != len(amounts) for values in series.values()):
        raise ValueError(f"lines need series of {len(amounts)} values, not {[len(v) for v in series.values()]}")
    figure = new_figure(6.4, 3.6)
    axes = figure.add_subplot()
    axes.grid(axis="y")
    for index, (name, values) in enumerate(series.items()):
        look = class_look(index)
        at = np.arange(len(amounts)) + 0.04 * (index - len(series) / 2)
        value, low, high = np.array(values, dtype=float).T
        axes.plot(at, value, markersize=5, label=f" {short_name(name)}", **look)
        axes.vlines(at, low, high, color=look["color"], linewidth=1)
    axes.set_xticks(range(len(amounts)), amounts)
    axes.set(xlabel="Labels", ylabel="Accuracy")
    lowest = np.nanmin([limits[1] for values in series.values() for limits in values])
    axes.set_ylim(max(0.0, lowest - 0.05), 1.01)
    figure.legend(loc="outside right upper", frameon=False)
    return figure
