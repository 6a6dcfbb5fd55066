"""The labelled images that may judge a run: the project's own that it was not trained on, or those of a CSV."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import KnownError
from models.events import Notice

if TYPE_CHECKING:
    from inspector.project import Project, RunRecord


@dataclass(frozen=True)
class TruthImage:
    """An image file and the class that a person gave it.

    Attributes:
        content_hash: if given, what the file held when it was imported.
        image_id: of an image of the project.
    """

    path: Path
    label: str
    content_hash: str | None = None
    image_id: int | None = None


def untrained_labels(project: Project, run: RunRecord, trained: set[int]) -> list[TruthImage]:
    """The project's labelled images that are not among the ids trained on; KnownError if there is none."""
    labels = project.labels()
    fresh = [image for image in project.images() if image.id in labels and image.id not in trained]
    if not fresh:
        raise KnownError(
            f"Run {run.id} was trained on every labelled image, so none is left to judge it by. Label more images, or "
            "name others with --labels; the cross-validated figures of the training stand in 'inspector info'."
        )
    return [TruthImage(project.image_path(image.id), labels[image.id], image.content_hash, image.id) for image in fresh]


def csv_labels(project: Project, file: Path) -> Generator[Notice, None, list[TruthImage]]:
    """The images of a CSV: absolute paths, relative to the CSV, to an imported folder, or to the current one."""
    from inspector.project import read_label_csv

    rows = [(path, label) for path, label in read_label_csv(file) if label]
    known = project.image_ids_by_path([path for path, _ in rows], base=file.parent)
    truth, unknown = [], []
    for path, label in rows:
        found = next((p for p in (file.parent / path, Path(path)) if p.is_file()), None)
        if found is None and path in known:
            found = project.image_path(known[path])
        if found is None:
            unknown.append(path)
        else:
            truth.append(TruthImage(found, label, image_id=known.get(path)))
    if unknown:
        shown = ", ".join(unknown[:3]) + (", ..." if len(unknown) > 3 else "")
        yield Notice(f"{len(unknown):,} paths of {file} lead to no file and are left out: {shown}", warning=True)
    if not truth:
        raise KnownError(f"No path of {file} leads to an image; paths may be relative to the CSV's own folder.")
    return truth
