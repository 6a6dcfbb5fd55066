"""inspector train PROJECT"""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from inspector.cli.choices import path, positive_int, seed
from inspector.cli.opening import open_project
from inspector.cli.progress import follow

if TYPE_CHECKING:
    from inspector.jobs.training.train import TrainFinished


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("project", type=path, metavar="PROJECT")
    parser.add_argument("--encoder", default="latest", metavar="latest|RUN|FILE|random|imagenet")
    parser.add_argument("--mode", choices=("linear", "finetune"), default="linear")
    parser.add_argument("--features", choices=("fused", "encoder", "texture"), help="default: fused")
    unlabelled = parser.add_mutually_exclusive_group()
    unlabelled.add_argument("--use-unlabelled", action="store_true", default=None, help="the default")
    unlabelled.add_argument("--labelled-only", dest="use_unlabelled", action="store_false", default=None)
    parser.add_argument(
        "--preset", choices=("default", "paper"), default="default", help="paper: one linear layer by cross-entropy"
    )
    parser.add_argument("--epochs", type=positive_int, metavar="N", help="at most (finetune, paper)")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--seed", type=seed, default=0, metavar="S")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.set_defaults(usage_error=parser.error)


def run(arguments: argparse.Namespace) -> int:
    """Train and print the validation figures."""
    from inspector.jobs.training.train import train
    from inspector.jobs.training.training import TrainRequest

    if contradiction := _contradiction(arguments):
        arguments.usage_error(contradiction)
    request = TrainRequest(
        mode=arguments.mode,
        encoder=arguments.encoder,
        features=arguments.features or "fused",
        use_unlabelled=arguments.use_unlabelled is not False,
        preset=arguments.preset,
        epochs=arguments.epochs,
        device=arguments.device,
        seed=arguments.seed,
    )
    if request.epochs and not request.is_network:
        print("A linear head on frozen features has no epochs: --epochs is not used.", file=sys.stderr)
    with open_project(arguments.project) as project:
        finished = follow(train(project, request), quiet=arguments.json)
    print(json.dumps(finished.to_json()) if arguments.json else sentence(finished))
    return 0


def _contradiction(arguments: argparse.Namespace) -> str | None:
    """Which options do not go together, in a sentence; None if all do."""
    is_finetuning, is_paper = arguments.mode == "finetune", arguments.preset == "paper"
    if is_finetuning and is_paper:
        return "--preset paper trains one linear layer on a frozen encoder: it does not go with --mode finetune"
    if is_finetuning and arguments.features not in (None, "fused"):
        return f"--mode finetune is held against fused features: --features {arguments.features} does not go with it"
    if is_paper and arguments.features not in (None, "encoder"):
        return f"--preset paper reads the encoder alone: --features {arguments.features} does not go with it"
    if is_paper and arguments.use_unlabelled:
        return "--preset paper learns from the labelled images alone: --use-unlabelled does not go with it"
    return None


def sentence(finished: TrainFinished) -> str:
    """The figures, what they were measured on, and where the model lies."""
    lines = [f"Run {finished.run}: {len(finished.classes)} classes from {finished.labels} labels"]
    if finished.verdict is not None:
        lines.append(finished.verdict.sentence)
    if finished.validation is not None:
        low, high = finished.validation.interval
        lines.append(
            f"macro F1 {finished.validation.macro_f1:.3f}, accuracy {finished.validation.accuracy:.1%} "
            f"(95 % interval {low:.1%} to {high:.1%})"
        )
    lines.append(finished.protocol)
    if finished.forecast is not None and finished.forecast.forecast is not None:
        lines.append(f"How many more labels? {finished.forecast.sentence}")
    return "\n".join([*lines, f"model: {finished.model}"])
