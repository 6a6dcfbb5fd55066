"""Numbers and times as the window writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.ui import wording

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59.4, "59 s"), (60, "1 min"), (276, "4 min 36 s"), (3600, "1 h"), (7500, "2 h 5 min")],
)
def test_durations(seconds, text):
    assert wording.duration(seconds) == text


@pytest.mark.parametrize(
    ("before", "text"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=12), "12 min ago"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(days=10), "14 Nov"),
        (timedelta(days=400), "20 Oct 2025"),
    ],
)
def test_ages(before, text):
    assert wording.age((NOW - before).isoformat(), NOW) == text


def test_digits_follow_from_the_count():
    assert wording.share(0.94213, 360) == "0.942"
    assert wording.share(0.94213, 30) == "0.94"


def test_counts_and_lists():
    assert wording.count(1, "image") == "1 image"
    assert wording.count(1800, "image") == "1,800 images"
    assert wording.count(2, "class", "classes") == "2 classes"
    assert wording.listing(["a", "b", "c"]) == "a, b and c"
    assert wording.listing(["a", "b"], "or") == "a or b"


@given(st.lists(st.integers(0, 10_000), min_size=2))
def test_numbered_names_sort_by_their_numbers(numbers):
    names = [f"coil-{number}.png" for number in numbers]
    assert sorted(names, key=wording.natural_key) == [f"coil-{number}.png" for number in sorted(numbers)]
