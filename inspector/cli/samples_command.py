"""`inspector samples`: write generated sample images, a folder a class."""

from __future__ import annotations

import argparse
from pathlib import Path

from inspector.cli.choices import positive_int, seed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("folder", metavar="DIR", type=Path, help="a new or empty folder")
    parser.add_argument(
        "--per-class", metavar="N", type=positive_int, default=60, help="images of each class (default: 60)"
    )
    parser.add_argument(
        "--size", metavar="PX", type=positive_int, default=200, help="side of an image, 32 to 2048 (default: 200)"
    )
    parser.add_argument("--seed", metavar="S", type=seed, default=0, help="the same seed, the same images (default: 0)")


def run(args: argparse.Namespace) -> int:
    """Draw the images and say where they lie."""
    from inspector.cli.progress import follow
    from inspector.samples import CLASSES, write_samples

    last = follow(write_samples(args.folder, per_class=args.per_class, size=args.size, seed=args.seed))
    print(f"{last.done} images of {len(CLASSES)} classes lie in {args.folder.resolve()}")
    return 0
