"""The HTML report of an evaluation, from a project's records and the figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inspector.jobs.evaluate import EvaluateFinished
    from inspector.project import Project


def write_report(project: Project, finished: EvaluateFinished, path: Path) -> None:
    """Write one self-contained HTML file; KnownError if it cannot be written."""
    from inspector.report.figures import f1_figure, reliability_figure
    from inspector.report.html import write_html
    from inspector.report.pictures import samples_figure
    from models.calibration import reliability
    from models.evaluate import calibration_bins

    evaluation = finished.evaluation
    confidence = finished.probabilities.max(1)
    predicted = finished.probabilities.argmax(1)
    bins = calibration_bins(len(confidence))
    shown = len(finished.samples)
    run = project.run(finished.run)
    figures = {
        "F1 of each class": f1_figure(evaluation),
        "Confidence against accuracy": reliability_figure(reliability(confidence, predicted == finished.true, bins)),
        "Some of the images": samples_figure(
            [image.transpose(1, 2, 0).squeeze() for image in finished.samples],
            [evaluation.classes[k] for k in predicted[:shown]],
            confidence[:shown],
            [evaluation.classes[k] for k in finished.true[:shown]],
        ),
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
