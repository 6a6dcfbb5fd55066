"""Making, opening and refusing project folders."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from inspector.project import Project, creation, database
from models.errors import KnownError


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_created_project_is_empty_and_leaves_no_stray_files(tmp_path):
    with Project.create(tmp_path / "new") as project:
        assert project.summary() == {
            **{"images": 0, "paths": 0, "duplicates": 0, "unreadable": 0},
            **{"classes": {}, "labels": 0, "runs": []},
        }
    assert files(tmp_path / "new") == ["cache", "project.lock", "project.sqlite", "runs"]


def test_creates_in_an_empty_folder(tmp_path):
    with Project.create(tmp_path) as project:
        assert project.cache_folder.is_dir()
        assert project.runs_folder.is_dir()


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda folder: Project.create(folder).close(), "exists already"),
        (lambda folder: (folder.mkdir(), (folder / "notes.txt").write_text("x", encoding="utf-8")), "not empty"),
        (lambda folder: folder.write_text("x", encoding="utf-8"), "is a file"),
    ],
)
def test_refuses_to_create_where_something_is(tmp_path, make, sentence):
    make(tmp_path / "p")
    with pytest.raises(KnownError, match=sentence):
        Project.create(tmp_path / "p")


def test_refuses_to_create_without_parent(tmp_path):
    with pytest.raises(KnownError, match="does not exist"):
        Project.create(tmp_path / "missing" / "p")
    assert files(tmp_path) == []


def test_an_attempt_that_is_broken_off_takes_back_what_it_made(tmp_path, monkeypatch):
    def break_off(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", break_off)
    with pytest.raises(KeyboardInterrupt):
        Project.create(tmp_path / "p")
    assert files(tmp_path) == []


def test_creates_again_where_an_attempt_was_killed(tmp_path, monkeypatch):
    def break_off(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", break_off)
    monkeypatch.setattr("inspector.project.creation._remove_leftovers", lambda _: None)
    with pytest.raises(KeyboardInterrupt):
        Project.create(tmp_path / "p")
    monkeypatch.undo()
    assert "project.sqlite" not in files(tmp_path / "p")
    with Project.create(tmp_path / "p") as project:
        assert project.images() == []
    assert files(tmp_path / "p") == ["cache", "project.lock", "project.sqlite", "runs"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "it has no project.sqlite"),
        (b"", "is empty"),
        (b"SQLite format 3\0" + b"garbage" * 100, "is no project file|damaged"),
        (b"just text, long enough to be looked at as a header " * 40, "is no project file"),
    ],
)
def test_refuses_to_open_what_is_no_project_and_leaves_it_alone(tmp_path, content, sentence):
    if content is not None:
        (tmp_path / "project.sqlite").write_bytes(content)
    with pytest.raises(KnownError, match=sentence):
        Project.open(tmp_path)
    assert files(tmp_path) == ([] if content is None else ["project.sqlite"])
    assert content is None or (tmp_path / "project.sqlite").read_bytes() == content


def test_refuses_missing_folder_and_file(tmp_path):
    with pytest.raises(KnownError, match="does not exist"):
        Project.open(tmp_path / "p")
    (tmp_path / "p").write_text("x", encoding="utf-8")
    with pytest.raises(KnownError, match="this is a file"):
        Project.open(tmp_path / "p")


@pytest.mark.parametrize(
    ("pragma", "sentence"), [("user_version = 99", "newer version"), ("application_id = 7", "another program")]
)
def test_refuses_newer_and_foreign_files(project, pragma, sentence):
    project.close()
    with closing(sqlite3.connect(project.folder / "project.sqlite")) as connection:
        connection.execute(f"PRAGMA {pragma}")
    with pytest.raises(KnownError, match=sentence):
        Project.open(project.folder)


def test_read_only_project_shows_and_refuses_to_write(imported):
    imported.label_images({1: "crazing"}, step="Label", source="test")
    with Project.open(imported.folder, read_only=True) as second:
        assert second.read_only
        assert second.labels() == {1: "crazing"}
        with pytest.raises(KnownError, match="read-only"):
            second.undo()


def test_folder_without_write_access_opens_for_reading(imported, monkeypatch):
    imported.close()
    monkeypatch.setattr(database.os, "access", lambda *_: False)
    with Project.open(imported.folder) as project:
        assert len(project.images()) == 12
        with pytest.raises(KnownError, match="read-only"):
            project.add_class("new")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_locked_folder_opens_for_reading(imported):
    imported.close()
    imported.folder.chmod(0o555)
    try:
        with Project.open(imported.folder) as project:
            assert project.read_only
            assert len(project.images()) == 12
    finally:
        imported.folder.chmod(0o755)


def test_immutable_copy_without_log_can_be_read(imported):
    imported.close()
    connection = database._connect(database._uri(imported.folder / "project.sqlite", "immutable=1"))
    with closing(connection):
        assert connection.execute("SELECT count(*) FROM images").fetchone() == (12,)


def test_odd_folder_names_open(tmp_path):
    for name in ("a?b#c%20d", "ümlaut 'quote'"):
        Project.create(tmp_path / name).close()
        with Project.open(tmp_path / name) as project:
            assert project.images() == []


def test_falls_back_from_the_log_on_a_network_drive(project, monkeypatch):
    project.close()
    monkeypatch.setattr(database, "is_network_drive", lambda folder: True)
    with Project.open(project.folder) as opened:
        opened.add_class("crazing")
        assert opened._database.value("PRAGMA journal_mode") == "delete"
        assert "network drive" in opened.notices[0]


def test_full_disk_is_told_and_loses_nothing(imported):
    imported.label_images({1: "crazing"}, step="Label", source="test")
    pages = imported._database.value("PRAGMA page_count")
    imported._database.query(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(KnownError, match="is full"):
        imported.set_setting("note", "x" * 100_000)
    imported._database.query("PRAGMA max_page_count = 1000000")
    imported.label_images({2: "patches"}, step="Label", source="test")
    assert imported.labels() == {1: "crazing", 2: "patches"}
    assert imported.check() == []


@contextmanager
def full_disk() -> Iterator[None]:
    """No file can be made longer than a kilobyte, as where the disk is full."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_project_on_a_full_disk_opens_for_reading_alone(imported):
    imported.close()
    with full_disk():
        with Project.open(imported.folder, read_only=True) as project:
            assert len(project.images()) == 12
        with pytest.raises(KnownError, match="is full: free some space"):
            Project.open(imported.folder)


def test_a_full_disk_hides_nothing_that_still_lies_in_the_log(imported, tmp_path):
    imported.label_images({1: "crazing"}, step="Label", source="test")
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("project.sqlite", "project.sqlite-wal"):
        shutil.copy(imported.folder / name, copy)
    with full_disk(), pytest.raises(KnownError, match="is full: free some space"):
        Project.open(copy, read_only=True)


def test_busy_project_is_told(project, monkeypatch):
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    with Project.open(project.folder) as other, other._database.transaction(), pytest.raises(KnownError) as caught:
        project.add_class("crazing")
    assert "Another program is writing to the project" in str(caught.value)
    assert project.add_class("crazing").classes


def test_settings_are_kept(project):
    project.set_setting("max_pixels", 5_000_000)
    with Project.open(project.folder) as again:
        assert again.setting("max_pixels") == 5_000_000
        assert again.setting("theme", "system") == "system"


def test_discard_removes_what_create_made(tmp_path):
    Project.create(tmp_path / "p").discard()
    assert files(tmp_path) == []


def test_discard_keeps_a_project_with_images(imported):
    with pytest.raises(ValueError, match="in use"):
        imported.discard()
    assert (imported.folder / creation.DATABASE_NAME).exists()


def test_importing_the_package_loads_no_heavy_library():
    code = "import sys, inspector.project; print([m for m in ('torch', 'cv2', 'numpy', 'PIL') if m in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
