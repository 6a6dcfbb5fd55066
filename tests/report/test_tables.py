"""The CSV reads back as it was, and no spreadsheet takes a name for a formula."""

from __future__ import annotations

import csv

import pytest

from inspector.report.tables import formula_safe, write_answers_csv, write_csv
from models.errors import KnownError


def test_csv_reads_back_row_by_row(evaluation, tmp_path):
    write_csv(evaluation, tmp_path / "scores.csv")
    with (tmp_path / "scores.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["class", "precision", "recall", "f1", "support"]
    assert [row[0] for row in rows[:4]] == [formula_safe(name) for name in evaluation.classes]
    for row, score in zip(rows, evaluation.per_class, strict=False):
        assert [float(cell) for cell in row[1:4]] == pytest.approx([score.precision, score.recall, score.f1], abs=1e-6)
        assert int(row[4]) == score.support
    assert [rows[4][0], float(rows[4][3])] == ["macro average", pytest.approx(evaluation.macro_f1, abs=1e-6)]
    assert [rows[5][0], float(rows[5][3])] == ["accuracy", pytest.approx(evaluation.accuracy, abs=1e-6)]


def test_answers_read_back_row_by_row(tmp_path):
    write_answers_csv([("a.png", "=dent", "patches", 0.98765432)], tmp_path / "answers.csv")
    with (tmp_path / "answers.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [["path", "label", "answer", "confidence"], ["a.png", "'=dent", "patches", "0.987654"]]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_formulas_are_disarmed(name):
    assert formula_safe(name) == "'" + name


@pytest.mark.parametrize("name", ["patches", "a=b", "5-fold", ""])
def test_other_names_stay_as_they_are(name):
    assert formula_safe(name) == name


@pytest.mark.parametrize("place", ["missing/scores.csv", "file/scores.csv", "."])
def test_a_place_that_takes_no_file_is_named(evaluation, tmp_path, place):
    (tmp_path / "file").touch()
    with pytest.raises(KnownError, match="cannot be written"):
        write_csv(evaluation, tmp_path / place)
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]
