"""Bringing a project of an earlier schema up to date."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from inspector.project import Project, migrations
from models.errors import KnownError


@pytest.fixture
def version_1(tmp_path: Path) -> Path:
    """A project as the first schema left it, with one labelled image."""
    for name in ("runs", "cache"):
        (tmp_path / "old" / name).mkdir(parents=True)
    with closing(sqlite3.connect(tmp_path / "old" / "project.sqlite", isolation_level=None)) as connection:
        migrations.migrate(connection, to_version=1)
        connection.execute("INSERT INTO images VALUES (1, 'abc', 8, 8, 'grey', 'uint8', 64, NULL, NULL)")
        connection.execute(
            "INSERT INTO image_paths (path, root, relative_path, image_id, byte_size, mtime_ns) "
            "VALUES ('/steel/a.png', '/steel', 'a.png', 1, 64, 0)"
        )
        connection.execute("INSERT INTO classes VALUES (1, 'crazing', 'crazing', '#2C41B7', '1')")
        connection.execute("INSERT INTO labels VALUES (1, 1)")
    return tmp_path / "old"


def stored_version(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        return migrations.schema_version(connection)


def test_old_project_opens_with_its_labels_and_takes_runs(version_1):
    with Project.open(version_1) as project:
        assert project.labels() == {1: "crazing"}
        project.start_run("train", {}).finish({})
    assert stored_version(version_1 / "project.sqlite") == migrations.SCHEMA_VERSION


def test_a_project_of_stretched_images_reads_them_at_native_resolution(version_1):
    stretched = '{"channels": 3, "height": 200, "width": 180, "scaling": {"uint16": [1.0, 9.0], "float32": null}}'
    with closing(sqlite3.connect(version_1 / "project.sqlite", isolation_level=None)) as connection:
        connection.execute("INSERT INTO settings VALUES ('image_settings', ?)", (stretched,))
    with Project.open(version_1) as project:
        settings = project.image_settings
    assert (settings.channels, settings.max_area, settings.scaling.uint16) == (3, 640 * 640, (1.0, 9.0))


def test_backup_of_the_old_file_is_kept(version_1):
    Project.open(version_1).close()
    backup = version_1 / "project.version-1.backup.sqlite"
    assert stored_version(backup) == 1
    with closing(sqlite3.connect(backup)) as connection:
        assert connection.execute("SELECT count(*) FROM labels").fetchone() == (1,)


@pytest.mark.parametrize("statements_done", [0, 1, 3])
def test_crash_in_a_step_leaves_the_old_version(version_1, monkeypatch, statements_done):
    step = migrations.MIGRATIONS[1]
    broken = migrations.Migration(step.name, (*step.statements[:statements_done], "SELECT no_such_function()"))
    monkeypatch.setattr(migrations, "MIGRATIONS", (migrations.MIGRATIONS[0], broken))
    with pytest.raises(sqlite3.OperationalError):
        Project.open(version_1)
    monkeypatch.undo()
    assert stored_version(version_1 / "project.sqlite") == 1
    with Project.open(version_1) as project:
        assert project.labels() == {1: "crazing"}
        assert project.runs() == []


def test_an_old_project_is_brought_up_to_date_for_reading_too(version_1):
    with Project.open(version_1, read_only=True) as project:
        assert project.labels() == {1: "crazing"}
        with pytest.raises(KnownError, match="read-only"):
            project.label_images({1: None}, step="Remove label", source="test")
    assert stored_version(version_1 / "project.sqlite") == migrations.SCHEMA_VERSION


def test_an_old_project_that_cannot_be_written_says_what_to_do(version_1, monkeypatch):
    monkeypatch.setattr("inspector.project.database._writer_lock", lambda path: None)
    with pytest.raises(KnownError, match="older version of Inspector and is read-only: make its folder writable"):
        Project.open(version_1, read_only=True)
    assert stored_version(version_1 / "project.sqlite") == 1
