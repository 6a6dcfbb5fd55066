"""Does a run know whether more time would pay? Its answer, and what a run of twice the length brought.

    python tests/benchmarks/more_time.py [FOLDER] [--method simclr] [--epochs 4,8,16,32,64,128]

FOLDER holds a folder of images for each class; without it generated samples are used. The answer is asked for without
labels, with 30 and with all of them. Networks are narrow and crops small, so that all of it takes minutes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from models.system.process import prepare_process

prepare_process()

import numpy as np  # noqa: E402
import torch  # noqa: E402
from common import grey_pixels, image_folder, print_json, print_table  # noqa: E402

from models.features.health import knn_accuracy  # noqa: E402
from models.images.pixels import Pixels  # noqa: E402
from models.pretraining.config import PretrainConfig, preset  # noqa: E402
from models.pretraining.monitoring import standing  # noqa: E402
from models.pretraining.more_time import FEWEST_LABELS, Standing, would_more_time_pay  # noqa: E402
from models.pretraining.trainer import Trainer  # noqa: E402

SIDE_PX = 128


@dataclass(frozen=True)
class InMemory:
    """Images (N, 1, H, W) as `Pixels` reads them, named by their position."""

    images: np.ndarray

    def shapes(self, hashes: Sequence[str]) -> np.ndarray:
        """(n, 2)."""
        return np.array([self.images.shape[2:]] * len(hashes))

    def gather(self, hashes: Sequence[str]) -> list[np.ndarray]:
        """Each (1, H, W)."""
        return [self.images[int(name)] for name in hashes]


def narrow(method: str, seed: int) -> PretrainConfig:
    """The preset's settings for a network that learns in a minute."""
    config = replace(preset(method), batch_size=64, views=2, seed=seed)
    if method == "mae":
        return replace(config, encoder=replace(config.encoder, width=96, depth=3))
    return replace(config, encoder=replace(config.encoder, width=16))


def standings_of(pixels: Pixels, config: PretrainConfig, epochs: int) -> tuple[Standing, Standing, Standing]:
    """At the start, as if half of the run were all, and at its end."""
    trainer = Trainer(pixels, config, torch.device("cpu"), epochs=epochs)
    encoder = trainer.objective.encoder
    start = half = standing(trainer, encoder, {})
    while trainer.position.step < trainer.steps:
        trainer.update(trainer.next_batch())
        if trainer.halfway.is_whole(trainer.position.step):
            half = standing(trainer, trainer.halfway.taken_from(encoder), {}, start.positions)
    return start, half, standing(trainer, encoder, {}, start.positions)


def score(at: Standing, labels: np.ndarray) -> float:
    """The kNN score on all labels."""
    return knn_accuracy(at.vectors, torch.from_numpy(labels)[at.positions]) or 0.0


def read(folder: Path, per_class: int) -> tuple[np.ndarray, np.ndarray]:
    """Images (N, 1, H, W) uint8 and labels (N,) by the folder's folders."""
    parts = [grey_pixels(each, side_px=SIDE_PX, limit=per_class) for each in sorted(folder.iterdir()) if each.is_dir()]
    if len(parts) < 2:
        sys.exit(f"{folder} needs a folder of images for each of at least two classes.")
    return np.concatenate(parts), np.repeat(np.arange(len(parts)), [len(part) for part in parts])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--method", choices=("simclr", "mae", "hybrid"), default="simclr")
    parser.add_argument("--epochs", default="4,8,16,32,64,128")
    parser.add_argument("--per-class", type=int, default=40, help="images of each class at most")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with image_folder(arguments.folder, per_class=arguments.per_class) as folder:
        images, labels = read(folder, arguments.per_class)
    pixels = Pixels(InMemory(images), [str(i) for i in range(len(images))], torch.device("cpu"))
    few = np.random.default_rng(arguments.seed).permutation(len(labels))[:FEWEST_LABELS].tolist()
    rows, figures = [], []
    for epochs in map(int, arguments.epochs.split(",")):
        three = standings_of(pixels, narrow(arguments.method, arguments.seed), epochs)
        asked = {"no": {}, "30": {i: int(labels[i]) for i in few}, "all": dict(enumerate(labels.tolist()))}
        answers = {name: would_more_time_pay(*three, known).outcome for name, known in asked.items()}
        scores = [100 * score(at, labels) for at in three]
        mistaken = [100 * float(at.mistaken.mean()) for at in three]
        rows.append([f"{epochs}", *scores, *mistaken, *map(str, answers.values())])
        figures.append({"epochs": epochs, "knn": scores, "mistaken": mistaken, **answers})
        print(f"{epochs} epochs done", file=sys.stderr, flush=True)
    print_table(
        [
            "epochs",
            "kNN % start",
            "as if half",
            "end",
            "mistaken % start",
            "as if half",
            "end",
            "no labels",
            "30",
            "all",
        ],
        rows,
    )
    print_json("more_time", method=arguments.method, images=len(images), runs=figures)


if __name__ == "__main__":
    main()
