"""inspector classify FOLDER --model MODEL --out FILE"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.cli.choices import path, probability
from inspector.cli.outputs import refuse_labels
from inspector.cli.progress import follow
from inspector.jobs.evaluation.unfamiliar_words import unlike

if TYPE_CHECKING:
    from models.prediction.predict import ClassifyDone


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("folder", type=path, metavar="FOLDER", help="images, sub-folders included")
    parser.add_argument(
        "--model", type=path, required=True, help="a model file (.safetensors), a training run's folder or a project"
    )
    parser.add_argument("--out", type=path, required=True, metavar="FILE", help="CSV to write")
    parser.add_argument(
        "--review-below", type=probability, metavar="P", help="confidence below which a person must look (default: 0.6)"
    )
    parser.add_argument(
        "--sort-into", type=path, metavar="DIR", help="copy the images into a folder a class and 'needs review'"
    )
    parser.add_argument(
        "--maps", type=path, metavar="DIR", help="write pictures of where the model sees defects, if it looks at places"
    )
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")


def run(arguments: argparse.Namespace) -> int:
    """Classify and print the counts."""
    from inspector.jobs.classify import classify

    _refuse_labels(arguments.out)
    done = follow(
        classify(
            arguments.folder,
            model=arguments.model,
            out=arguments.out,
            review_below=arguments.review_below,
            sort_into=arguments.sort_into,
            maps_into=arguments.maps,
            device=arguments.device,
        ),
        quiet=arguments.json,
    )
    print(json.dumps(done.to_json()) if arguments.json else table(done))
    return 0


def _refuse_labels(out: Path) -> None:
    """As `refuse_labels`; earlier results, whose columns are named alike, are not labels."""
    from models.prediction.results_csv import HEADER

    if out.is_file():
        with out.open("rb") as file:
            is_results = file.readline() == HEADER
        if not is_results:
            refuse_labels(out)


def table(done: ClassifyDone) -> str:
    """Counts per class, what a person must look at, and where the CSV lies."""
    counts = {**done.labels, "can't be read": done.errors} if done.errors else done.labels
    width = max(len(name) for name in counts)
    lines = [f"{name:<{width}}  {count:8,}" for name, count in counts.items()]
    if done.unfamiliar:
        lines.append(f"{unlike(done.unfamiliar)}: no class can be told.")
    return "\n".join(
        [
            *lines,
            f"{done.images:,} images, {done.needs_review:,} of which need review; "
            f"{done.images_per_second:,.0f} images/s",
            f"results: {done.out}",
        ]
    )
