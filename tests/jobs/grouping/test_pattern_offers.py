"""What paths suggest to group images by, and what a pattern would make of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.jobs.grouping.pattern_offers import offers
from inspector.jobs.grouping.pattern_preview import ProjectPaths, group_names, preview, shown_path
from models.errors import KnownError

MILL = Path("/data/mill")


def paths_of(names, *, labels=None):
    return ProjectPaths({i: [MILL / name] for i, name in enumerate(names, 1)}, (MILL,), labels or {})


def offered(names):
    """Titles, with the number of groups and the key of the largest."""
    return {o.title: (o.preview.groups, o.preview.examples[0].key) for o in offers(paths_of(names))}


def test_folders_of_days_and_coils():
    names = [f"day{c // 3}/coil-{c}/coil-{c}_top_{i:04}.png" for c in range(9) for i in range(4)]
    assert offered(names) == {
        "Images of one folder": (9, "day0/coil-0"),
        "Images of one folder, one level up": (3, "day0"),
    }


def test_a_coil_in_several_class_folders_is_one_group():
    names = [f"{name}/coil{c}/img{i}.png" for name in ("crazing", "patches") for c in range(5) for i in range(3)]
    assert offered(names)["Folders of one name"] == (5, "coil0")


def test_numbers_after_a_word():
    names = [f"coil{c}_cam{k}_{i:04}.png" for c in range(7) for k in (1, 2) for i in range(3)]
    assert offered(names) == {
        "Same number after 'coil'": (7, "0"),
        "Same number after 'cam'": (2, "1"),
        "Same text before the image's number": (14, "coil0_cam1_"),
    }


def test_a_word_in_several_spellings_is_one_word():
    names = [f"{'Coil_' if c % 2 else 'coil'}{c}_{i}.png" for c in range(4) for i in range(3)]
    assert offered(names)["Same number after 'Coil'"] == (4, "0")


def test_a_word_that_ends_another_is_told_from_it():
    names = [f"webcam{i}_cam{c}.png" for c in range(3) for i in range(5)]
    assert offered(names)["Same number after 'cam'"] == (3, "0")


def test_numbers_by_their_place_where_no_word_is_before_them():
    names = [f"20240312_{48213 + c}_{i:04}.png" for c in range(4) for i in range(3)]
    assert offered(names) == {"Same second number in the file name": (4, "48213")}


def test_counters_of_images_are_no_groups():
    assert offered([f"{line}/top_{i:04}.png" for line in "ab" for i in range(900, 1100)]).keys() == {
        "Images of one folder"
    }


@pytest.mark.parametrize(
    "names", [[], ["a.png"], [f"{i:04}.png" for i in range(20)], ["crazing_1.png", "patches_1.png"]]
)
def test_paths_that_suggest_nothing(names):
    assert offered(names) == {}


def test_folders_that_were_imported_themselves_are_told_apart():
    files = {1: [Path("/x/a/1.png")], 2: [Path("/x/a/2.png")], 3: [Path("/x/b/1.png")]}
    (offer,) = offers(ProjectPaths(files, (Path("/x/a"), Path("/x/b")), {}))
    assert (offer.title, [(e.key, e.images) for e in offer.preview.examples]) == (
        "Images of one folder",
        [("a", 2), ("b", 1)],
    )


def test_a_preview_counts_and_names():
    found = preview(paths_of([*(f"coil{c}_{i}.png" for c in (7, 8) for i in range(c)), "spare.png"]), r"coil(\d+)")
    assert (found.groups, found.smallest, found.largest, found.unmatched) == (2, 7, 8, 1)
    assert [(e.key, e.images) for e in found.examples] == [("8", 8), ("7", 7)]
    assert found.examples[0].paths == ("coil8_0.png", "coil8_4.png", "coil8_7.png")


def test_a_preview_names_classes_that_lie_in_one_group_each():
    paths = paths_of(["a/1.png", "a/2.png", "b/1.png", "b/2.png", "b/3.png"], labels={1: "x", 2: "x", 3: "y", 5: "z"})
    assert preview(paths, "([^/]+)/[^/]*$").whole_classes == ("x",)


def test_an_example_shows_the_copy_that_matches():
    paths = ProjectPaths({1: [MILL / "1.png", MILL / "coil7.png"], 2: [MILL / "2.png"]}, (MILL,), {})
    assert preview(paths, r"coil(\d)").examples[0].paths == ("coil7.png",)


def test_a_preview_refuses_what_the_project_would():
    with pytest.raises(KnownError, match="puts all 2 images into one group"):
        preview(paths_of(["a1.png", "b1.png"]), "png")


def test_paths_are_shown_below_their_imported_folder():
    assert shown_path("/data/mill/a/1.png", [MILL]) == "a/1.png"
    assert shown_path("/data/mill/a", [Path("/other"), MILL]) == "mill/a"
    assert [shown_path(text, [MILL]) for text in ("/data/mill", "/data/mills/a", "48213")] == [
        "mill",
        "/data/mills/a",
        "48213",
    ]


def test_groups_are_called_by_what_the_pattern_finds(imported):
    first = next(path for _, path in imported.image_files())
    assert group_names(imported, [[first]]) == [first.name]
    imported.set_group_pattern("^(.*)/[^/]*$")
    assert group_names(imported, [[first]]) == [first.parent.name]
