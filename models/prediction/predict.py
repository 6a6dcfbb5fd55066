"""Batch classification: a folder of images into results.csv, however many there are.

A few threads decode while the classifier computes; only a bounded number of images is in memory. Rows are written a
batch at a time, in the order in which the folder is walked; a job that was stopped goes on after its last whole row.
"""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from models.errors import KnownError
from models.events import Notice, Progress
from models.images.decoded_batches import DecodedFile, decoded_batches
from models.images.reading import IMAGE_SUFFIXES, walk
from models.images.settings import ImageSettings
from models.prediction.class_folders import ClassFolders, refuse_overlap
from models.prediction.map_pictures import MapPictures
from models.prediction.partial_results import PartialResults
from models.prediction.results_csv import DECIMALS, Result, needs_review, printable

REVIEW_BELOW = 0.6
BATCH_IMAGES = 64
MAX_THREADS = 8
COUNTED_AT_ONCE = 5_000  # files


class ImageClassifier(Protocol):
    """What `classify` needs of a classifier."""

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the K classes."""

    @property
    def image_settings(self) -> ImageSettings:
        """How files become pixels."""

    @property
    def no_maps(self) -> str | None:
        """Why there are no maps of where the decision comes from; None where there are."""

    @property
    def plain_class(self) -> str | None:
        """The class of images without a defect, if the classifier knows of one."""

    def maps(self, images: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Where the decision on each of B uint8 images (C, H, W) comes from: (H, W) float32, 0 to 1."""

    def probabilities(self, images: Sequence[np.ndarray]) -> np.ndarray:
        """B uint8 images (C, H, W) of any size -> probabilities (B, K) whose rows sum to 1."""


@dataclass(frozen=True)
class Classified:
    """Rows that were just written, or that an earlier run that was stopped had written."""

    results: tuple[Result, ...]


@dataclass(frozen=True)
class ClassifyDone:
    """The whole results.csv lies at `out`.

    Attributes:
        images: rows, files that can't be used included.
        errors: files that can't be used.
        needs_review: rows that need review, `errors` included.
        unfamiliar: images unlike all that was learned from, of which no class can be told.
        labels: number of images by class, those that need review included.
        seconds: of this run; `images_per_second` counts the files of this run alone.
    """

    images: int
    errors: int
    needs_review: int
    unfamiliar: int
    labels: dict[str, int]
    seconds: float
    images_per_second: float
    out: Path

    def to_json(self) -> dict[str, Any]:
        """As `classify --json` prints it."""
        return {
            "images": self.images,
            "errors": self.errors,
            "needs_review": self.needs_review,
            "unfamiliar": self.unfamiliar,
            "seconds": round(self.seconds, 3),
            "images_per_second": round(self.images_per_second, 1),
            "labels": self.labels,
            "out": str(self.out),
        }


def classify(
    folder: Path,
    classifier: ImageClassifier,
    *,
    out: Path,
    model_hash: str,
    review_below: float = REVIEW_BELOW,
    sort_into: Path | None = None,
    maps_into: Path | None = None,
    batch_images: int = BATCH_IMAGES,
    threads: int | None = None,
    with_earlier: bool = False,
) -> Iterator[Notice | Progress | Classified | ClassifyDone]:
    """Classify every file below `folder` that is named like an image; ends with ClassifyDone.

    Closing the generator keeps the rows written so far, and the same call goes on after them; files that have changed
    since keep their rows.

    Args:
        out: the CSV to write; what is there stays until the new one is whole.
        model_hash: by which a later call knows the classifier again.
        review_below: an image needs review if its confidence is below.
        sort_into: where copies of the images go, a folder a class; those that need review go to 'needs review', those
            that can't be read nowhere.
        maps_into: where a picture of each image that may have a defect goes, with what the decision comes from.
        threads: that decode; by default one a processor, up to 8.
        with_earlier: whether the rows of an earlier run that was stopped come first, as events too.

    Raises:
        KnownError: `folder` is missing or holds no images, `out`, `sort_into` or `maps_into` can't be written, the disk
            is full, or the classifier has no maps that can be believed.
    """
    started = time.perf_counter()
    if sort_into is not None:
        refuse_overlap(folder, sort_into)
    pictures = None if maps_into is None else _pictures(folder, classifier, maps_into)
    total = yield from _count(folder)
    job = _job(folder, model_hash, review_below, sort_into, maps_into)
    copies = None if sort_into is None else ClassFolders(sort_into, classifier.classes)
    with PartialResults(out, job=job) as rows:
        yield from _notices(rows)
        before = rows.tally.images
        if with_earlier:
            for results in rows.earlier():
                yield Classified(results)
        todo = (path for path in walk(folder) if _name(folder, path) not in rows)
        with closing(
            decoded_batches(
                todo, classifier.image_settings, batch_images=batch_images, threads=threads or _default_threads()
            )
        ) as batches:
            for batch in batches:
                results = _results(folder, batch, classifier, review_below)
                if copies is not None:
                    _copy(copies, batch, results)
                if pictures is not None:
                    _draw(pictures, classifier, batch, results)
                rows.append(results)
                yield Classified(results)
                yield Progress("classify", rows.tally.images, max(total, rows.tally.images))
        rows.finish()
    seconds = time.perf_counter() - started
    yield ClassifyDone(
        images=rows.tally.images,
        errors=rows.tally.errors,
        needs_review=rows.tally.needs_review,
        unfamiliar=rows.tally.unfamiliar,
        labels={name: rows.tally.labels[name] for name in classifier.classes},
        seconds=seconds,
        images_per_second=(rows.tally.images - before) / seconds,
        out=out,
    )


def _pictures(folder: Path, classifier: ImageClassifier, root: Path) -> MapPictures:
    """Where maps go.

    Raises:
        KnownError: there are none, or they would lie among the images.
    """
    refuse_overlap(folder, root)
    if classifier.no_maps is not None:
        raise KnownError(f"No maps can be written: {classifier.no_maps}.")
    return MapPictures(root)


def _draw(
    pictures: MapPictures, classifier: ImageClassifier, batch: list[DecodedFile], results: Iterable[Result]
) -> None:
    """A picture of each image that is not plainly free of defects."""
    shown = [
        (result.path, image.pixels)
        for image, result in zip(batch, results, strict=True)
        if image.pixels is not None and (result.label != classifier.plain_class or result.needs_review)
    ]
    maps = classifier.maps([pixels for _, pixels in shown])
    for (name, pixels), heat in zip(shown, maps, strict=True):
        pictures.write(name, pixels, heat)


def _count(folder: Path) -> Generator[Progress, None, int]:
    """The number of files to classify. It tells how far it is, so that a long search can be stopped."""
    files, found = walk(folder), 0
    while counted := sum(1 for _ in islice(files, COUNTED_AT_ONCE)):
        found += counted
        yield Progress("search", found, found, "files")
    if not found:
        suffixes = ", ".join(sorted(suffix[1:] for suffix in IMAGE_SUFFIXES))
        raise KnownError(f"The folder {folder} holds no images: no file in it is named {suffixes}.")
    return found


def _job(
    folder: Path, model_hash: str, review_below: float, sort_into: Path | None, maps_into: Path | None
) -> dict[str, Any]:
    """All that decides on the rows, as JSON values."""
    return {
        "format": 2,
        "folder": os.path.realpath(folder),
        "model": model_hash,
        "review_below": review_below,
        "sort_into": None if sort_into is None else os.path.realpath(sort_into),
        "maps_into": None if maps_into is None else os.path.realpath(maps_into),
    }


def _notices(rows: PartialResults) -> Iterator[Notice]:
    if rows.replaced:
        yield Notice(
            f"The unfinished results beside {rows.out} are of another folder, model or setting; starting anew."
        )
    elif rows.tally.images:
        yield Notice(f"Going on after the {rows.tally.images:,} rows of an earlier run that was stopped.")


def _name(folder: Path, path: Path) -> str:
    return printable(path.relative_to(folder).as_posix())


def _default_threads() -> int:
    return min(MAX_THREADS, os.cpu_count() or 1)


def _results(
    folder: Path, batch: list[DecodedFile], classifier: ImageClassifier, review_below: float
) -> tuple[Result, ...]:
    pixels = [image.pixels for image in batch if image.pixels is not None]
    probabilities = iter(classifier.probabilities(pixels) if pixels else ())
    return tuple(
        Result(_name(folder, image.path), error=printable(image.error))
        if image.pixels is None
        else _result(_name(folder, image.path), next(probabilities), classifier.classes, review_below)
        for image in batch
    )


def _result(name: str, probabilities: np.ndarray, classes: tuple[str, ...], review_below: float) -> Result:
    first, second = np.argsort(-probabilities, kind="stable")[:2]
    confidence = round(float(probabilities[first]), DECIMALS)  # as written, so that the file agrees with itself
    return Result(
        path=name,
        label=classes[first],
        confidence=confidence,
        second_label=classes[second],
        second_confidence=round(float(probabilities[second]), DECIMALS),
        needs_review=needs_review(confidence, review_below=review_below),
    )


def _copy(copies: ClassFolders, batch: list[DecodedFile], results: Iterable[Result]) -> None:
    for image, result in zip(batch, results, strict=True):
        if image.pixels is not None:
            copies.copy(image.path, label=result.label, needs_review=result.needs_review)
