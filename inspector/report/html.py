"""The report of an evaluation: one HTML file that needs nothing beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.report.render import to_svg
from inspector.report.style import cell_shade
from inspector.report.templates import page_environment
from models.evaluation.evaluate import ClassScore, Evaluation, f1_intervals, macro_f1_interval
from models.forecasting.pretraining_gain import PretrainingGain, points
from models.storage.files import write_atomically
from resources.palette import DARK, LIGHT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

IMAGES_FOR_THREE_DIGITS = 300
GOOD_CALIBRATION_ERROR = 0.05


@dataclass(frozen=True)
class ConfusionCell:
    """`shade` is the ramp and step of its colour, such as 'steel-6'; empty for a cell without images."""

    images: int
    answer: str
    shade: str


@dataclass(frozen=True)
class ClassRow:
    """A class's line in the report: its scores beside its row of the confusion matrix."""

    name: str
    badge: int
    score: ClassScore
    interval: tuple[float, float]
    cells: list[ConfusionCell]


def write_html(
    evaluation: Evaluation,
    *,
    path: Path,
    title: str,
    protocol: str,
    facts: Mapping[str, str],
    figures: Mapping[str, Figure],
    gain: PretrainingGain | None = None,
    gain_unknown: str | None = None,
) -> None:
    """Writes the report, replacing `path` only when it is whole.

    The scores, their intervals and the confusion matrix come from `evaluation`.

    Args:
        protocol: sentences that say which images these are, and whether any was trained on.
        facts: what is known of the run, name to value, in the order shown.
        figures: caption to figure, in the order shown.
        gain: what pretraining brought the run.
        gain_unknown: why that cannot be told, a sentence.

    Raises:
        KnownError: the file cannot be written.
    """
    environment = page_environment()
    environment.filters["score"] = _score_format(evaluation.images)
    page = environment.get_template("report.html.j2").render(
        title=title,
        protocol=protocol,
        facts=facts,
        evaluation=evaluation,
        correct=sum(int(evaluation.confusion[k, k]) for k in range(len(evaluation.classes))),
        macro_interval=macro_f1_interval(evaluation.confusion),
        good_calibration_error=GOOD_CALIBRATION_ERROR,
        rows=_class_rows(evaluation),
        figures={caption: to_svg(figure) for caption, figure in figures.items()},
        gain=gain,
        gain_unknown=gain_unknown,
        encoder_gain=None if gain is None else points(gain.encoder_against_random),
        light=LIGHT.variables(),
        dark=DARK.variables(),
    )
    write_atomically(path, page.encode("utf-8", "backslashreplace"))


def _class_rows(evaluation: Evaluation) -> list[ClassRow]:
    limits = f1_intervals(evaluation.confusion)
    return [
        ClassRow(
            name=name,
            badge=k % len(LIGHT.classes) + 1,
            score=evaluation.per_class[k],
            interval=(limits[k, 0], limits[k, 1]),
            cells=_confusion_cells(evaluation, k),
        )
        for k, name in enumerate(evaluation.classes)
    ]


def _confusion_cells(evaluation: Evaluation, row: int) -> list[ConfusionCell]:
    support = evaluation.per_class[row].support
    cells = []
    for column, answer in enumerate(evaluation.classes):
        images = int(evaluation.confusion[row, column])
        shade = cell_shade(images, support=support, right=row == column)
        cells.append(ConfusionCell(images, answer, f"{shade[0]}-{shade[1]}" if shade else ""))
    return cells


def _score_format(images: int) -> Callable[[float], str]:
    """No more digits than so many images support."""
    digits = 3 if images >= IMAGES_FOR_THREE_DIGITS else 2
    return lambda value: f"{value:.{digits}f}"
