"""inspector pretrain PROJECT --method simclr|mae|hybrid"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from inspector.cli.choices import path, positive_float, positive_int, seed
from inspector.cli.opening import open_project
from inspector.cli.progress import follow
from models.pretraining.config import DEFAULT_METHOD, METHODS

if TYPE_CHECKING:
    from inspector.jobs.pretraining.pretrain import PretrainFinished

OVERRIDES = {  # option -> field of PretrainConfig
    "epochs": "epochs",
    "views": "views",
    "target": "target",
    "decoder": "decoder",
    "batch_size": "batch_size",
    "lr": "learning_rate",
    "temperature": "temperature",
    "mask_ratio": "mask_ratio",
    "loss_on": "loss_on",
    "amp": "amp",
    "small_defects": "small_defects",
    "seed": "seed",
}
OTHERS = ("method", "preset", "minutes", "size", "width", "start_from", "imagenet_weights")  # None: not given
SWITCHES = ("no_rotations", "no_flips", "download")
OPTIONS = {"amp": "--fp32", "small_defects": "--no-small-defects"}  # that are not named as what they set
DEFAULT_PRESET, DEFAULT_START = "quick", "random"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments; what is not given is the preset's."""
    parser.add_argument("project", type=path, metavar="PROJECT")
    parser.add_argument(
        "--method",
        choices=METHODS,
        help=f"hybrid: SimCLR that must also tell the texture of what it sees (default: {DEFAULT_METHOD})",
    )
    parser.add_argument(
        "--preset",
        choices=("quick", "balanced", "best", "paper"),
        help="at most 10, 25 and 90 min on a laptop of two cores (paper: hours); how long here is said at the start",
    )
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--epochs", type=positive_int, metavar="N")
    length.add_argument("--minutes", type=positive_float, metavar="M", help="as many epochs as fit on this machine")
    parser.add_argument("--size", type=positive_int, metavar="PX", help="side of the crops")
    parser.add_argument("--width", type=positive_int, metavar="W", help="ResNet: first stage; ViT: token width")
    parser.add_argument("--views", type=positive_int, metavar="V", help="views of each image in a step (contrast)")
    parser.add_argument("--target", choices=("pixels", "normalised", "texture"), help="what the MAE predicts")
    parser.add_argument("--decoder", choices=("attention", "mlp"), help="the MAE's decoder")
    parser.add_argument("--loss-on", choices=("masked", "visible", "all"), help="patches of the MAE's loss")
    parser.add_argument("--mask-ratio", type=positive_float, metavar="R", help="share of hidden patches")
    parser.add_argument("--temperature", type=positive_float, metavar="T", help="of the contrastive loss")
    parser.add_argument("--batch-size", type=positive_int, metavar="N", help="images a step")
    parser.add_argument("--lr", type=positive_float, metavar="LR", help="peak learning rate")
    parser.add_argument("--no-rotations", action="store_true", help="no right angles: the rolling direction matters")
    parser.add_argument(
        "--no-small-defects",
        dest="small_defects",
        action="store_false",
        default=None,
        help="do not learn to spot small defects as well, which takes as long again as the encoder",
    )
    parser.add_argument("--no-flips", action="store_true", help="no mirror images")
    parser.add_argument("--fp32", dest="amp", action="store_false", default=None, help="no mixed precision")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument(
        "--start-from", metavar="random|imagenet|RUN|FILE", help=f"weights to begin with (default: {DEFAULT_START})"
    )
    weights = parser.add_mutually_exclusive_group()
    weights.add_argument("--imagenet-weights", type=path, metavar="FILE", help="torchvision's ResNet-18, .pth")
    weights.add_argument("--download", action="store_true", help="fetch the ImageNet weights if there are none (47 MB)")
    parser.add_argument("--resume", type=positive_int, metavar="RUN", help="go on with a stopped run")
    parser.add_argument("--seed", type=seed, metavar="S")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.set_defaults(usage_error=parser.error)


def run(arguments: argparse.Namespace) -> int:
    """Pretrain or resume."""
    from inspector.jobs.pretraining.pretrain import pretrain, resume
    from inspector.jobs.pretraining.request import PretrainRequest

    if arguments.start_from != "imagenet" and (arguments.download or arguments.imagenet_weights):
        arguments.usage_error("--imagenet-weights and --download need --start-from imagenet")
    with open_project(arguments.project) as project:
        if arguments.resume is not None:
            if given := _given(arguments):
                unused = f"{', '.join(given)} {'is' if len(given) == 1 else 'are'} not used"
                print(f"A resumed run keeps the settings that it began with: {unused}.", file=sys.stderr)
            events = resume(project, arguments.resume, device_name=arguments.device)
        else:
            request = PretrainRequest(
                method=arguments.method or DEFAULT_METHOD,
                preset=arguments.preset or DEFAULT_PRESET,
                overrides=_overrides(arguments),
                size_px=arguments.size,
                width=arguments.width,
                right_angles=not arguments.no_rotations,
                flips=not arguments.no_flips,
                minutes=arguments.minutes,
                start_from=arguments.start_from or DEFAULT_START,
                imagenet_weights=arguments.imagenet_weights,
                download=arguments.download,
                device=arguments.device,
            )
            events = pretrain(project, request)
        finished = follow(events, quiet=arguments.json)
    print(json.dumps(asdict(finished)) if arguments.json else _sentence(finished))
    return 0


def _overrides(arguments: argparse.Namespace) -> dict[str, Any]:
    given = {field: getattr(arguments, option) for option, field in OVERRIDES.items()}
    return {field: value for field, value in given.items() if value is not None}


def _given(arguments: argparse.Namespace) -> list[str]:
    """The options with which a new run is described, as far as the user gave them."""
    names = [name for name in (*OTHERS, *OVERRIDES) if getattr(arguments, name) is not None]
    names += [name for name in SWITCHES if getattr(arguments, name)]
    return [OPTIONS.get(name, f"--{name.replace('_', '-')}") for name in names]


def _sentence(finished: PretrainFinished) -> str:
    epochs = "1 epoch" if finished.epochs == 1 else f"{finished.epochs:,} epochs"
    done = (
        f"Run {finished.run}: {finished.method} on {finished.images:,} images, {epochs} in "
        f"{finished.seconds / 60:.1f} min on {finished.device} ({finished.images_per_second:.0f} images/s, "
        f"{finished.parameters:,} parameters)"
    )
    return "\n".join([done, *filter(None, [finished.more_time.get("sentence")])])
