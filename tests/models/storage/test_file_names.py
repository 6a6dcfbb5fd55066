"""Names that were too long fit, and stay apart."""

from __future__ import annotations

import os

import pytest

from models.storage.file_names import MAX_NAME_BYTES, first_bytes, fitting


@pytest.mark.parametrize("stem", ["x", "x" * 247, "表" * 82])
def test_a_name_that_fits_stays_as_it_is(stem):
    assert fitting(stem, ".map.png") == f"{stem}.map.png"


@pytest.mark.parametrize("letter", ["x", "ä", "表", "\U0001f600", "\udcff"])
def test_a_long_name_is_cut_between_characters_and_keeps_its_suffix(letter):
    first, second = (fitting(letter * 255 + end, " (12).png") for end in "ab")
    assert max(len(os.fsencode(name)) for name in (first, second)) <= MAX_NAME_BYTES
    assert first.endswith(" (12).png")
    assert first != second


def test_first_bytes_holds_whole_characters():
    assert first_bytes("表表", 5) == "表"
