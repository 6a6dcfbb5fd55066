"""Copies into class folders: never moved, never overwritten, under names that Windows takes."""

from __future__ import annotations

import os
import stat
from collections import Counter
from pathlib import Path

import pytest

from models.errors import KnownError
from models.prediction.class_folders import ClassFolders, folder_names, refuse_overlap


def tree(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def source(folder: Path, content: bytes, name: str = "x.png") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return folder / name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("rust", "rust"),
        ("../../etc", ".._.._etc"),
        ("..", "_"),
        ("a/b\\c:d", "a_b_c_d"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("Com1", "_Com1"),
        ("console", "console"),
        ("rust. .", "rust"),
        ("", "_"),
        ("é" * 100, "é" * 60),
        ("\udcff", "_"),
    ],
)
def test_folder_name(name, safe):
    assert folder_names([name]) == [safe]


def test_names_differ_even_where_case_makes_no_difference():
    assert folder_names(["Rust", "rust", "RUST", "a/b", "a:b"]) == ["Rust", "rust (2)", "RUST (3)", "a_b", "a_b (2)"]


def test_copies_go_to_the_class_or_to_review_and_sources_stay(tmp_path):
    image = source(tmp_path / "in", b"pixels")
    folders = ClassFolders(tmp_path / "out", ["rust", "Needs review"])
    folders.copy(image, label="rust", needs_review=False)
    folders.copy(image, label="rust", needs_review=True)
    folders.copy(image, label="Needs review", needs_review=False)
    assert set(tree(tmp_path / "out")) == {"rust/x.png", "needs review/x.png", "Needs review (2)/x.png"}
    assert image.read_bytes() == b"pixels"


def test_a_copy_has_the_date_of_its_source_and_can_be_removed_though_the_source_is_read_only(tmp_path):
    image = source(tmp_path / "in", b"pixels")
    os.utime(image, (1_000, 2_000))
    image.chmod(0o444)
    ClassFolders(tmp_path / "out", ["rust"]).copy(image, label="rust", needs_review=False)
    copied = (tmp_path / "out" / "rust" / "x.png").stat()
    assert (copied.st_mtime, bool(copied.st_mode & stat.S_IWUSR)) == (2_000, True)


def test_a_taken_name_is_numbered_and_an_equal_file_kept(tmp_path):
    folders = ClassFolders(tmp_path / "out", ["rust"])
    for content in (b"1", b"2", b"3", b"2"):
        folders.copy(source(tmp_path / "in", content), label="rust", needs_review=False)
    assert tree(tmp_path / "out") == {"rust/x.png": b"1", "rust/x (2).png": b"2", "rust/x (3).png": b"3"}


def test_a_taken_name_of_any_length_is_numbered(tmp_path):
    folders = ClassFolders(tmp_path / "out", ["rust"])
    for content in (b"1", b"2", b"1", b"2"):
        folders.copy(source(tmp_path / "in", content, "x" * 251 + ".png"), label="rust", needs_review=False)
    assert sorted(tree(tmp_path / "out").values()) == [b"1", b"2"]


def copy_coils(images: Path, copies: Path, coils: int) -> None:
    """As a line stores them: each coil has an 'x.png'."""
    folders = ClassFolders(copies, ["rust"])
    for coil in range(coils):
        folders.copy(source(images / f"coil_{coil}", b"%d" % coil), label="rust", needs_review=False)


def test_a_run_that_is_repeated_copies_nothing_twice_and_goes_on(tmp_path):
    copy_coils(tmp_path / "in", tmp_path / "out", 5)
    once = tree(tmp_path / "out")
    copy_coils(tmp_path / "in", tmp_path / "out", 5)
    assert tree(tmp_path / "out") == once
    copy_coils(tmp_path / "in", tmp_path / "out", 7)
    assert tree(tmp_path / "out") == once | {"rust/x (6).png": b"5", "rust/x (7).png": b"6"}


def test_a_name_that_every_coil_has_is_read_once_a_copy(tmp_path, monkeypatch):
    read = Counter()
    monkeypatch.setattr(
        "models.prediction.class_folders._digest", lambda path: read.update([path]) or path.read_bytes()
    )
    copy_coils(tmp_path / "in", tmp_path / "out", 40)
    assert len(tree(tmp_path / "out")) == 40
    assert max(read.values()) == 1


def test_a_copy_that_fails_leaves_nothing_and_is_told(tmp_path, monkeypatch):
    image = source(tmp_path / "in", b"pixels")

    def fill(_: Path, target: Path) -> None:
        target.write_bytes(b"pix")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("models.prediction.class_folders.shutil.copyfile", fill)
    with pytest.raises(KnownError, match=r"x\.png could not be copied .*No space left"):
        ClassFolders(tmp_path / "out", ["rust"]).copy(image, label="rust", needs_review=False)
    assert tree(tmp_path / "out") == {}


@pytest.mark.parametrize(("images", "copies"), [("a", "a"), ("a", "a/b"), ("a/b", "a")])
def test_copies_and_images_may_not_lie_inside_each_other(tmp_path, images, copies):
    with pytest.raises(KnownError, match="outside"):
        refuse_overlap(tmp_path / images, tmp_path / copies)


@pytest.mark.usefixtures("links")
def test_copies_may_not_lie_among_the_images_by_a_link(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "a", target_is_directory=True)
    with pytest.raises(KnownError, match="outside"):
        refuse_overlap(tmp_path / "a", tmp_path / "link" / "b")


def test_copies_may_lie_beside_the_images(tmp_path):
    assert refuse_overlap(tmp_path / "a", tmp_path / "ab") is None
