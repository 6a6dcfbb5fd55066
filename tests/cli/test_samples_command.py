"""inspector samples: generated images, a folder a class."""

from __future__ import annotations

import pytest


def test_writes_a_folder_a_class(tmp_path, inspector):
    outcome = inspector("samples", "s", "--per-class", 2, "--size", 32)
    assert outcome.out == f"12 images of 6 classes lie in {tmp_path / 's'}\n"
    assert len(list((tmp_path / "s").glob("*/*.png"))) == 12


def test_the_seed_decides(tmp_path, inspector, tree):
    contents = {}
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        inspector("samples", name, "--per-class", 1, "--size", 32, "--seed", seed)
        contents[name] = sorted(content for content in tree(tmp_path / name).values() if content)
    assert contents["a"] == contents["b"] != contents["c"]


def test_a_folder_that_holds_something(tmp_path, inspector, tree):
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "mine.txt").write_bytes(b"mine")
    before = tree(tmp_path)
    assert inspector("samples", "s").error.startswith("s is not empty")
    assert "mine.txt is a file" in inspector("samples", tmp_path / "s" / "mine.txt").error
    assert tree(tmp_path) == before


@pytest.mark.parametrize("size", [1, 31, 2049])
def test_a_size_out_of_range(tmp_path, inspector, size):
    assert f"The size is {size} px: choose one from 32 to 2048 px." in inspector("samples", "s", "--size", size).error
    assert not (tmp_path / "s").exists()


def test_a_full_disk(tmp_path, inspector, full_disk):
    assert inspector("samples", "s", "--per-class", 1, "--size", 32).error.startswith("The disk is full: ")
    assert [path for path in (tmp_path / "s").rglob("*") if path.is_file()] == []


def test_small_defects_and_their_masks(tmp_path, inspector):
    outcome = inspector("samples", "s", "--kind", "local", "--images", 20, "--mask")
    assert outcome.out == f"20 images of 6 classes lie in {tmp_path / 's'}, their masks in {tmp_path / 's-masks'}\n"
    pictures, masks = ([path.name for path in sorted((tmp_path / name).rglob("*.png"))] for name in ("s", "s-masks"))
    assert pictures == masks
    assert len(pictures) == 20


def test_no_masks_unless_asked_for(tmp_path, inspector):
    outcome = inspector("samples", "s", "--kind", "local", "--images", 20)
    assert outcome.out == f"20 images of 6 classes lie in {tmp_path / 's'}\n"
    assert [path.name for path in tmp_path.iterdir()] == ["s"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--kind", "local", "--size", 64), "--size belongs to --kind strip"),
        (("--kind", "local", "--per-class", 2), "--per-class belongs to --kind strip"),
        (("--images", 20), "--images belongs to --kind local"),
        (("--mask",), "--mask belongs to --kind local"),
        (("--kind", "dots"), "invalid choice: 'dots'"),
    ],
)
def test_options_of_the_other_kind(tmp_path, inspector, arguments, message):
    outcome = inspector("samples", "s", *arguments)
    assert (outcome.code, message in outcome.err.splitlines()[-1]) == (2, True)
    assert not (tmp_path / "s").exists()


def test_masks_of_an_earlier_run_stay(tmp_path, inspector):
    (tmp_path / "s-masks" / "good").mkdir(parents=True)
    outcome = inspector("samples", "s", "--kind", "local", "--mask")
    assert outcome.error.startswith(f"{tmp_path / 's-masks'} is not empty")
    assert not (tmp_path / "s").exists()
