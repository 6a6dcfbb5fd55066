"""The tree of folders begins where it branches and counts what lies below."""

from __future__ import annotations

from inspector.ui.pages.images.facets import facet_sections
from inspector.ui.pages.images.folder_tree import folder_tree


def test_the_tree_begins_where_it_branches():
    (top,) = folder_tree({"/data/mill/day1": 3, "/data/mill/day2/coil": 4})
    assert (top.path, top.name, top.images) == ("/data/mill", "mill", 7)
    assert [(child.name, child.images) for child in top.children] == [("day1", 3), ("coil", 4)]


def test_a_folder_with_images_of_its_own_stays():
    (top,) = folder_tree({"/data": 1, "/data/more": 2})
    assert (top.path, top.images) == ("/data", 3)


def test_one_folder_is_the_tree():
    (top,) = folder_tree({"/data/mill": 5})
    assert (top.path, top.children) == ("/data/mill", ())


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
