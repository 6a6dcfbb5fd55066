"""inspector info PROJECT"""

from __future__ import annotations

import argparse
import json

from inspector.cli.choices import path
from inspector.cli.import_command import print_unreadable


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("project", type=path, metavar="PROJECT")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")


def run(arguments: argparse.Namespace) -> int:
    """Print what the project holds; exit 1 if its database is damaged."""
    from inspector.project import Project
    from models.errors import KnownError

    with Project.open(arguments.project, read_only=True) as project:
        damage = project.check()
        if damage:
            raise KnownError(f"The database of {project.folder} is damaged: {damage[0]}; restore it from a backup.")
        summary = project.summary()
        if arguments.json:
            print(json.dumps(summary))
            return 0
        print(
            f"{summary['images']:,} images at {summary['paths']:,} paths, {summary['duplicates']:,} duplicates, "
            f"{summary['unreadable']:,} unreadable"
        )
        print_unreadable(project.unreadable())
        print(f"{summary['labels']:,} labels")
        for name, count in summary["classes"].items():
            print(f"  {name}: {count:,}")
        for record in project.runs():
            print(f"run {record.id}: {record.kind}, {record.state}{_figures(record.metrics)}")
    return 0


def _figures(metrics: dict) -> str:
    validation = metrics.get("validation") or {}
    if validation.get("macro_f1") is not None:
        return f", macro F1 {validation['macro_f1']:.3f} on {validation['images']} held-out labels"
    if "epochs" in metrics:
        epochs = "1 epoch" if metrics["epochs"] == 1 else f"{metrics['epochs']:,} epochs"
        return f", {metrics['method']}, {epochs} in {metrics['seconds'] / 60:.1f} min"
    return ""
