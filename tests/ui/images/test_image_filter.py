"""Which images are shown, and in which order."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from inspector.jobs.labelling.guesses import Guesses
from inspector.project import ClassRecord, ImageRecord
from inspector.ui.pages.images.image_filter import ImageFilter, ImageIndex, LabelState, matching

NAMES = ["a/coil 10.png", "a/coil 9.png", "a/b/Rust.png", "c/x.png"]
LABELS = {1: "Rust", 3: "Scratch"}
CLASSES = [ClassRecord(1, "Scratch", "", "1"), ClassRecord(2, "Rust", "", "2")]


def index_of(names):
    records = [ImageRecord(i, f"{i}", 8, 8, "grey", Path("/data", name)) for i, name in enumerate(names, start=1)]
    return ImageIndex(records)


@pytest.fixture(scope="module")
def index():
    return index_of(NAMES)


def shown(index, labels=LABELS, duplicates=frozenset(), guesses=None, **wanted):
    return matching(index, ImageFilter(**wanted), LabelState(labels, CLASSES, duplicates, guesses))


def test_numbers_in_names_sort_by_value(index):
    assert shown(index) == [2, 1, 3, 4]


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        ({"show": "labelled"}, [1, 3]),
        ({"show": "unlabelled"}, [2, 4]),
        ({"show": "duplicates"}, [4]),
        ({"show": "unreadable"}, []),
        ({"folder": str(Path("/data/a"))}, [2, 1, 3]),
        ({"folder": str(Path("/data/a/b"))}, [3]),
        ({"class_name": "Rust"}, [1]),
        ({"class_name": "Nothing labelled so"}, []),
        ({"text": "RUST"}, [3]),
        ({"folder": str(Path("/data/a")), "show": "unlabelled", "text": "coil"}, [2]),
    ],
)
def test_conditions_hold_together(index, wanted, ids):
    assert shown(index, duplicates={4}, **wanted) == ids


def test_a_folder_is_no_prefix_of_a_name():
    index = index_of(["coil/x.png", "coil2/y.png"])
    assert shown(index, folder=str(Path("/data/coil"))) == [1]


def test_the_newest_come_first(index):
    assert shown(index, order="newest") == [4, 3, 2, 1]


def test_labels_sort_in_the_order_of_the_classes(index):
    assert shown(index, order="label") == [3, 1, 2, 4]


def test_the_least_sure_guess_comes_first(index):
    guesses = Guesses(np.array([1, 2, 4]), ["Rust", "Scratch"], np.array([[0.9, 0.1], [0.2, 0.8], [0.5, 0.5]]))
    assert shown(index, guesses=guesses, order="unsure") == [4, 2, 1, 3]


def test_similar_images_keep_their_order(index):
    assert shown(index, among=(4, 1, 99, 2)) == [4, 1, 2]
    assert shown(index, among=(4, 1, 99, 2), show="labelled") == [1]


def test_an_empty_project_shows_nothing():
    empty = index_of([])
    for order in ("name", "newest", "label", "unsure"):
        assert shown(empty, labels={}, order=order) == []


def test_only_the_open_filter_lets_all_through():
    assert ImageFilter(order="newest").is_open
    assert not ImageFilter(text="a").is_open


def test_a_hundred_thousand_images_are_quick():
    index = index_of([f"f{i % 300}/img_{i:06d}.png" for i in range(100_000)])
    labels = dict.fromkeys(range(2, 100_000, 2), "Rust")
    started = time.perf_counter()
    found = shown(index, labels=labels, show="labelled", folder=str(Path("/data/f7")), text="0", order="label")
    assert time.perf_counter() - started < 0.5  # 0.02 s; the rest is for a busy machine
    assert found


def test_near_duplicates_stand_side_by_side(index):
    near = {1: (1, 4), 4: (1, 4), 2: (2, 3), 3: (2, 3)}
    assert matching(index, ImageFilter(show="near_duplicates"), LabelState({}, near_duplicates=near)) == [2, 3, 1, 4]


def test_images_without_near_duplicates_are_hidden(index):
    near = {1: (1, 4), 4: (1, 4)}
    assert matching(index, ImageFilter(show="near_duplicates"), LabelState({}, near_duplicates=near)) == [1, 4]
