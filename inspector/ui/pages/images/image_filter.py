"""Which images the gallery shows, and in which order. Knows no widget; 100,000 images take a tenth of a second."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from inspector.project import ClassRecord, ImageRecord

if TYPE_CHECKING:
    from inspector.jobs.labelling.guesses import Guesses

SHOWS = ("all", "unlabelled", "labelled", "duplicates", "near_duplicates", "unreadable")
ORDERS = {"name": "name", "newest": "newest", "label": "label", "unsure": "least sure", "unusual": "unusual first"}
_DIGITS = re.compile(r"\d+")
_LONGEST_NUMBER = 20  # digits; a 64-bit number has as many


@dataclass(frozen=True)
class ImageFilter:
    """All conditions hold together.

    Attributes:
        show: one of SHOWS; 'unreadable' names files, so no image matches it; 'near_duplicates' come cluster by cluster.
        folder: images in or below it.
        class_name: images labelled so.
        text: part of the file's name, in any case.
        order: one of ORDERS.
        among: these images alone, in their order, whatever `order` says.
    """

    show: str = "all"
    folder: str | None = None
    class_name: str | None = None
    text: str = ""
    order: str = "name"
    among: tuple[int, ...] | None = None

    @property
    def is_open(self) -> bool:
        """Whether it lets every image through."""
        return self.show == "all" and self.folder is self.class_name is self.among is None and not self.text

    def with_classes(
        self, classes: Sequence[ClassRecord], names_today: Callable[[Iterable[str]], Mapping[str, str]]
    ) -> ImageFilter:
        """The same where classes are others: its class may have another name, be part of another one, or be gone."""
        if self.class_name is None:
            return self
        now = names_today([self.class_name])[self.class_name]
        return replace(self, class_name=now if any(record.name == now for record in classes) else None)


class ImageIndex:
    """What filtering needs of the images, made once for each list of them."""

    def __init__(self, images: Sequence[ImageRecord]) -> None:
        self.ids = np.array([image.id for image in images], dtype=np.int64)
        parts = [_split(str(image.path)) for image in images]
        self.names = [name.casefold() for _, name in parts]
        self.folders = sorted({folder for folder, _ in parts})
        number = {folder: i for i, folder in enumerate(self.folders)}
        self.folder_numbers = np.array([number[folder] for folder, _ in parts], dtype=np.int64)
        self.folder_sizes = np.bincount(self.folder_numbers, minlength=len(self.folders))
        keys = [_DIGITS.sub(_padded, name) for name in self.names]
        in_folders = np.argsort(self.folder_numbers, kind="stable").tolist()
        self.by_name = np.array(sorted(in_folders, key=keys.__getitem__), dtype=np.int64)

    def in_folder(self, folder: str) -> np.ndarray:
        """(N,) whether each image lies in or below a folder."""
        below = folder.rstrip(os.sep) + os.sep
        wanted = [i for i, known in enumerate(self.folders) if known == folder or known.startswith(below)]
        return np.isin(self.folder_numbers, wanted)


@dataclass(frozen=True)
class LabelState:
    """What is known of the images now, beside their files.

    Attributes:
        unusual: how unusual each is, by id.
        near_duplicates: the cluster of each image that has near-duplicates, by id.
    """

    labels: Mapping[int, str]
    classes: Sequence[ClassRecord] = ()
    duplicates: AbstractSet[int] = field(default_factory=frozenset)
    guesses: Guesses | None = None
    unusual: Mapping[int, float] = field(default_factory=dict)
    near_duplicates: Mapping[int, tuple[int, ...]] = field(default_factory=dict)


def matching(index: ImageIndex, wanted: ImageFilter, state: LabelState) -> list[int]:
    """The ids of the images that a filter lets through, in its order."""
    keeps = _kept(index, wanted, state)
    if wanted.among is not None:
        kept = set(index.ids[keeps].tolist())
        return [image_id for image_id in wanted.among if image_id in kept]
    order = _order(index, wanted.order, state)
    if wanted.show == "near_duplicates":
        order = _by_cluster(index, order, state)
    return index.ids[order[keeps[order]]].tolist()


def _kept(index: ImageIndex, wanted: ImageFilter, state: LabelState) -> np.ndarray:
    keeps = np.ones(len(index.ids), dtype=bool)
    if wanted.show == "unreadable":
        keeps[:] = False
    elif wanted.show == "duplicates":
        keeps &= _are_in(index, state.duplicates)
    elif wanted.show == "near_duplicates":
        keeps &= _are_in(index, state.near_duplicates.keys())
    elif wanted.show != "all":
        keeps &= _are_in(index, state.labels.keys()) == (wanted.show == "labelled")
    if wanted.folder is not None:
        keeps &= index.in_folder(wanted.folder)
    if wanted.class_name is not None:
        keeps &= _are_in(index, {i for i, name in state.labels.items() if name == wanted.class_name})
    if wanted.text:
        text = wanted.text.casefold()
        keeps &= np.fromiter((text in name for name in index.names), dtype=bool, count=len(index.names))
    return keeps


def _are_in(index: ImageIndex, image_ids: AbstractSet[int]) -> np.ndarray:
    return np.isin(index.ids, np.fromiter(image_ids, dtype=np.int64, count=len(image_ids)))


def _order(index: ImageIndex, order: str, state: LabelState) -> np.ndarray:
    """Positions of the images (N,) in an order; images that it does not tell apart stay in that of their names."""
    if order == "newest":
        return np.argsort(-index.ids, kind="stable")
    if order == "label":
        return index.by_name[np.argsort(_class_numbers(index, state)[index.by_name], kind="stable")]
    if order == "unsure":
        return index.by_name[np.argsort(_confidences(index, state.guesses)[index.by_name], kind="stable")]
    if order == "unusual":
        scores = np.array([state.unusual.get(image_id, -np.inf) for image_id in index.ids.tolist()])
        return index.by_name[np.argsort(-scores[index.by_name], kind="stable")]
    return index.by_name


def _by_cluster(index: ImageIndex, order: np.ndarray, state: LabelState) -> np.ndarray:
    """An order in which near-duplicates stand side by side, each cluster where its first image was."""
    first: dict[tuple[int, ...], int] = {}
    ids = index.ids[order].tolist()
    places = [first.setdefault(state.near_duplicates.get(i, (i,)), place) for place, i in enumerate(ids)]
    return order[np.argsort(places, kind="stable")]


def _class_numbers(index: ImageIndex, state: LabelState) -> np.ndarray:
    """(N,) the place of each image's class among the classes; images without a label come last."""
    place = {record.name: i for i, record in enumerate(state.classes)}
    last = len(place)
    return np.array([place.get(state.labels.get(image_id, ""), last) for image_id in index.ids.tolist()])


def _confidences(index: ImageIndex, guesses: Guesses | None) -> np.ndarray:
    """(N,) how sure the guess on each image is; images without one come last."""
    sure = np.full(len(index.ids), np.inf)
    if guesses is not None and len(guesses.image_ids):
        place = np.searchsorted(guesses.image_ids, index.ids).clip(max=len(guesses.image_ids) - 1)
        is_guessed = guesses.image_ids[place] == index.ids
        sure[is_guessed] = guesses.best()[1][place[is_guessed]]
    return sure


def _split(path: str) -> tuple[str, str]:
    """Folder and name, as os.path.split gives them at eight times the cost."""
    folder, _, name = path.rpartition(os.sep)
    return os.path.split(path) if _is_root(folder) else (folder, name)


def _is_root(folder: str) -> bool:
    r"""Whether a folder ends in a separator when it is written whole: '/', 'C:\', '\\server\share\'."""
    return not folder or folder.endswith(":") or (folder.startswith(2 * os.sep) and folder.count(os.sep) == 3)


def _padded(digits: re.Match[str]) -> str:
    """'coil 9' before 'coil 10'. As strings 100,000 names sort three times as fast as by `wording.natural_key`."""
    return digits.group().zfill(_LONGEST_NUMBER)
