"""inspector label: from folder names, and from CSVs as spreadsheets of every origin write them."""

from __future__ import annotations

import os

import pytest

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such file names")
HEADER = "path,label\n"


@pytest.fixture
def labels(tmp_path):
    """Writes a label file."""

    def write(content: str | bytes, *, encoding: str = "utf-8"):
        file = tmp_path / "labels.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return file

    return write


def classes_of(inspector, project) -> dict[str, int]:
    return inspector("info", project, "--json").json["classes"]


def test_folder_names_become_classes(imported, inspector):
    assert inspector("label", imported, "--from-folders").out == "72 labels changed; 72 in 6 classes now\n"


@pytest.mark.parametrize(("amount", "labels_a_class"), [(("--per-class", 4), 4), (("--fraction", 0.25), 3)])
def test_only_so_many_of_each_class(imported, inspector, amount, labels_a_class):
    assert inspector("label", imported, "--from-folders", *amount, "--seed", 1).code == 0
    assert set(classes_of(inspector, imported).values()) == {labels_a_class}


def test_an_empty_label_removes(trained, samples, inspector, labels):
    file = labels(HEADER + "".join(f"crazing/crazing_{n:04}.png,\n" for n in range(1, 13)))
    assert inspector("label", trained, "--csv", file).out == "0 images labelled, 5 labels removed\n"
    assert classes_of(inspector, trained)["crazing"] == 0


def test_unknown_paths_are_listed_and_the_rest_is_taken(imported, inspector, labels):
    file = labels(HEADER + "crazing/crazing_0001.png,rust\nnowhere.png,rust\n")
    outcome = inspector("label", imported, "--csv", file)
    assert outcome.code == 0
    assert outcome.out == "1 images labelled, 0 labels removed\n"
    assert outcome.err == "inspector: not in the project: 'nowhere.png'\n"


def test_many_unknown_paths_are_counted(imported, inspector, labels):
    unknown = "".join(f"nowhere/{n}.png,rust\n" for n in range(15))
    outcome = inspector("label", imported, "--csv", labels(HEADER + "crazing/crazing_0001.png,rust\n" + unknown))
    assert outcome.err.splitlines()[-1] == "inspector: ... and 5 more"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_of_spreadsheets(imported, inspector, labels, encoding):
    file = labels("path;label\ncrazing\\crazing_0001.png;Größe\n", encoding=encoding)
    assert inspector("label", imported, "--csv", file).code == 0
    assert classes_of(inspector, imported) == {"Größe": 1}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "has no header path,label: it is empty"),
        ("crazing/crazing_0001.png,rust\n", "has no header path,label: its first line is"),
        ("path,class\na.png,b\n", "has no header path,label"),
        (HEADER, "names no image of this project"),
        (HEADER + "nowhere.png,rust\n", "names no image of this project, such as 'nowhere.png'"),
        (HEADER + "crazing/crazing_0001.png\n", "Line 2 of the label file"),
        (HEADER + "crazing/crazing_0001.png,rust, heavy\n", "has more cells than the header: put what holds a ','"),
        (HEADER + "crazing/crazing_0001.png,a\ncrazing/crazing_0001.png,b\n", "two different labels"),
        (HEADER + 'crazing/crazing_0001.png,"a\nb"\n', "a label that can't be used"),
        (b"\xff\xd8\xff\xe0 a picture", "has no header path,label"),
    ],
)
def test_a_file_that_is_no_label_file_changes_nothing(imported, inspector, tree, labels, content, sentence):
    file = labels(content)
    before = tree(imported)
    error = inspector("label", imported, "--csv", file).error
    assert str(file) in error
    assert sentence in error
    assert tree(imported) == before


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_a_label_file_that_cannot_be_read(imported, tmp_path, inspector, tree, name):
    before = tree(imported)
    assert "can't be read" in inspector("label", imported, "--csv", tmp_path / name).error
    assert tree(imported) == before


@pytest.mark.parametrize("name", ["a,b.png", pytest.param('say "x".png', marks=posix), "=1+1.png", "café.png"])
def test_odd_file_names(tmp_path, picture, inspector, name):
    """A name goes out with `suggest` and comes back with `label`, as a spreadsheet keeps it."""
    picture(tmp_path / "odd" / name)
    assert inspector("new", tmp_path / "p", tmp_path / "odd").code == 0
    assert inspector("suggest", tmp_path / "p", "--count", 1, "--out", "s.csv", "--strategy", "random").code == 0
    header, row = (tmp_path / "s.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "l.csv").write_text(f"{header},label\n{row},rust\n", encoding="utf-8")
    assert inspector("label", tmp_path / "p", "--csv", "l.csv").out == "1 images labelled, 0 labels removed\n"


def test_copies_in_folders_of_two_classes_are_left_out(tmp_path, picture, inspector):
    for name in ("a", "b"):
        picture(tmp_path / "images" / name / "same.png", seed=1)
        picture(tmp_path / "images" / name / "own.png", seed=ord(name))
    inspector("new", tmp_path / "p", tmp_path / "images")
    outcome = inspector("label", tmp_path / "p", "--from-folders")
    assert outcome.out == "2 labels changed; 2 in 2 classes now\n"
    assert outcome.err == "inspector: 1 images lie in folders of different classes and are not labelled\n"
