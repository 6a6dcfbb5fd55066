"""Rows go out and come back, and no spreadsheet finds a formula in them."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.prediction.results_csv import COLUMNS, HEADER, Result, encode_rows, read_rows, write_results

NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda name: not name.startswith("./"))
CONFIDENCES = st.floats(0, 1).map(lambda value: round(value, 6))
RESULTS = st.builds(Result, NAMES, st.text(st.characters(exclude_categories=["Cs"])), CONFIDENCES, NAMES, CONFIDENCES)


def read(data: bytes) -> list[Result]:
    return [result for result, _ in read_rows(io.BytesIO(HEADER + data))]


@given(st.lists(RESULTS, max_size=4))
def test_rows_come_back_as_they_were(results):
    assert read(encode_rows(results)) == results


@given(RESULTS, RESULTS, st.data())
def test_a_row_that_is_cut_anywhere_is_no_row(first, second, data):
    whole, cut = encode_rows([first]), encode_rows([second])
    assert read(whole + cut[: data.draw(st.integers(0, len(cut) - 1))]) == [first]


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_no_cell_begins_like_a_formula(start):
    row = next(csv.reader(io.StringIO(encode_rows([Result(f"{start}.png", start, error=start)]).decode(), newline="")))
    assert (row[0], row[1], row[6]) == (f"./{start}.png", f"'{start}", f"'{start}")


def test_cells_of_a_name_with_comma_quote_and_newline():
    text = (HEADER + encode_rows([Result('a,"b"\nc.png', "rust", 0.5, "ok", 0.25, needs_review=False)])).decode()
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert tuple(row) == COLUMNS
    assert list(row.values()) == ['a,"b"\nc.png', "rust", "0.5", "ok", "0.25", "false", ""]


def test_a_copy_to_keep_says_at_its_end_who_has_decided(tmp_path):
    write_results(tmp_path / "r.csv", [Result("a.png", "rust", 0.5, decided_by="=anna"), Result("b.png")])
    decided, other = csv.DictReader((tmp_path / "r.csv").read_text().splitlines())
    assert tuple(decided) == (*COLUMNS, "decided_by")
    assert (decided["decided_by"], other["decided_by"]) == ("'=anna", "")


def test_error_row_has_neither_label_nor_confidence():
    assert encode_rows([Result("a.png", error="is empty")]) == b'"a.png","","","","","true","is empty"\n'


@pytest.mark.parametrize("foreign", [b"\xff\n", b'"a","b"\n', b'"a","b",x,"c",0.1,"true",""\n', b"\0\0\0\n"])
def test_reading_ends_before_what_is_no_row(foreign):
    row = encode_rows([Result("a.png", "rust", 1.0)])
    assert read(row + foreign + row) == [Result("a.png", "rust", 1.0)]
