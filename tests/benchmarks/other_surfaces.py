"""Do the choices made on one surface hold on others? `inspector experiment` on altered images and on generated ones.

    python tests/benchmarks/other_surfaces.py [FOLDER] --work DIR [--only NAME,NAME] [--per-class 100] [--epochs 60]
        [--methods simclr,hybrid] [--augment brightness=0.4]

Of a folder of class folders so many images a class are written to DIR at other magnifications, with less contrast and
uneven light, blurred, noisy, and with classes left out; beside them generated samples of two seeds, one of them of
another size and in colour. Each is an experiment of its own: SimCLR and the hybrid are pretrained on four fifths and
judged on the last, with and without the texture spectrum beside them. The last columns say what the defaults gain over
what they stand instead of, in points. `--augment` makes views otherwise than by default, to compare. DIR keeps what is
measured, and a later call goes on there.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from models.system.process import prepare_process

prepare_process()

import numpy as np  # noqa: E402
from common import print_json, print_table  # noqa: E402
from PIL import Image, ImageFilter  # noqa: E402

from inspector.cli.progress import follow  # noqa: E402
from inspector.jobs.experiment import ExperimentRequest, experiment  # noqa: E402
from inspector.samples import write_samples  # noqa: E402
from models.images.reading import walk  # noqa: E402

Change = Callable[[Image.Image, np.random.Generator], Image.Image]
AMOUNTS = ("1 a class", "5 a class", "10 %", "all")
TEXTURE, SIMCLR, HYBRID = "texture spectrum", "SimCLR, encoder alone", "Hybrid, encoder alone"
SIMCLR_FUSED, HYBRID_FUSED = "SimCLR, fused", "Hybrid, fused"
ROWS = (TEXTURE, SIMCLR, HYBRID, SIMCLR_FUSED, HYBRID_FUSED)
COMPARED = ((HYBRID, SIMCLR), (HYBRID_FUSED, SIMCLR_FUSED), (HYBRID_FUSED, TEXTURE))
LEFT_OUT = 2  # classes


def enlarged(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A window of half the side, drawn at the old size."""
    width, height = image.size
    left, top = int(rng.integers(width - width // 2 + 1)), int(rng.integers(height - height // 2 + 1))
    window = image.crop((left, top, left + width // 2, top + height // 2))
    return window.resize((width, height), Image.Resampling.BICUBIC)


def half_size(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Half as many pixels a millimetre."""
    return image.resize((image.width // 2, image.height // 2), Image.Resampling.LANCZOS)


def dim(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A third of the contrast, another brightness in each image, and light that falls off to one side."""
    pixels = np.asarray(image, dtype=np.float32)
    falling = np.linspace(rng.uniform(-25, 25), 0, pixels.shape[1], dtype=np.float32)
    changed = 0.35 * (pixels - pixels.mean()) + rng.uniform(70, 170) + falling
    return Image.fromarray(changed.clip(0, 255).round().astype(np.uint8))


def blurred(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Out of focus."""
    return image.filter(ImageFilter.GaussianBlur(2))


def noisy(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Noise of 20 grey levels."""
    pixels = np.asarray(image, dtype=np.float32) + rng.normal(0, 20, (image.height, image.width))
    return Image.fromarray(pixels.clip(0, 255).round().astype(np.uint8))


def unchanged(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """As it is."""
    return image


def tinted(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """In colour, at 1.28 times the size."""
    grey = np.asarray(image.resize((256, 256), Image.Resampling.BICUBIC), dtype=np.float32)
    shades = np.array([1.0, 0.85, 0.6]) * rng.uniform(0.9, 1.1, 3)
    return Image.fromarray((grey[..., None] * shades).clip(0, 255).round().astype(np.uint8))


CHANGES: dict[str, Change] = {
    "unchanged": unchanged,
    "enlarged": enlarged,
    "half-size": half_size,
    "dim": dim,
    "blurred": blurred,
    "noisy": noisy,
}


def write_altered(source: Path, target: Path, change: Change, *, per_class: int, classes: slice = slice(None)) -> None:
    """So many images of each class, drawn by a fixed seed and changed; `classes` of them in alphabetical order."""
    if target.exists():
        return
    by_class: dict[str, list[Path]] = {}
    for path in walk(source):
        by_class.setdefault(path.parent.name, []).append(path)
    for number, name in enumerate(sorted(by_class)[classes]):
        rng, paths = np.random.default_rng(number), sorted(by_class[name])
        folder = target.with_suffix(".part") / name
        folder.mkdir(parents=True, exist_ok=True)
        for index in sorted(rng.permutation(len(paths))[:per_class]):
            with Image.open(paths[index]) as image:
                change(image.convert("L"), rng).save(folder / f"{paths[index].stem}.png")
    target.with_suffix(".part").rename(target)


def surfaces(folder: Path | None, work: Path, per_class: int, only: list[str] | None) -> dict[str, Path]:
    """The folders to measure, by name; written if they are not there."""
    makers: dict[str, Callable[[Path], None]] = {}
    if folder is not None:
        for name, change in CHANGES.items():
            makers[name] = lambda path, change=change: write_altered(folder, path, change, per_class=per_class)
        makers["fewer-classes"] = lambda path: write_altered(
            folder, path, unchanged, per_class=per_class, classes=slice(LEFT_OUT, None)
        )
    makers["samples"] = lambda path: _samples(path, seed=21, per_class=per_class)
    makers["samples-in-colour"] = lambda path: _tinted_samples(path, seed=22, per_class=per_class)
    unknown = [name for name in only or () if name not in makers]
    if unknown:
        sys.exit(f"{unknown[0]!r} is not one of {', '.join(makers)}.")
    chosen = {name: work / "images" / name for name in makers if not only or name in only}
    for name, path in chosen.items():
        makers[name](path)
    return chosen


def _samples(path: Path, *, seed: int, per_class: int) -> None:
    if not path.exists():
        follow(write_samples(path, per_class=per_class, seed=seed), quiet=True)


def _tinted_samples(path: Path, *, seed: int, per_class: int) -> None:
    grey = path.with_name(path.name + "-grey")
    _samples(grey, seed=seed, per_class=per_class)
    write_altered(grey, path, tinted, per_class=per_class)


def show(measured: dict[str, dict[str, dict[str, float]]]) -> None:
    """A table for each amount of labels."""
    kinds = next(iter(measured.values()))
    rows = [row for row in ROWS if row in kinds]
    compared = [pair for pair in COMPARED if set(pair) <= set(rows)]
    for amount in AMOUNTS:
        print(f"\naccuracy %, {amount}")
        lines = []
        for name, accuracy in measured.items():
            values = {row: 100 * accuracy[row][amount] for row in rows}
            lines.append([name, *values.values(), *(values[first] - values[second] for first, second in compared)])
        print_table(["", *rows, *(f"{first} - {second}" for first, second in compared)], lines)


def main() -> None:
    """Run, and print after each surface."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", help="of class folders; without it generated samples alone")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--only", help="names of surfaces")
    parser.add_argument("--per-class", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--methods", default="simclr,hybrid")
    parser.add_argument(
        "--augment", default="", help="fields of AugmentConfig instead of the defaults: NAME=NUMBER,..."
    )
    arguments = parser.parse_args()
    only = arguments.only.split(",") if arguments.only else None
    pairs = (pair.split("=") for pair in arguments.augment.split(",") if pair)
    augment = {name: float(value) for name, value in pairs}
    results = "-".join(["results", *(f"{name}-{value:g}" for name, value in augment.items())])
    measured, unseen = {}, {}
    for name, path in surfaces(arguments.folder, arguments.work, arguments.per_class, only).items():
        print(f"{name}:", file=sys.stderr)
        request = ExperimentRequest(
            path,
            arguments.work / results / name,
            methods=tuple(arguments.methods.split(",")),
            features_only=True,
            epochs=arguments.epochs,
            augment=augment,
        )
        finished = follow(experiment(request))
        measured[name], unseen[name] = finished.accuracy, finished.unseen
        show({name: finished.accuracy})
    print(f"\nall, each judged on as many unseen images: {unseen}")
    show(measured)
    print_json("other_surfaces", augment=augment, accuracy=measured, unseen=unseen)


if __name__ == "__main__":
    main()
