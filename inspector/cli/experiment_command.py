"""inspector experiment FOLDER --out DIR"""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from inspector.cli.choices import path, positive_int
from inspector.cli.progress import follow
from models.pretraining.config import METHODS

if TYPE_CHECKING:
    from inspector.jobs.experiment import ExperimentFinished


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("folder", type=path, metavar="FOLDER", help="a folder of images for each class")
    parser.add_argument("--out", type=path, metavar="DIR", required=True, help="results; a stopped run goes on there")
    parser.add_argument("--preset", choices=("quick", "balanced", "best", "paper"), default="quick")
    parser.add_argument(
        "--seeds",
        type=positive_int,
        metavar="N",
        default=1,
        help="each with other unseen images (five: each image once), encoders and draws",
    )
    parser.add_argument(
        "--methods", type=_methods, metavar="M,M", help="of simclr, mae and hybrid, to pretrain by (default: all)"
    )
    parser.add_argument(
        "--features-only", action="store_true", help="heads on features alone: no networks, frozen or fine-tuned"
    )
    parser.add_argument("--epochs", type=positive_int, metavar="N", help="instead of the preset's, to try it out")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")


def _methods(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(text.split(",")))
    unknown = [name for name in names if name not in METHODS]
    if unknown:
        raise argparse.ArgumentTypeError(f"{unknown[0]!r} is not one of {', '.join(METHODS)}")
    return names


def run(arguments: argparse.Namespace) -> int:
    """Measure, and say where the results lie."""
    from inspector.jobs.experiment import ExperimentRequest, experiment

    request = ExperimentRequest(
        folder=arguments.folder,
        out=arguments.out,
        preset=arguments.preset,
        seeds=arguments.seeds,
        methods=arguments.methods,
        features_only=arguments.features_only,
        epochs=arguments.epochs,
        device=arguments.device,
    )
    finished = follow(experiment(request), quiet=arguments.json)
    print(json.dumps(finished.to_json()) if arguments.json else _sentence(finished))
    return 0


def _sentence(finished: ExperimentFinished) -> str:
    return "\n".join(
        [
            f"Measured on {finished.unseen:,} of {finished.images:,} images, which no step had seen; seeds: "
            f"{finished.seeds}.",
            f"report:   {finished.report}",
            f"results:  {finished.results}",
            f"pictures: {len(finished.pictures)} in {finished.report.parent / 'pictures'}",
            f"tables:   {len(finished.tables)} in {finished.report.parent / 'tables'}",
        ]
    )
