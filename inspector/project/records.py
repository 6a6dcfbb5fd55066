"""What the project folder hands out: small frozen records, without any connection to the database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Change:
    """Which kinds of thing a call changed, so that a window refreshes only those.

    `labels` holds the ids of the images whose label is another one now.
    """

    labels: frozenset[int] = frozenset()
    classes: bool = False
    images: bool = False
    runs: bool = False
    splits: bool = False


@dataclass(frozen=True)
class ImageRecord:
    """One image, known by its content. `path` is where it was last seen; `mode` is 'grey' or 'colour'."""

    id: int
    content_hash: str
    width: int
    height: int
    mode: str
    path: Path


@dataclass(frozen=True)
class UnreadableFile:
    """A file that looks like an image by its name and can't be used, with the reason."""

    path: Path
    reason: str


@dataclass(frozen=True)
class ImportFinished:
    """How an import ended: the counts of the whole project.

    `duplicates` counts images that lie at more than one path, `new_images` those that no import had seen before.
    """

    images: int
    paths: int
    duplicates: int
    unreadable: int
    new_images: int
    seconds: float


@dataclass(frozen=True)
class ClassRecord:
    """A class with its colour ('#RRGGBB') and its key in the label page, if it has one."""

    id: int
    name: str
    colour: str
    hotkey: str | None


@dataclass(frozen=True)
class LabelEvent:
    """One entry of an image's label history. `kind` is 'label', 'undo' or 'redo'; `at` is UTC in ISO 8601."""

    step: str
    kind: str
    old: str | None
    new: str | None
    source: str
    who: str
    at: str


@dataclass(frozen=True)
class FolderLabels(Change):
    """The change that labelling from folder names made; `ambiguous` images lie in folders of different classes."""

    ambiguous: tuple[ImageRecord, ...] = ()


@dataclass(frozen=True)
class LabelImport:
    """What a label CSV did: how many images have their label from it, how many lost theirs, which paths are unknown."""

    change: Change
    labelled: int
    removed: int
    unknown_paths: tuple[str, ...]


@dataclass(frozen=True)
class RunRecord:
    """A run as it is stored. `state` is 'running', 'finished', 'cancelled', 'failed' or 'interrupted'.

    `created` and `finished` are UTC in ISO 8601; `message` says why a failed run failed.
    """

    id: int
    kind: str
    state: str
    config: dict[str, Any]
    metrics: dict[str, Any]
    created: str
    finished: str | None
    message: str | None
    folder: Path


@dataclass(frozen=True)
class RunEvent:
    """One logged event of a run; `at` is UTC in ISO 8601."""

    name: str
    at: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Prediction:
    """What a run says about an image, with a confidence between 0 and 1."""

    image_id: int
    class_name: str
    confidence: float
