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
from dataclasses import asdict, dataclass
from pathlib import Path

from models.process import prepare_process

prepare_process()

import numpy as np  # noqa: E402
import torch  # noqa: E402

from inspector.cli.progress import follow  # noqa: E402
from inspector.jobs.features import PoolFeatures, pool_features  # noqa: E402
from inspector.jobs.pool import fill_pool, open_cache  # noqa: E402
from inspector.jobs.pretrain import PretrainRequest, pretrain  # noqa: E402
from inspector.project import Project  # noqa: E402
from models.classifier import LabelledPool, fit_linear  # noqa: E402
from models.device import pick_device  # noqa: E402
from models.evaluate import wilson_interval  # noqa: E402
from models.features import extract, joined, unit_blocks  # noqa: E402
from models.propagate import NeighbourGraph  # noqa: E402
from models.suggest import UNCERTAIN_SHARE, Guess, at_random, suggest, uncertain_pays  # noqa: E402

DRAWS = {1: 20, 5: 10, 24: 5}
CLICKS = (6, 12, 30)
CLICK_SEEDS = 5
TEST_SHARE = 0.2


@dataclass(frozen=True)
class Data:
    """Features of the pool and of the unseen images, with the true classes of both, which only label draws read."""

    blocks: dict[str, np.ndarray]
    unseen: np.ndarray  # (m, D) transformed and joined
    pool_labels: np.ndarray
    unseen_labels: np.ndarray
    classes: tuple[str, ...]


def returned(events):
    """Exhaust a stage and give back what it returns."""
    while True:
        try:
            next(events)
        except StopIteration as stop:
            return stop.value


def accuracy(data: Data, positions: np.ndarray, *, seed: int) -> float:
    """Train on the labels at `positions` by the application's own rule, judge on the unseen images."""
    learned = LabelledPool.build(data.blocks, positions, data.pool_labels[positions], data.classes, use_unlabelled=True)
    fit = returned(fit_linear(learned, seed=seed))
    return float((fit.head.logits(data.unseen).argmax(1) == data.unseen_labels).mean())


def per_class_draw(labels: np.ndarray, count: int, seed: int) -> np.ndarray:
    """`count` positions of each class."""
    rng = np.random.default_rng(1_000 + seed)
    return np.concatenate([rng.permutation(np.flatnonzero(labels == k))[:count] for k in np.unique(labels)])


def clicked(data: Data, count_steps: tuple[int, ...], *, seed: int, random: bool) -> dict[int, float]:
    """Label what is suggested, step by step; accuracy after each."""
    unit = unit_blocks(data.blocks)
    graph = NeighbourGraph.build(unit)
    positions = np.zeros(0, dtype=np.int64)
    scores = {}
    for total in count_steps:
        wanted = total - len(positions)
        labels = data.pool_labels[positions]
        if random:
            chosen = at_random(len(unit), positions, wanted, seed=seed)
        elif len(np.unique(labels)) < 2:
            chosen = suggest(unit, positions, wanted, seed=seed)
        else:
            known, indices = np.unique(labels, return_inverse=True)
            guess = Guess(graph.propagate(positions, indices, len(known)), [data.classes[k] for k in known])
            share = UNCERTAIN_SHARE if uncertain_pays(graph, unit, positions, indices, len(known), seed=seed) else 0.0
            chosen = suggest(unit, positions, wanted, uncertain_share=share, guess=guess, seed=seed)
        positions = np.concatenate([positions, [s.position for s in chosen]]).astype(np.int64)
        met = np.unique(data.pool_labels[positions])
        scores[total] = accuracy(data, positions, seed=seed) if len(met) > 1 else float("nan")
    return scores


def gather(project: Project, unseen_ids: list[int], which: str, encoder: str, device: torch.device) -> Data:
    """Features of pool and unseen images by the application's own jobs."""
    folder_of = {image.id: image.path.parent.name for image in project.images()}
    hash_of = {image.id: image.content_hash for image in project.images()}
    classes = tuple(sorted(set(folder_of.values())))
    with open_cache(project) as cache:
        pool = returned(fill_pool(project, cache))
        made: PoolFeatures = returned(pool_features(project, pool, which=which, encoder=encoder, device=device))
        pixels = pool.pixels(device, [hash_of[i] for i in unseen_ids])
        blocks = returned(extract(pixels, made.parts))
    index = {name: k for k, name in enumerate(classes)}
    return Data(
        blocks=made.blocks,
        unseen=joined(made.transform(blocks)),
        pool_labels=np.array([index[folder_of[i]] for i in pool.image_ids]),
        unseen_labels=np.array([index[folder_of[i]] for i in unseen_ids]),
        classes=classes,
    )


def measure(data: Data, *, clicks: bool) -> dict[str, list[float]]:
    """All figures of one kind of features: name of the setting -> accuracy of each draw."""
    figures: dict[str, list[float]] = {}
    for count, draws in DRAWS.items():
        figures[f"{count} a class"] = [
            accuracy(data, per_class_draw(data.pool_labels, count, seed), seed=seed) for seed in range(draws)
        ]
    if clicks:
        for name, random in (("suggested", False), ("random", True)):
            runs = [clicked(data, CLICKS, seed=seed, random=random) for seed in range(CLICK_SEEDS)]
            for total in CLICKS:
                figures[f"{total} {name}"] = [run[total] for run in runs]
    return figures


def hold_out(project: Project, *, seed: int) -> None:
    """Put a fifth of each class folder into the part 'test'."""
    rng = np.random.default_rng(seed)
    by_class: dict[str, list[int]] = {}
    for image in project.images():
        by_class.setdefault(image.path.parent.name, []).append(image.id)
    unseen = [i for ids in by_class.values() for i in rng.permutation(ids)[: round(TEST_SHARE * len(ids))].tolist()]
    project.assign_split(dict.fromkeys(unseen, "test"))


def show(kind: str, figures: dict[str, list[float]], images: int) -> None:
    """A line a setting: mean, range over draws, and the interval that the number of unseen images gives."""
    for setting, values in figures.items():
        mean = float(np.nanmean(values))
        low, high = wilson_interval(round(mean * images), images)
        print(
            f"{kind:9} {setting:13} {mean:6.1%}   {np.nanmin(values):.1%} to {np.nanmax(values):.1%} over "
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
    hold_out(project, seed=arguments.seed)
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
        unseen = sorted(image_id for image_id, part in project.split().items() if part == "test")
        result: dict = {"options": {k: str(v) for k, v in vars(arguments).items()}, "unseen": len(unseen)}
        if arguments.method != "none":
            result["pretrain"] = encoder_of(project, arguments)
        for kind in arguments.kinds.split(","):
            if arguments.method == "none" and kind in ("fused", "encoder"):
                continue
            which, encoder = ("encoder", "random") if kind == "random" else (kind, "latest")
            data = gather(project, unseen, which, encoder, device)
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
