"""Label files of every origin, in and out."""

from __future__ import annotations

import csv
import os
import sys
from pathlib import Path

import pytest

from inspector.project import read_label_csv
from models.errors import KnownError

ROWS = [("crazing/0.png", "größer"), ("patches/0.png", "")]
TEXT = "path,label\ncrazing/0.png,größer\npatches/0.png,\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_reads_every_encoding_and_delimiter(tmp_path, encoding, delimiter):
    (tmp_path / "labels.csv").write_bytes(TEXT.replace(",", delimiter).encode(encoding))
    assert read_label_csv(tmp_path / "labels.csv") == ROWS


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('"Path","Label"\r\n"a\nb.png","x, y"\r\n', [("a\nb.png", "x, y")]),
        ("label,confidence,path\n\nx,0.5,a.png\n,,\n", [("a.png", "x")]),
        ("path,label\na.png,x,,\n", [("a.png", "x")]),
        ("path,label", []),
        ("path,label\r./=a.png,'=x\r", [("./=a.png", "=x")]),
    ],
)
def test_reads_odd_but_clear_files(tmp_path, text, rows):
    (tmp_path / "labels.csv").write_bytes(text.encode())
    assert read_label_csv(tmp_path / "labels.csv") == rows


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no header path,label: it is empty"),
        ("a.png,crazing\n", "no header path,label: its first line is 'a.png,crazing'"),
        ("path,label\na.png\n", "Line 2 .* fewer cells"),
        (f"path,label\n{'x' * 140_000},y\n", "is no CSV"),
    ],
)
def test_refuses_unclear_files(tmp_path, text, sentence):
    (tmp_path / "labels.csv").write_text(text, encoding="utf-8")
    with pytest.raises(KnownError, match=sentence):
        read_label_csv(tmp_path / "labels.csv")


@pytest.mark.parametrize("make", [lambda file: None, lambda file: file.mkdir()])
def test_refuses_missing_file_and_folder(tmp_path, make):
    make(tmp_path / "labels.csv")
    with pytest.raises(KnownError, match="can't be read"):
        read_label_csv(tmp_path / "labels.csv")


def write_labels(folder: Path, *rows: tuple[str, str]) -> Path:
    file = folder / "labels.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("path", "label"), *rows])
    return file


def test_takes_known_paths_and_lists_the_others(imported, steel):
    imported.label_images({2: "patches"}, step="Label", source="test")
    rows = [("crazing/0.png", "crazing"), (str(steel / "crazing" / "1.png"), ""), ("no/such.png", "crazing")]
    result = imported.import_label_csv(write_labels(steel.parent, *rows))
    assert (result.labelled, result.removed, result.unknown_paths) == (1, 1, ("no/such.png",))
    assert imported.labels() == {1: "crazing"}
    assert imported.undo_name == "Labels from labels.csv"


def test_finds_paths_beside_the_file_and_with_backslashes(imported, steel):
    rows = [("0.png", "a"), ("..\\patches\\0.png", "b"), ("scratches\\0.png", "c")]
    result = imported.import_label_csv(write_labels(steel / "crazing", *rows))
    assert result.unknown_paths == ()
    assert imported.labels() == {1: "a", 5: "b", 9: "c"}


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([("x.png", "crazing")], "names no image of this project, such as 'x.png'"),
        ([], "names no image of this project: "),
        ([("crazing/0.png", "a"), ("./crazing/0.png", "b")], "two different labels"),
        ([("crazing/0.png", "a" * 81)], "'crazing/0.png' a label that can't be used"),
    ],
)
def test_refuses_useless_and_contradictory_labels(imported, steel, rows, sentence):
    with pytest.raises(KnownError, match=sentence):
        imported.import_label_csv(write_labels(steel, *rows))
    assert imported.labels() == {}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
def test_odd_names_and_labels_come_back_as_they_went(project, picture, importing, tmp_path):
    names = ["=x.png", "-a, b.png", 'q"uote.png', "new\nline.png", "ümlaut.png", "back\\slash.png"]
    names.append(os.fsdecode(b"\xff.png"))
    for seed, name in enumerate(names):
        picture(tmp_path / "odd" / name, seed=seed)
    importing(project, tmp_path / "odd")
    wanted = dict(zip(range(1, 8), ["=1+1", "'=x", "'", "+", "a;b", "@", "größer"], strict=True))
    project.label_images(wanted, step="Label", source="test")
    project.export_label_csv(tmp_path / "out.csv")
    project.undo()
    assert project.import_label_csv(tmp_path / "out.csv").unknown_paths == ()
    assert project.labels() == wanted


def test_no_exported_cell_is_a_formula(project, picture, importing, tmp_path):
    picture(tmp_path / "odd" / "=x.png", seed=1)
    importing(project, tmp_path / "odd")
    project.label_images({1: "=HYPERLINK()"}, step="Label", source="test")
    project.export_label_csv(tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == "path,label\n./=x.png,'=HYPERLINK()\n"


def test_export_uses_absolute_paths_where_relative_ones_are_ambiguous(imported, steel, picture, importing, tmp_path):
    picture(tmp_path / "more" / "crazing" / "0.png", seed=99)
    importing(imported, tmp_path / "more")
    imported.label_images({1: "a", 2: "b", 13: "c"}, step="Label", source="test")
    imported.export_label_csv(tmp_path / "out.csv")
    assert read_label_csv(tmp_path / "out.csv") == [
        (str(steel / "crazing" / "0.png"), "a"),
        ("crazing/1.png", "b"),
        (str(tmp_path / "more" / "crazing" / "0.png"), "c"),
    ]


def test_failed_export_leaves_the_old_file(imported, tmp_path, monkeypatch):
    (tmp_path / "out.csv").write_text("old", encoding="utf-8")

    def fail(descriptor: int) -> None:
        raise OSError(28, "disk is full on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(KnownError, match="disk is full"):
        imported.export_label_csv(tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "project", "steel"]
