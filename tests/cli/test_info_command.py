"""inspector info: what a project holds, and the files that look like images and are none."""

from __future__ import annotations

import errno
import os
import struct
import zlib

import pytest

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such file names, pipes or links")


def empty(path):
    path.touch()


def truncated(path):
    path.write_bytes(path.with_name("good.png").read_bytes()[:100])


def mislabelled(path):
    path.write_text("text", encoding="utf-8")


def huge(path):
    """60,000 x 60,000 pixels, as the header says; refused before anything is decoded."""
    header = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    chunks = [header, b"IDAT" + zlib.compress(bytes(1000)), b"IEND"]
    parts = [struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in chunks]
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))


def folder(path):
    path.mkdir()


def pipe(path):
    os.mkfifo(path)


def dangling_link(path):
    path.symlink_to(path.with_name("nowhere"))


def link_to_itself(path):
    path.symlink_to(path)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (empty, "is empty"),
        (truncated, "is truncated"),
        (mislabelled, "is no image of a known format (JPEG, PNG, BMP, TIFF, WebP)"),
        (huge, "60000 x 60000 pixels are over the limit of 200 megapixels"),
        (folder, "is a folder"),
        pytest.param(pipe, "is no regular file", marks=posix),
        pytest.param(dangling_link, os.strerror(errno.ENOENT).lower(), marks=posix),
        pytest.param(link_to_itself, os.strerror(errno.ELOOP).lower(), marks=posix),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_no_image_is_listed_with_its_reason(tmp_path, picture, inspector, make, reason):
    picture(tmp_path / "images" / "good.png")
    make(tmp_path / "images" / "x.png")
    imported = inspector("new", tmp_path / "p", tmp_path / "images")
    assert imported.code == 0
    assert imported.err.startswith("Warning: 1 file can't be read as images")
    outcome = inspector("info", tmp_path / "p")
    assert outcome.out.splitlines()[:2] == [
        "1 images at 1 paths, 0 duplicates, 1 unreadable",
        f"not readable: {str(tmp_path / 'images' / 'x.png')!r}: {reason}",
    ]


@posix
def test_a_link_loop_is_walked_once(tmp_path, picture, inspector):
    picture(tmp_path / "images" / "sub" / "a.png")
    (tmp_path / "images" / "sub" / "loop").symlink_to(tmp_path / "images")
    inspector("new", tmp_path / "p", tmp_path / "images")
    assert inspector("info", tmp_path / "p").out.startswith("1 images at 1 paths, 0 duplicates, 0 unreadable")


@posix
def test_a_name_with_a_line_break_stays_on_its_line(tmp_path, picture, inspector):
    picture(tmp_path / "images" / "a\nb.png")
    (tmp_path / "images" / "bad\n\x1b[31m.png").touch()
    inspector("new", tmp_path / "p", tmp_path / "images")
    _, line, *_ = inspector("info", tmp_path / "p").out.splitlines()
    assert line.endswith(r"bad\n\x1b[31m.png': is empty")


def test_all_unreadable_files_are_listed(tmp_path, picture, inspector):
    picture(tmp_path / "images" / "good.png")
    for number in range(12):
        (tmp_path / "images" / f"{number}.png").touch()
    imported = inspector("new", tmp_path / "p", tmp_path / "images")
    assert imported.out.splitlines()[-1] == "... and 2 more, which 'inspector info' lists"
    assert inspector("info", tmp_path / "p").out.count("not readable: ") == 12


def test_counts_and_runs(trained, inspector):
    lines = inspector("info", trained).out.splitlines()
    assert lines[:3] == ["72 images at 72 paths, 0 duplicates, 0 unreadable", "30 labels", "  crazing: 5"]
    assert lines[-1].startswith("run 1: train, finished, macro F1 0.")
    assert lines[-1].endswith("on 30 held-out labels")


def test_a_pretraining_is_listed_with_its_length(pretrained, inspector):
    assert inspector("info", pretrained).out.splitlines()[-1] == "run 1: pretrain, finished, simclr, 1 epoch in 0.0 min"


def test_looking_changes_nothing(trained, inspector, tree):
    before = tree(trained)
    assert inspector("info", trained).code == 0
    assert inspector("info", trained, "--json").code == 0
    assert tree(trained) == before
