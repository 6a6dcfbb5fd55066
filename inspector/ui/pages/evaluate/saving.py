"""What can be saved of a judgement, as jobs for the background: plotting takes seconds. Knows no widget."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from inspector.ui.pages.evaluate.judged import Judged
from models.events import Progress

if TYPE_CHECKING:
    from inspector.project import Project

SUFFIXES = {"html": "Report (*.html)", "csv": "Answers (*.csv)", "png": "Picture of the page (*.png)"}


def suggested_name(project_name: str, run: int, suffix: str) -> str:
    """'hot-strip-2 run 6.html'."""
    return f"{project_name} run {run}.{suffix}"


def save_html(project: Project, judged: Judged, path: Path) -> Iterator[Progress]:
    """Write the report; KnownError if it cannot be written."""
    from inspector.jobs.evaluation.report import ReportContent, sample_pixels, write_report

    classes = judged.evaluation.classes
    positions = {name: k for k, name in enumerate(classes)}
    yield Progress("report", 0, 1, "files")
    content = ReportContent(
        run=judged.run,
        evaluation=judged.evaluation,
        protocol=judged.facts,
        true=np.array([positions[answer.label] for answer in judged.answers]),
        predicted=np.array([positions[answer.answer] for answer in judged.answers]),
        confidence=judged.confidence(),
        samples=sample_pixels(project, [answer.path for answer in judged.answers]),
        paths=[answer.path for answer in judged.answers],
    )
    write_report(project, content, path)
    yield Progress("report", 1, 1, "files")


def save_csv(judged: Judged, path: Path) -> Iterator[Progress]:
    """Write the answers; KnownError if the file cannot be written."""
    from inspector.report.tables import write_answers_csv

    yield Progress("report", 0, 1, "files")
    write_answers_csv(((str(a.path), a.label, a.answer, a.confidence) for a in judged.answers), path)
    yield Progress("report", 1, 1, "files")


def save_picture(png: bytes, path: Path) -> Iterator[Progress]:
    """Write a picture; KnownError if the file cannot be written."""
    from models.storage.files import write_atomically

    yield Progress("report", 0, 1, "files")
    write_atomically(path, png)
    yield Progress("report", 1, 1, "files")
