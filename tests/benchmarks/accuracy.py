"""How many labels does it take? Accuracy on images that no step of the run has seen, on a folder of class folders.

    python tests/benchmarks/accuracy.py FOLDER [--method simclr] [--preset quick] [--json FILE]

A fifth of each class is put into the split part 'test': pretraining, transforms, the neighbour graph and the choice of
the head see the other four fifths only. Labels are drawn among those, several times; beside the fused features stand
the encoder alone, the texture spectrum alone and a random encoder, at equal labels. 'suggested' are images that
`suggest` picks and a person labels, six at first; beside them as many at random.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from models.system.process import prepare_process

prepare_process()

import numpy as np  # noqa: E402

from inspector.cli.progress import follow  # noqa: E402
from inspector.jobs.experiment.encoders import SplitProject, gather  # noqa: E402
from inspector.jobs.experiment.measuring import FeatureData, measure_clicks, measure_labels  # noqa: E402
from inspector.jobs.experiment.plan import Row  # noqa: E402
from inspector.jobs.experiment.protocol import hold_back, truth_of, unseen_ids  # noqa: E402
from inspector.jobs.pretraining.pretrain import pretrain  # noqa: E402
from inspector.jobs.pretraining.request import PretrainRequest  # noqa: E402
from inspector.project import Project  # noqa: E402
from models.evaluation.evaluate import wilson_interval  # noqa: E402
from models.stages import returned  # noqa: E402
from models.system.device import pick_device  # noqa: E402

DRAWS = {1: 20, 5: 10, 24: 5}
CLICKS = (6, 12, 30)
CLICK_SEEDS = 5


def measure(data: FeatureData, *, clicks: bool) -> dict[str, list[float]]:
    """All figures of one kind of features: name of the setting -> accuracy of each draw."""
    figures: dict[str, list[float]] = {}
    for count, draws in DRAWS.items():
        measured = returned(measure_labels(data, count, draws=draws, seed=0, title=""))
        figures[f"{count} a class"] = accuracies(measured["scores"])
    if clicks:
        for name, random in (("suggested", False), ("random", True)):
            clicked = measure_clicks(data, CLICKS, random=random, draws=CLICK_SEEDS, seed=0, title="")
            by_total = returned(clicked)["by_total"]
            figures |= {f"{total} {name}": accuracies(scores) for total, scores in by_total.items()}
    return figures


def accuracies(scores: list[dict[str, float]]) -> list[float]:
    """The accuracy of each draw."""
    return [score["accuracy"] for score in scores]


def show(kind: str, figures: dict[str, list[float]], images: int) -> None:
    """A line a setting: mean, range over draws, and the interval that the number of unseen images gives."""
    for setting, values in figures.items():
        mean = float(np.mean(values))
        low, high = wilson_interval(round(mean * images), images)
        print(
            f"{kind:9} {setting:13} {mean:6.1%}   {min(values):.1%} to {max(values):.1%} over "
            f"{len(values)} draws, {images} unseen images ({low:.1%} to {high:.1%})",
            flush=True,
        )


def open_project(arguments: argparse.Namespace, scratch: Path) -> Project:
    """The project with the images and the held-out fifth, as an earlier call left it or made anew."""
    folder = arguments.project or scratch / "project"
    if (folder / "project.sqlite").is_file():
        return Project.open(folder)
    project = Project.create(folder)
    follow(project.import_folders([arguments.folder]))
    hold_back(project, truth_of(project, arguments.folder), seed=arguments.seed)
    return project


def encoder_of(project: Project, arguments: argparse.Namespace) -> dict:
    """Figures of the pretraining run: the project's own if there is one, else of a new one."""
    earlier = project.latest_run("pretrain")
    if earlier is not None:
        figures = earlier.metrics
    else:
        names = ("epochs", "target", "decoder", "loss_on")
        overrides = {n: getattr(arguments, n) for n in names if getattr(arguments, n) is not None}
        overrides |= {"seed": arguments.seed, "amp": not arguments.fp32}
        request = PretrainRequest(method=arguments.method, preset=arguments.preset, overrides=overrides)
        figures = asdict(follow(pretrain(project, request)))
    print("{method}: {epochs} epochs of {images} images in {seconds:.0f} s on {device}".format(**figures), flush=True)
    return figures


def main() -> int:
    """Run, print, and write JSON if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--method", choices=("simclr", "mae", "hybrid", "none"), default="simclr")
    parser.add_argument("--preset", default="quick")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--target", choices=("pixels", "normalised", "texture"))
    parser.add_argument("--decoder", choices=("attention", "mlp"))
    parser.add_argument("--loss-on", choices=("masked", "visible", "all"))
    parser.add_argument("--fp32", action="store_true")
    parser.add_argument("--seed", type=int, default=0, help="of the split and of pretraining")
    parser.add_argument("--kinds", default="fused,encoder,texture,random", help="which features to measure")
    parser.add_argument("--no-clicks", action="store_true")
    parser.add_argument("--project", type=Path, help="keep the project here; a later call goes on from its encoder")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    device = pick_device("auto")
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as scratch, open_project(arguments, Path(scratch)) as project:
        truth = truth_of(project, arguments.folder)
        unseen = tuple(unseen_ids(project, truth))
        split = SplitProject(project, truth, unseen, sees_all=False)
        result: dict = {"options": {k: str(v) for k, v in vars(arguments).items()}, "unseen": len(unseen)}
        if arguments.method != "none":
            result["pretrain"] = encoder_of(project, arguments)
        for kind in arguments.kinds.split(","):
            if arguments.method == "none" and kind in ("fused", "encoder"):
                continue
            which, encoder = ("encoder", "random") if kind == "random" else (kind, "latest")
            data = returned(gather(split, Row(kind, which), encoder=encoder, device=device, seed=0))
            if kind == "fused":
                result["seconds_until_features"] = time.perf_counter() - started
                print(f"until the features are there: {result['seconds_until_features']:.0f} s of this call")
            result[kind] = measure(data, clicks=not arguments.no_clicks and kind in ("fused", "texture"))
            show(kind, result[kind], len(unseen))
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(result, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
