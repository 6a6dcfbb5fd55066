"""The folders of the images as a tree with counts. Knows no widget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path


@dataclass(frozen=True)
class FolderNode:
    """A folder: how many images lie in and below it, and the folders below it that hold some."""

    path: str
    name: str
    images: int
    children: tuple[FolderNode, ...] = ()


def folder_tree(images_in: Mapping[str, int]) -> tuple[FolderNode, ...]:
    """The trees of folders, each with the number of images that lie in it directly.

    A folder that holds nothing but one other folder is left out, so that trees begin where they branch.
    """
    below: dict[Path, set[Path]] = {}
    tops: set[Path] = set()
    for folder in map(Path, images_in):
        chain = [folder, *folder.parents]
        for child, parent in pairwise(chain):
            below.setdefault(parent, set()).add(child)
        tops.add(chain[-1])
    return tuple(_node(top, below, images_in) for top in sorted(tops))


def _node(folder: Path, below: Mapping[Path, set[Path]], images_in: Mapping[str, int]) -> FolderNode:
    own = images_in.get(str(folder), 0)
    while not own and len(below.get(folder, ())) == 1:
        (folder,) = below[folder]
        own = images_in.get(str(folder), 0)
    children = tuple(_node(child, below, images_in) for child in sorted(below.get(folder, ())))
    total = own + sum(child.images for child in children)
    return FolderNode(str(folder), folder.name or str(folder), total, children)
