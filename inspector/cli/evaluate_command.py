"""inspector evaluate PROJECT [RUN]"""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from inspector.cli.choices import path, positive_int
from inspector.cli.outputs import refuse_unusable
from inspector.cli.progress import follow

if TYPE_CHECKING:
    from inspector.jobs.evaluation.evaluate import EvaluateFinished


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("project", type=path, metavar="PROJECT")
    parser.add_argument("run_id", type=positive_int, nargs="?", metavar="RUN", help="a training run (default: newest)")
    parser.add_argument("--labels", type=path, metavar="CSV", help="judge on these images (path,label) instead")
    parser.add_argument(
        "--leave-out-leaks",
        action="store_true",
        help="judge without the images that are near-duplicates of trained ones, or of one group with them",
    )
    parser.add_argument("--csv", type=path, metavar="FILE", help="write the table")
    parser.add_argument("--html", type=path, metavar="FILE", help="write the report")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")


def run(arguments: argparse.Namespace) -> int:
    """Evaluate, print, and write what was asked for."""
    from inspector.jobs.evaluation.evaluate import evaluate
    from inspector.project import Project

    refuse_unusable(arguments.csv, arguments.html)
    with Project.open(arguments.project, read_only=True) as project:
        finished = follow(
            evaluate(
                project,
                run_id=arguments.run_id,
                labels_csv=arguments.labels,
                leave_out_leaks=arguments.leave_out_leaks,
                device=arguments.device,
            ),
            quiet=arguments.json,
        )
        print(json.dumps(finished.to_json()) if arguments.json else table(finished), flush=True)  # whatever comes next
        if arguments.csv is not None:
            from inspector.report.tables import write_csv

            write_csv(finished.evaluation, arguments.csv)
        if arguments.html is not None:
            from inspector.jobs.evaluation.report import content_of, write_report

            write_report(project, content_of(finished), arguments.html)
    return 0


def table(finished: EvaluateFinished) -> str:
    """Per-class figures as plain text."""
    evaluation = finished.evaluation
    width = max(len("class"), *(len(name) for name in evaluation.classes))
    lines = [f"{'class':<{width}}  precision  recall     f1  support"]
    for name, score in zip(evaluation.classes, evaluation.per_class, strict=True):
        lines.append(f"{name:<{width}}  {score.precision:9.3f} {score.recall:7.3f} {score.f1:6.3f} {score.support:8d}")
    low, high = evaluation.interval
    lines.append(
        f"macro F1 {evaluation.macro_f1:.3f}, accuracy {evaluation.accuracy:.1%} "
        f"(95 % interval {low:.1%} to {high:.1%})"
        + (f", expected calibration error {evaluation.ece:.1%}" if evaluation.ece is not None else "")
    )
    lines.append(finished.protocol)
    if finished.forecast.forecast is not None:
        lines.append(f"How many more labels? {finished.forecast.sentence}")
    if finished.gain.gain is not None:
        lines.append(f"Did pretraining pay? {finished.gain.gain.verdict}")
    return "\n".join(lines)
