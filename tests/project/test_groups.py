"""Groups of images, by pattern and by near-duplicates, and the split that keeps them together."""

from __future__ import annotations

import pytest

from models.errors import KnownError


def test_every_image_is_alone_at_first(imported):
    assert imported.groups() == {i: i for i in range(1, 13)}


def test_a_pattern_groups_by_what_it_captures(imported):
    imported.set_group_pattern(r"/(\d)\.png")
    assert imported.groups() == {i: (i - 1) % 4 + 1 for i in range(1, 13)}


def test_a_named_group_goes_before_the_first_one(imported):
    imported.set_group_pattern(r"(\w+)/(?P<coil>\d)\.png")
    assert imported.groups()[5] == 1


def test_the_name_of_the_file_goes_before_its_folders(imported, steel, picture, importing):
    picture(steel / "coil7" / "coil8.png", seed=99)
    importing(imported, steel)
    imported.set_group_pattern(r"coil(\d+)|crazing/0()")
    assert len(set(imported.groups().values())) == 13


def test_images_imported_later_have_their_group_at_once(imported, steel, picture, importing):
    imported.set_group_pattern(r"/(\d)\.png")
    picture(steel / "more" / "0.png", seed=99)
    importing(imported, steel)
    assert imported.groups()[13] == 1


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        (r"coil(\d+", "is no regular expression"),
        (r"coil(\d+)", "matches no path of the project; a file name is: 0.png"),
        (r"(\.png)", "puts all 12 images into one group, '.png'"),
    ],
)
def test_a_pattern_that_tells_nothing_apart(imported, pattern, sentence):
    with pytest.raises(KnownError) as caught:
        imported.set_group_pattern(pattern)
    assert sentence in str(caught.value)
    assert imported.group_pattern is None


def test_near_duplicates_and_pattern_are_united(imported):
    imported.save_near_duplicates({1: 1, 6: 1})
    imported.set_group_pattern(r"/(\d)\.png")
    assert {i for i, group in imported.groups().items() if group == 1} == {1, 2, 5, 6, 9, 10}


def test_the_split_takes_whole_groups(imported):
    imported.save_near_duplicates({1: 1, 6: 1, 7: 7})
    imported.assign_split({6: "test", 7: "train"})
    assert imported.split() == {1: "test", 6: "test", 7: "train"}


def test_the_split_refuses_to_cut_a_group(imported):
    imported.save_near_duplicates({1: 1, 6: 1})
    with pytest.raises(KnownError, match=r"0\.png and .*1\.png are of one group"):
        imported.assign_split({1: "train", 6: "test"})
    assert imported.split() == {}


def test_holding_out_keeps_groups_together(imported):
    imported.label_from_folders()
    imported.set_group_pattern(r"/(\d)\.png")
    imported.hold_out(0.25, seed=1)
    test = {i for i, part in imported.split().items() if part == "test"}
    assert len(test) == 3
    assert len({imported.groups()[i] for i in test}) == 1


def test_groups_found_after_the_split_are_told(imported):
    imported.assign_split({1: "train", 6: "test", 7: "test"})
    imported.save_near_duplicates({1: 1, 6: 1, 7: 7})
    assert imported.straddling_groups() == [[1, 6]]
