"""`inspector samples`: write generated sample images, a folder a class."""

from __future__ import annotations

import argparse

from inspector.cli.choices import path, positive_int, seed

PER_CLASS, SIZE_PX = 60, 200
LOCAL_IMAGES = 1000
OWNER = {"--per-class": "strip", "--size": "strip", "--images": "local", "--mask": "local"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.set_defaults(usage_error=parser.error)
    parser.add_argument("folder", metavar="DIR", type=path, help="a new or empty folder")
    parser.add_argument(
        "--kind",
        choices=("strip", "local"),
        default="strip",
        help="strip: large defects, all one size; local: small defects, unequal sizes (default: strip)",
    )
    parser.add_argument(
        "--per-class", metavar="N", type=positive_int, help=f"strip: images of each class (default: {PER_CLASS})"
    )
    parser.add_argument(
        "--size", metavar="PX", type=positive_int, help=f"strip: side of an image, 32 to 2048 (default: {SIZE_PX})"
    )
    parser.add_argument(
        "--images", metavar="N", type=positive_int, help=f"local: images of all classes (default: {LOCAL_IMAGES})"
    )
    parser.add_argument(
        "--mask", action="store_true", default=None, help="local: write to DIR-masks where each defect shows"
    )
    parser.add_argument("--seed", metavar="S", type=seed, default=0, help="the same seed, the same images (default: 0)")


def run(args: argparse.Namespace) -> int:
    """Draw the images and say where they lie."""
    for option, kind in OWNER.items():
        if kind != args.kind and getattr(args, option.strip("-").replace("-", "_")) is not None:
            args.usage_error(f"{option} belongs to --kind {kind}, and this is --kind {args.kind}")
    return _write_strip(args) if args.kind == "strip" else _write_local(args)


def _write_strip(args: argparse.Namespace) -> int:
    from inspector.cli.progress import follow
    from inspector.samples import CLASSES, write_samples

    per_class, size = args.per_class or PER_CLASS, args.size or SIZE_PX
    last = follow(write_samples(args.folder, per_class=per_class, size=size, seed=args.seed))
    print(f"{last.done} images of {len(CLASSES)} classes lie in {args.folder.resolve()}")
    return 0


def _write_local(args: argparse.Namespace) -> int:
    from inspector.cli.progress import follow
    from inspector.samples import LOCAL_CLASSES, write_local_samples

    folder = args.folder.resolve()
    # not inside: an import would take the masks for images
    masks = folder.parent / f"{folder.name}-masks" if args.mask else None
    images = args.images or LOCAL_IMAGES
    last = follow(write_local_samples(args.folder, images=images, seed=args.seed, mask_folder=masks))
    where_masks = "" if masks is None else f", their masks in {masks}"
    print(f"{last.done} images of {len(LOCAL_CLASSES)} classes lie in {folder}{where_masks}")
    return 0
