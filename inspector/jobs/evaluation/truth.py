"""The labelled images that may judge a run: the project's own that it was not trained on, or those of a CSV."""

from __future__ import annotations

from collections.abc import Generator, Sequence
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
        content_hash: of what the file holds, or held when it was imported; None if it can't be read.
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
    """The images of a CSV, each once: absolute paths, relative to it, to an imported folder, or to the current one.

    Classes that it calls by a former name are called as today.

    Raises:
        KnownError: the file can't be used, gives one image two labels, or names no image or label.
    """
    from inspector.project import read_label_csv
    from inspector.project.label_csv import labels_by_image

    rows = [(path, label) for path, label in read_label_csv(file) if label]
    if not rows:
        raise KnownError(f"{file} holds no label to judge by: fill in its column label.")
    names = project.names_today({label for _, label in rows})
    rows = [(path, names[label]) for path, label in rows]
    named = _named_images(project, file, [path for path, _ in rows])
    unknown = [path for path, _ in rows if path not in named]
    if unknown:
        shown = ", ".join(unknown[:3]) + (", ..." if len(unknown) > 3 else "")
        yield Notice(f"{len(unknown):,} paths of {file} lead to no file and are left out: {shown}", warning=True)
    if not named:
        raise KnownError(f"No path of {file} leads to an image; paths may be relative to the CSV's own folder.")
    labels = labels_by_image(file, rows, {path: image.key for path, image in named.items()})
    return [
        TruthImage(image.path, labels[key], image.content_hash, image.image_id)
        for key, image in {image.key: image for image in named.values()}.items()
    ]


@dataclass(frozen=True)
class _NamedImage:
    """What a row of a CSV names: an image of the project, or any other file."""

    path: Path
    content_hash: str | None
    image_id: int | None

    @property
    def key(self) -> str | Path:
        """Equal for one image at two paths; a file that can't be read is known by its path alone."""
        return self.content_hash or self.path


def _named_images(project: Project, file: Path, paths: Sequence[str]) -> dict[str, _NamedImage]:
    """By path as it is written; those that lead to no file are left out.

    A file beside the CSV goes before an image of the project that lies at the same place below an imported folder.
    """
    beside = {path: found for path in paths if (found := _file_in(file.absolute().parent, path))}
    asked = {path: str(beside.get(path, path)) for path in paths}
    ids = project.image_ids_by_path(asked.values(), base=file.absolute().parent)
    hashes = {image.id: image.content_hash for image in project.images()}
    ids_by_hash = {content_hash: image_id for image_id, content_hash in hashes.items()}
    named = {}
    for path in asked:
        image_id = ids.get(asked[path])
        if image_id is not None:
            named[path] = _NamedImage(project.image_path(image_id), hashes[image_id], image_id)
        elif found := beside.get(path) or _file_in(Path(), path):
            content_hash = _content_hash(found)
            named[path] = _NamedImage(found, content_hash, ids_by_hash.get(content_hash))
    return named


def _file_in(folder: Path, text: str) -> Path | None:
    """The file that a path relative to the folder names, with either slash; None if there is none."""
    spellings = (folder / spelling for spelling in (text, text.replace("\\", "/")))
    return next((path for path in spellings if path.is_file()), None)


def _content_hash(path: Path) -> str | None:
    from models.images.reading import ImageError, content_hash, read_bytes

    try:
        return content_hash(read_bytes(path))
    except ImageError:
        return None
