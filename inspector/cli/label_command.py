"""inspector label PROJECT --from-folders | --csv FILE"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.cli.choices import path, positive_int, seed, share
from inspector.cli.opening import open_project

if TYPE_CHECKING:
    from inspector.project import Project

SHOWN_UNKNOWN = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("project", type=path, metavar="PROJECT")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--from-folders", action="store_true", help="class = name of the image's folder")
    source.add_argument("--csv", type=path, metavar="FILE", help="columns path,label; an empty label removes it")
    amount = parser.add_mutually_exclusive_group()
    amount.add_argument("--fraction", type=share, metavar="F", help="label this share of each class, 0 to 1")
    amount.add_argument("--per-class", type=positive_int, metavar="N", help="label this many of each class")
    parser.add_argument("--seed", type=seed, default=0, metavar="S", help="which ones (default: 0)")
    parser.set_defaults(usage_error=parser.error)


def run(arguments: argparse.Namespace) -> int:
    """Label, and say how many."""

    if arguments.csv is not None and (arguments.fraction is not None or arguments.per_class is not None):
        arguments.usage_error("--fraction and --per-class go with --from-folders")
    with open_project(arguments.project) as project:
        if arguments.csv is not None:
            _label_from_csv(project, arguments.csv)
        else:
            _label_from_folders(project, arguments)
    return 0


def _label_from_csv(project: Project, file: Path) -> None:
    done = project.import_label_csv(file)
    print(f"{done.labelled:,} images labelled, {done.removed:,} labels removed")
    for unknown in done.unknown_paths[:SHOWN_UNKNOWN]:
        print(f"inspector: not in the project: {unknown!r}", file=sys.stderr)
    if len(done.unknown_paths) > SHOWN_UNKNOWN:
        print(f"inspector: ... and {len(done.unknown_paths) - SHOWN_UNKNOWN:,} more", file=sys.stderr)


def _label_from_folders(project: Project, arguments: argparse.Namespace) -> None:
    change = project.label_from_folders(fraction=arguments.fraction, per_class=arguments.per_class, seed=arguments.seed)
    summary = project.summary()
    print(f"{len(change.labels):,} labels changed; {summary['labels']:,} in {len(summary['classes'])} classes now")
    if change.ambiguous:
        print(
            f"inspector: {len(change.ambiguous):,} images lie in folders of different classes and are not labelled",
            file=sys.stderr,
        )
