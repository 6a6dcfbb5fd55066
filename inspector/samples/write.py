"""A folder of sample pictures, a sub-folder a class."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np

from inspector.samples.local import GOOD, LOCAL_CLASSES, LOCAL_SHARES, draw_local
from inspector.samples.strip import CLASSES, draw
from models.errors import KnownError
from models.events import Progress
from models.storage.files import refuse_taken, write_atomically

SIZES_PX = range(32, 2049)  # a defect cannot be told in less, and more than a screen is of no use as a sample
PER_CLASS = range(1, 100_001)
FEWEST_OF_A_DEFECT = 3
LOCAL_IMAGES = range(20, 100_001)  # with fewer, defects would outnumber what is good


def write_samples(folder: Path, *, per_class: int = 60, size: int = 200, seed: int = 0) -> Iterator[Progress]:
    """Draw `per_class` pictures of each class into `folder`: `crazing/crazing_0001.png` and so on, 8-bit grey.

    An event follows each picture. The classes take turns, so that a run that is stopped leaves a balanced folder.

    Raises:
        KnownError: a number is out of range, the folder holds something already, or it can't be written.
    """
    if size not in SIZES_PX:
        raise KnownError(f"The size is {size} px: choose one from {SIZES_PX[0]} to {SIZES_PX[-1]} px.")
    if per_class not in PER_CLASS:
        raise KnownError(f"{per_class} images a class were asked for: choose from {PER_CLASS[0]} to {PER_CLASS[-1]}.")
    _check_seed(seed)
    refuse_taken(folder, "the samples")
    _make_folders(folder, CLASSES)
    total = per_class * len(CLASSES)
    for done in range(total):
        index, class_index = divmod(done, len(CLASSES))
        name = CLASSES[class_index]
        _write_png(_path(folder, name, index), draw(name, size=size, seed=seed, index=index))
        yield Progress("samples", done + 1, total)


def write_local_samples(
    folder: Path, *, images: int = 1000, seed: int = 0, mask_folder: Path | None = None
) -> Iterator[Progress]:
    """Draw `images` busy surfaces into `folder`, most of them good, the others with one small defect.

    The files are `good/good_0001.png`, `crack/crack_0001.png` and so on, 8-bit grey; in `mask_folder` a file of the
    same name is 255 where the defect shows and 0 elsewhere. An event follows each picture. The classes keep their
    shares all along, so that a run that is stopped leaves them about right.

    Raises:
        KnownError: a number is out of range, a folder holds something already, or it can't be written.
    """
    if images not in LOCAL_IMAGES:
        raise KnownError(f"{images} images were asked for: choose from {LOCAL_IMAGES[0]} to {LOCAL_IMAGES[-1]}.")
    _check_seed(seed)
    folders = [folder] if mask_folder is None else [folder, mask_folder]
    for each in folders:
        refuse_taken(each, "the samples")
    for each in folders:
        _make_folders(each, LOCAL_CLASSES)
    for done, (name, index) in enumerate(_in_turn(local_counts(images)), start=1):
        image, mask = draw_local(seed=seed, index=index, class_name=name)
        if mask_folder is not None:
            _write_png(_path(mask_folder, name, index), np.where(mask, 255, 0).astype(np.uint8))
        _write_png(_path(folder, name, index), image)
        yield Progress("samples", done, images)


def local_counts(images: int) -> dict[str, int]:
    """How many of `images` pictures belong to each class of `LOCAL_CLASSES`; at least three to each defect."""
    counts = {name: max(round(LOCAL_SHARES[name] * images), FEWEST_OF_A_DEFECT) for name in LOCAL_CLASSES}
    counts[GOOD] += images - sum(counts.values())
    return counts


def _in_turn(counts: dict[str, int]) -> list[tuple[str, int]]:
    """Class and index of every picture, each class spread evenly over the run."""
    all_of_them = [(name, index) for name, count in counts.items() for index in range(count)]
    return sorted(all_of_them, key=lambda picture: (picture[1] + 0.5) / counts[picture[0]])


def _check_seed(seed: int) -> None:
    if seed < 0:
        raise KnownError(f"The seed is {seed}: choose 0 or a positive whole number.")


def _make_folders(folder: Path, classes: Iterable[str]) -> None:
    try:
        for name in classes:
            (folder / name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unusable(folder, error) from error


def _unusable(folder: Path, error: OSError) -> KnownError:
    reason = error.strerror or type(error).__name__
    return KnownError(f"{folder} cannot be made ({reason}): choose another place.")


def _path(folder: Path, name: str, index: int) -> Path:
    return folder / name / f"{name}_{index + 1:04}.png"


def _write_png(path: Path, image: np.ndarray) -> None:
    write_atomically(path, cv2.imencode(".png", image)[1].tobytes())
