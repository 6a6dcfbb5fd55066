"""What classes that runs name are called today, whatever happened to their names since."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from inspector.project import Project, migrations

NAMES = ("crazing", "patches", "scratches")


@pytest.fixture
def labelled(imported: Project) -> Project:
    """An image of 'crazing', one of 'patches', and the class 'scratches' without any."""
    imported.label_images({1: "crazing", 2: "patches"}, step="Label", source="test")
    imported.add_class("scratches")
    return imported


def today(project: Project, *names: str) -> tuple[str, ...]:
    return tuple(project.names_today(names or NAMES).values())


def test_a_renamed_class_is_known_by_all_its_names(labelled):
    labelled.rename_class("patches", new_name="Flecken")
    labelled.rename_class("Flecken", new_name="Spots")
    assert labelled.names_today(["patches", "PATCHES", "Flecken", "spots", "crazing", "rust"]) == {
        **dict.fromkeys(("patches", "PATCHES", "Flecken", "spots"), "Spots"),
        **{"crazing": "crazing", "rust": "rust"},
    }
    labelled.rename_class("Spots", new_name="patches")
    assert today(labelled, "patches", "Flecken", "Spots") == ("patches",) * 3


def test_a_name_that_another_class_gets_is_its_from_then_on(labelled):
    labelled.rename_class("patches", new_name="Flecken")
    labelled.rename_class("scratches", new_name="Patches")
    assert today(labelled) == ("crazing", "Patches", "Patches")
    labelled.rename_class("Patches", new_name="lines")
    assert today(labelled) == ("crazing", "lines", "lines")
    labelled.add_class("patches")
    assert today(labelled) == ("crazing", "patches", "lines")


def test_a_merged_class_is_what_it_went_into(labelled):
    labelled.rename_class("crazing", new_name="cracks")
    labelled.merge_class("cracks", into="patches")
    labelled.merge_class("patches", into="scratches")
    labelled.rename_class("scratches", new_name="damage")
    assert today(labelled, "cracks", *NAMES) == ("damage",) * 4


def test_a_merged_class_is_itself_again_after_undo(labelled):
    labelled.merge_class("crazing", into="patches")
    labelled.merge_class("scratches", into="patches")
    labelled.undo()
    assert today(labelled) == ("patches", "patches", "scratches")
    labelled.undo()
    assert today(labelled) == NAMES
    labelled.redo()
    labelled.redo()
    assert today(labelled) == ("patches",) * 3
    labelled.label_images({4: "crazing"}, step="Label", source="test")
    assert today(labelled) == ("crazing", "patches", "patches")


def test_a_removed_class_keeps_its_name(labelled):
    labelled.rename_class("scratches", new_name="lines")
    labelled.remove_class("lines")
    assert today(labelled, "lines", *NAMES) == ("lines", *NAMES)


def test_a_class_that_was_merged_once_and_is_removed_now_is_no_other(labelled):
    labelled.merge_class("scratches", into="patches")
    labelled.add_class("scratches")
    labelled.remove_class("scratches")
    assert today(labelled) == NAMES


def test_classes_that_went_into_each_other_keep_their_names(labelled):
    labelled.add_class("rust")
    labelled.merge_class("scratches", into="rust")
    labelled.add_class("scratches")
    labelled.merge_class("rust", into="scratches")
    for step in (labelled.undo, labelled.undo, labelled.redo, labelled.redo):
        step()
    assert labelled.names_today(["rust", "scratches"]) == {"rust": "rust", "scratches": "scratches"}


def test_predictions_are_told_in_the_names_of_today(labelled):
    with labelled.start_run("train", {}) as run:
        labelled.save_predictions(run.id, [(1, "crazing", 0.9), (2, "patches", 0.8)])
        run.finish({})
    labelled.rename_class("patches", new_name="Flecken")
    assert [p.class_name for p in labelled.predictions(run.id)] == ["crazing", "Flecken"]
    labelled.merge_class("crazing", into="Flecken")
    assert [p.class_name for p in labelled.predictions(run.id)] == ["Flecken", "Flecken"]


def test_merges_of_before_are_known_in_a_project_of_an_earlier_schema(tmp_path):
    for name in ("runs", "cache"):
        (tmp_path / "old" / name).mkdir(parents=True)
    with closing(sqlite3.connect(tmp_path / "old" / "project.sqlite", isolation_level=None)) as connection:
        migrations.migrate(connection, to_version=5)
        connection.execute("INSERT INTO images VALUES (1, 'abc', 8, 8, 'grey', 'uint8', 64, NULL, NULL)")
        connection.execute("INSERT INTO classes VALUES (1, 'crazing', 'crazing', '#2C41B7', NULL)")
        connection.execute("INSERT INTO classes VALUES (2, 'patches', 'patches', '#C7760D', '2')")
        connection.execute("INSERT INTO classes VALUES (3, 'lines', 'lines', '#1D7D64', NULL)")
        for step, kind, target in ((1, "label", None), (2, "undo", 1), (3, "redo", 1), (4, "label", None)):
            connection.execute(
                "INSERT INTO label_steps VALUES (?, 'Merge', ?, ?, 4, NULL, 'classes', 'me', '2026')",
                (step, kind, target),
            )
        connection.execute("INSERT INTO label_history VALUES (1, 1, 1, 1, 2)")
        connection.execute("INSERT INTO labels VALUES (1, 2)")
        connection.execute("INSERT INTO class_removals VALUES (1, 1)")
        connection.execute("INSERT INTO class_removals VALUES (4, 3)")
        connection.execute("INSERT INTO removed_classes VALUES (1, '1'), (3, NULL)")
    with Project.open(tmp_path / "old") as project:
        assert project.names_today(["crazing", "lines"]) == {"crazing": "patches", "lines": "lines"}
        with pytest.raises(sqlite3.IntegrityError, match="only grows"), project._database.transaction() as transaction:
            transaction.execute("UPDATE class_removals SET into_class_id = NULL")
