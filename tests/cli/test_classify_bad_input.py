"""inspector classify with real model files: what is no model, what is no folder of images, and odd file names."""

from __future__ import annotations

import csv
import os
import struct
from pathlib import Path

import pytest

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such file names")


@pytest.fixture
def model(trained) -> Path:
    return trained / "runs" / "1" / "model.safetensors"


@pytest.fixture
def images(tmp_path, picture) -> Path:
    picture(tmp_path / "images" / "a.png")
    return tmp_path / "images"


def damage(how: str, model: Path) -> bytes:
    whole = model.read_bytes()
    header = b'{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
    return {
        "empty": b"",
        "truncated": whole[: len(whole) // 2],
        "cut by a byte": whole[:-1],
        "a pickle": b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00}\x94.",
        "text": b"path,label\n",
        "a huge header": b"\xff" * 7 + b"\x7f" + whole[8:],
        "of another program": struct.pack("<Q", len(header)) + header + bytes(4),
    }[how]


@pytest.mark.parametrize(
    "how", ["empty", "truncated", "cut by a byte", "a pickle", "text", "a huge header", "of another program"]
)
def test_a_file_that_is_no_model(model, images, tmp_path, inspector, tree, how):
    (tmp_path / "m.safetensors").write_bytes(damage(how, model))
    before = tree(tmp_path)
    error = inspector("classify", images, "--model", "m.safetensors", "--out", "r.csv", "--json").error
    assert error.startswith("m.safetensors ")
    assert tree(tmp_path) == before


def test_an_encoder_is_no_classifier(pretrained, images, tmp_path, inspector):
    encoder = pretrained / "runs" / "1" / "encoder.safetensors"
    error = inspector("classify", images, "--model", encoder, "--out", "r.csv").error
    assert error == f"{encoder} holds an encoder, but a trained classifier is needed here."
    assert not (tmp_path / "r.csv").exists()


def test_a_project_without_a_classifier(imported, images, inspector):
    error = inspector("classify", images, "--model", imported, "--out", "r.csv").error
    assert error == f"The project {imported} has no trained classifier yet; run 'inspector train' first."


@pytest.mark.parametrize("content", ["missing", "empty", "without images", "a file"])
def test_no_folder_of_images(model, tmp_path, inspector, tree, content):
    folder = tmp_path / "folder"
    if content == "a file":
        folder.write_bytes(b"")
    elif content != "missing":
        folder.mkdir()
    if content == "without images":
        (folder / "notes.txt").write_bytes(b"")
    before = tree(tmp_path)
    assert str(folder) in inspector("classify", folder, "--model", model, "--out", "r.csv").error
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    "name",
    [
        "a,b.png",
        "=1+1.png",
        "@x.png",
        "größe.png",
        pytest.param('say "x".png', marks=posix),
        pytest.param("two\nlines.png", marks=posix),
    ],
)
def test_odd_file_names_are_one_row(model, tmp_path, picture, inspector, name):
    picture(tmp_path / "images" / name)
    assert inspector("classify", "images", "--model", model, "--out", "r.csv", "--json").json["images"] == 1
    with (tmp_path / "r.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (tmp_path / "images" / row["path"]).read_bytes() == (tmp_path / "images" / name).read_bytes()
    assert not row["path"].startswith(("=", "@"))
    assert row["error"] == ""


def test_files_that_are_no_images_are_rows_with_their_error(model, images, tmp_path, inspector):
    (images / "empty.png").touch()
    (images / "text.jpg").write_bytes(b"text")
    (images / "folder.png").mkdir()
    figures = inspector("classify", images, "--model", model, "--out", "r.csv", "--json").json
    assert (figures["images"], figures["errors"]) == (4, 3)
    with (tmp_path / "r.csv").open(encoding="utf-8", newline="") as file:
        errors = {row["path"]: row["error"] for row in csv.DictReader(file)}
    assert errors == {
        "a.png": "",
        "empty.png": "is empty",
        "text.jpg": "is no image of a known format (JPEG, PNG, BMP, TIFF, WebP)",
        "folder.png": "is a folder",
    }


def test_a_full_disk_leaves_the_old_results(model, images, tmp_path, inspector, monkeypatch):
    (tmp_path / "r.csv").write_bytes(b"old")
    fsync = os.fsync

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("models.storage.files.os.fsync", full)
    assert "The disk is full" in inspector("classify", images, "--model", model, "--out", "r.csv").error
    assert (tmp_path / "r.csv").read_bytes() == b"old"
    monkeypatch.setattr("models.storage.files.os.fsync", fsync)
    assert inspector("classify", images, "--model", model, "--out", "r.csv").code == 0
    assert {path.name for path in tmp_path.iterdir()} == {"trained", "images", "r.csv"}
