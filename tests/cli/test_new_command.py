"""inspector new and inspector import: what can't become a project leaves nothing behind."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from inspector.project import Project
from inspector.project.file_lock import FileLock

binds_permissions = pytest.mark.skipif(
    os.name == "nt" or getattr(os, "geteuid", lambda: 1)() == 0, reason="this user may write to read-only folders"
)


@pytest.fixture
def pictures(tmp_path, picture) -> Path:
    """A folder with three images."""
    for seed in range(3):
        picture(tmp_path / "pictures" / f"{seed}.png", seed=seed)
    return tmp_path / "pictures"


def test_says_what_came_in(tmp_path, pictures, inspector):
    outcome = inspector("new", tmp_path / "p", pictures)
    assert outcome.code == 0
    assert outcome.out.startswith("3 images (3 new) at 3 paths, 0 of them at more than one, in ")


def test_takes_several_folders_and_finds_the_copies(tmp_path, pictures, picture, inspector):
    picture(tmp_path / "more" / "copy.png", seed=0)
    picture(tmp_path / "more" / "new.png", seed=9)
    assert inspector("new", tmp_path / "p", pictures, tmp_path / "more").code == 0
    summary = inspector("info", tmp_path / "p", "--json").json
    assert (summary["images"], summary["paths"], summary["duplicates"]) == (4, 5, 1)


def test_importing_again_takes_only_what_is_new(tmp_path, pictures, picture, inspector):
    inspector("new", tmp_path / "p", pictures)
    picture(pictures / "sub" / "late.png", seed=7)
    outcome = inspector("import", tmp_path / "p", pictures)
    assert outcome.out.startswith("4 images (1 new) at 4 paths")


def test_a_missing_folder(tmp_path, inspector, tree):
    before = tree(tmp_path)
    assert (
        inspector("new", tmp_path / "p", tmp_path / "missing").error
        == f"{tmp_path / 'missing'}: there is no such folder"
    )
    assert tree(tmp_path) == before


def test_a_file_instead_of_a_folder(tmp_path, pictures, inspector, tree):
    before = tree(tmp_path)
    error = inspector("new", tmp_path / "p", pictures / "0.png").error
    assert error.startswith(f"{pictures / '0.png'} is a file, not a folder")
    assert tree(tmp_path) == before


@pytest.mark.parametrize("name", [None, "notes.txt", "damaged.png"])
def test_a_folder_without_images(tmp_path, inspector, tree, name):
    folder = tmp_path / "folder"
    folder.mkdir()
    if name is not None:
        (folder / name).write_bytes(b"no image")
    before = tree(tmp_path)
    assert inspector("new", tmp_path / "p", folder).error.startswith(f"The folder {folder} holds no images")
    assert tree(tmp_path) == before


def test_one_bad_folder_beside_a_good_one_makes_no_project(tmp_path, pictures, inspector, tree):
    before = tree(tmp_path)
    assert inspector("new", tmp_path / "p", pictures, tmp_path / "missing").error.endswith("there is no such folder")
    assert tree(tmp_path) == before


def test_a_project_that_is_there_stays_as_it_is(imported, samples, inspector, tree):
    before = tree(imported)
    assert str(imported) in inspector("new", imported, samples).error
    assert tree(imported) == before


@pytest.mark.parametrize("is_file", [True, False])
def test_a_name_that_is_taken(tmp_path, pictures, inspector, tree, is_file):
    taken = tmp_path / "taken"
    if is_file:
        taken.write_bytes(b"mine")
    else:
        taken.mkdir()
        (taken / "notes.txt").write_bytes(b"mine")
    before = tree(tmp_path)
    assert str(taken) in inspector("new", taken, pictures).error
    assert tree(tmp_path) == before


def test_a_project_in_a_folder_that_is_missing(tmp_path, pictures, inspector, tree):
    before = tree(tmp_path)
    assert f"The folder {tmp_path / 'a'} does not exist" in inspector("new", tmp_path / "a" / "p", pictures).error
    assert tree(tmp_path) == before


def test_a_full_disk_leaves_nothing_behind(tmp_path, pictures, inspector, tree, monkeypatch):
    def fill(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = tree(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr("inspector.project.database.put_in_place", fill)
        error = inspector("new", tmp_path / "p", pictures).error
    assert error == f"The project {tmp_path / 'p'} can't be made: No space left on device."
    assert tree(tmp_path) == before
    assert inspector("new", tmp_path / "p", pictures).code == 0


def test_a_project_that_another_process_is_making(tmp_path, pictures, inspector):
    (tmp_path / "p").mkdir()
    lock = FileLock(tmp_path / "p" / "project.lock")
    assert lock.acquire(timeout_s=0)
    error = inspector("new", tmp_path / "p", pictures).error
    lock.close()
    assert error.startswith(f"The project {tmp_path / 'p'} is just being made by another Inspector")
    assert inspector("new", tmp_path / "p", pictures).code == 0


def test_importing_a_bad_folder_changes_nothing(imported, tmp_path, inspector):
    before = inspector("info", imported, "--json").json
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "missing"):
        assert str(folder) in inspector("import", imported, folder).error
    assert inspector("info", imported, "--json").json == before


@pytest.mark.parametrize(
    "command",
    [
        ("import", "PROJECT", "FOLDER"),
        ("info", "PROJECT"),
        ("info", "PROJECT", "--json"),
        ("label", "PROJECT", "--from-folders"),
        ("suggest", "PROJECT", "--count", "3", "--out", "o.csv"),
        ("pretrain", "PROJECT", "--method", "simclr"),
        ("train", "PROJECT"),
        ("evaluate", "PROJECT", "--json"),
    ],
    ids=lambda command: command[0],
)
def test_no_command_takes_a_folder_that_is_no_project(tmp_path, pictures, inspector, tree, command):
    before = tree(tmp_path)
    for project in (pictures, tmp_path / "missing", pictures / "0.png"):
        named = {"PROJECT": project, "FOLDER": pictures}
        assert str(project) in inspector(*(named.get(word, word) for word in command)).error
    assert tree(tmp_path) == before


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 4000])
def test_a_damaged_project(imported, inspector, content):
    (imported / "project.sqlite").write_bytes(content)
    assert str(imported / "project.sqlite") in inspector("info", imported).error
    assert (imported / "project.sqlite").read_bytes() == content


def test_a_project_of_a_newer_version(imported, inspector, tree):
    connection = sqlite3.connect(imported / "project.sqlite")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = tree(imported)
    for command in (("info", imported), ("train", imported), ("label", imported, "--from-folders")):
        assert "newer version of Inspector" in inspector(*command).error
    assert tree(imported) == before


@binds_permissions
def test_a_read_only_project_can_be_looked_at_and_no_more(imported, inspector):
    for path in (imported / "project.sqlite", imported):
        path.chmod(path.stat().st_mode & ~0o222)
    try:
        assert inspector("info", imported).code == 0
        assert "is read-only" in inspector("label", imported, "--from-folders").error
    finally:
        imported.chmod(0o755)


def test_every_command_that_writes_refuses_a_read_only_project(trained, samples, inspector, tree, monkeypatch, tiny):
    open_project = Project.open
    monkeypatch.setattr(Project, "open", lambda path, read_only=False: open_project(path, read_only=True))
    before = tree(trained)
    assert inspector("info", trained).code == 0
    for command in (
        ("import", trained, samples),
        ("label", trained, "--from-folders"),
        ("pretrain", trained, "--method", "simclr", *tiny),
        ("train", trained, "--features", "texture"),
    ):
        assert f"The project {trained} is read-only" in inspector(*command).error
    assert tree(trained).keys() == before.keys()


def test_a_network_drive_is_pointed_out(imported, inspector, monkeypatch):
    monkeypatch.setattr("inspector.project.database.is_network_drive", lambda folder: True)
    outcome = inspector("label", imported, "--from-folders", "--per-class", 1)
    assert outcome.code == 0
    assert outcome.err.startswith(f"Warning: The project {imported} lies on a drive without a write-ahead log")
