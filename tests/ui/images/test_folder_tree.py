"""The tree of folders begins where it branches and counts what lies below."""

from __future__ import annotations

import ntpath
from pathlib import Path, PureWindowsPath
from types import SimpleNamespace

import pytest

from inspector.project import ImageRecord
from inspector.ui.pages.images import folder_tree as tree_module
from inspector.ui.pages.images import image_filter
from inspector.ui.pages.images.facets import facet_sections
from inspector.ui.pages.images.folder_tree import folder_tree


def native(path: str) -> str:
    """A path as this system writes it."""
    return str(Path(path))


def test_the_tree_begins_where_it_branches():
    (top,) = folder_tree({native("/data/mill/day1"): 3, native("/data/mill/day2/coil"): 4})
    assert (top.path, top.name, top.images) == (native("/data/mill"), "mill", 7)
    assert [(child.name, child.images) for child in top.children] == [("day1", 3), ("coil", 4)]


def test_a_folder_with_images_of_its_own_stays():
    (top,) = folder_tree({native("/data"): 1, native("/data/more"): 2})
    assert (top.path, top.images) == (native("/data"), 3)


def test_one_folder_is_the_tree():
    (top,) = folder_tree({native("/data/mill"): 5})
    assert (top.path, top.children) == (native("/data/mill"), ())


@pytest.mark.parametrize("root", ["\\\\srv\\share\\", "D:\\", "\\\\srv\\share\\mill\\"])
def test_on_windows_the_tree_and_the_filter_write_a_folder_alike(monkeypatch, root):
    monkeypatch.setattr(image_filter, "os", SimpleNamespace(sep="\\", path=ntpath))
    monkeypatch.setattr(tree_module, "Path", PureWindowsPath)
    paths = [PureWindowsPath(root, name) for name in ("x.png", "coil\\y.png")]
    index = image_filter.ImageIndex([ImageRecord(i, f"{i}", 8, 8, "grey", path) for i, path in enumerate(paths)])
    (top,) = folder_tree(dict(zip(index.folders, index.folder_sizes.tolist(), strict=True)))
    assert (top.path, top.images) == (str(PureWindowsPath(root)), 2)
    assert index.in_folder(top.path).tolist() == [True, True]
    assert index.in_folder(top.children[0].path).tolist() == [False, True]


def test_no_folder_no_tree():
    assert folder_tree({}) == ()


def test_sections_without_rows_are_left_out():
    sections = facet_sections(images=0, labelled=0, duplicates=0, unreadable=2, folders=(), classes={})
    assert [section.title for section in sections] == ["Show"]
    assert [(facet.key, facet.count) for facet in sections[0].facets][-1] == ("unreadable", 2)


def test_a_class_without_images_has_a_row():
    sections = facet_sections(images=3, labelled=0, duplicates=0, unreadable=0, folders=(), classes={"Rust": 0})
    (facet,) = sections[-1].facets
    assert (facet.section, facet.key, facet.count) == ("class", "Rust", 0)
