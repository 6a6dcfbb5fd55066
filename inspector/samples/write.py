"""A folder of sample pictures, a sub-folder a class."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2

from inspector.samples.strip import CLASSES, draw
from models.errors import KnownError
from models.events import Progress
from models.files import write_atomically

SIZES_PX = range(32, 2049)  # a defect cannot be told in less, and more than a screen is of no use as a sample
PER_CLASS = range(1, 100_001)


def write_samples(folder: Path, *, per_class: int = 60, size: int = 200, seed: int = 0) -> Iterator[Progress]:
    """Draw `per_class` pictures of each class into `folder`: `crazing/crazing_0001.png` and so on, 8-bit grey.

    An event follows each picture. The classes take turns, so that a run that is stopped leaves a balanced folder.

    Raises:
        KnownError: a number is out of range, the folder holds something already, or it can't be written.
    """
    _check_numbers(per_class=per_class, size=size, seed=seed)
    _make_folders(folder)
    total = per_class * len(CLASSES)
    for done in range(total):
        index, class_index = divmod(done, len(CLASSES))
        name = CLASSES[class_index]
        image = draw(name, size=size, seed=seed, index=index)
        write_atomically(folder / name / f"{name}_{index + 1:04}.png", cv2.imencode(".png", image)[1].tobytes())
        yield Progress("samples", done + 1, total)


def _check_numbers(*, per_class: int, size: int, seed: int) -> None:
    if size not in SIZES_PX:
        raise KnownError(f"The size is {size} px: choose one from {SIZES_PX[0]} to {SIZES_PX[-1]} px.")
    if per_class not in PER_CLASS:
        raise KnownError(f"{per_class} images a class were asked for: choose from {PER_CLASS[0]} to {PER_CLASS[-1]}.")
    if seed < 0:
        raise KnownError(f"The seed is {seed}: choose 0 or a positive whole number.")


def _make_folders(folder: Path) -> None:
    try:
        if folder.exists() and not folder.is_dir():
            raise KnownError(f"{folder} is a file: name a folder for the samples.")
        if folder.is_dir() and any(folder.iterdir()):
            raise KnownError(f"{folder} is not empty: name a new folder, or empty this one first.")
        for name in CLASSES:
            (folder / name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise KnownError(f"{folder} cannot be made ({reason}): choose another place.") from error
