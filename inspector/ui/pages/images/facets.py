"""The rows of the facet list: what can be shown, with counts. Knows no widget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inspector.ui.pages.images.folder_tree import FolderNode

SHOW_ROWS = (
    ("all", "All images", "images"),
    ("unlabelled", "Not labelled", "label"),
    ("labelled", "Labelled", "check"),
    ("duplicates", "Duplicates", "similar"),
    ("near_duplicates", "Near-duplicates", "similar"),
    ("unreadable", "Unreadable", "error"),
)


@dataclass(frozen=True)
class Facet:
    """A row: `section` is 'show', 'folder' or 'class', `key` what it stands for there; classes have no icon."""

    section: str
    key: str
    text: str
    count: int
    icon_name: str = ""
    children: tuple[Facet, ...] = ()


@dataclass(frozen=True)
class FacetSection:
    """A heading and the rows below it."""

    title: str
    facets: tuple[Facet, ...]


def facet_sections(
    *,
    images: int,
    labelled: int,
    duplicates: int,
    near_duplicates: int = 0,
    unreadable: int,
    folders: Sequence[FolderNode],
    classes: Mapping[str, int],
) -> list[FacetSection]:
    """All sections that have rows; `classes` are the numbers of labels by name."""
    counts = {
        "all": images,
        "unlabelled": images - labelled,
        "labelled": labelled,
        "duplicates": duplicates,
        "near_duplicates": near_duplicates,
        "unreadable": unreadable,
    }
    sections = [
        FacetSection("Show", tuple(Facet("show", key, text, counts[key], icon) for key, text, icon in SHOW_ROWS)),
        FacetSection("Folder", tuple(map(_folder_facet, folders))),
        FacetSection("Class", tuple(Facet("class", name, name, count) for name, count in classes.items())),
    ]
    return [section for section in sections if section.facets]


def _folder_facet(node: FolderNode) -> Facet:
    children = tuple(map(_folder_facet, node.children))
    return Facet("folder", node.path, node.name, node.images, "folder", children)
