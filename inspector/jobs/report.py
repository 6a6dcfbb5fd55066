"""The HTML report of an evaluation, from a project's records and the figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from inspector.jobs.evaluate import EvaluateFinished
    from inspector.project import Project


def sample_sheet(finished: EvaluateFinished) -> Figure:
    """Some of the images judged, with answer, confidence and, where it differs, the true class."""
    from inspector.report.pictures import samples_figure

    classes, shown = finished.evaluation.classes, len(finished.samples)
    values = finished.probabilities[:shown]
    return samples_figure(
        [image.transpose(1, 2, 0) for image in finished.samples],
        [classes[k] for k in values.argmax(1)],
        values.max(1),
        [classes[k] for k in finished.true[:shown]],
    )


def write_report(project: Project, finished: EvaluateFinished, path: Path) -> None:
    """Write one self-contained HTML file; KnownError if it cannot be written."""
    from inspector.report.figures import f1_figure, reliability_figure
    from inspector.report.html import write_html
    from models.calibration import reliability
    from models.evaluate import calibration_bins

    evaluation = finished.evaluation
    confidence = finished.probabilities.max(1)
    predicted = finished.probabilities.argmax(1)
    bins = calibration_bins(len(confidence))
    run = project.run(finished.run)
    figures = {
        "F1 of each class": f1_figure(evaluation),
        "Confidence against accuracy": reliability_figure(reliability(confidence, predicted == finished.true, bins)),
        "Some of the images": sample_sheet(finished),
    }
    facts = {
        "Project": project.folder.name,
        "Run": f"{run.id}, {run.created[:16].replace('T', ' ')} UTC",
        "Mode": str(run.config.get("mode")),
        "Features": str(run.config.get("features")),
        "Labels": str(run.metrics.get("labels")),
        "Seed": str(run.config.get("seed")),
        "Version": str(run.config.get("versions", {}).get("inspector")),
    }
    write_html(
        evaluation,
        path=path,
        title=f"{project.folder.name}: run {run.id}",
        protocol=finished.protocol,
        facts=facts,
        figures=figures,
    )
