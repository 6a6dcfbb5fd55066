"""Names, colours and keys of classes that are changed, and brought back by undo."""

from __future__ import annotations

import sqlite3

import pytest

from inspector.project import Change, Project


@pytest.fixture
def labelled(imported: Project) -> Project:
    """Images 1 and 2 are 'crazing' (key 1), image 3 is 'patches' (key 2)."""
    imported.label_images({1: "crazing", 2: "crazing", 3: "patches"}, step="Label", source="test")
    return imported


def test_a_renamed_class_gets_its_name_back_by_undo(labelled):
    assert labelled.rename_class("crazing", new_name="cracks") == Change(labels=frozenset({1, 2}), classes=True)
    assert labelled.undo_name == "Rename crazing to cracks"
    assert labelled.undo() == Change(labels=frozenset({1, 2}), classes=True)
    assert labelled.labels() == {1: "crazing", 2: "crazing", 3: "patches"}
    assert labelled.names_today(["crazing", "cracks"]) == dict.fromkeys(("crazing", "cracks"), "crazing")
    assert labelled.redo() == Change(labels=frozenset({1, 2}), classes=True)
    assert labelled.labels() == {1: "cracks", 2: "cracks", 3: "patches"}
    labelled.undo()
    labelled.undo()
    assert labelled.labels() == {}


def test_a_name_that_another_class_has_got_since_comes_back_with_a_number(labelled):
    labelled.rename_class("crazing", new_name="cracks")
    labelled.add_class("Crazing")
    labelled.undo()
    assert [record.name for record in labelled.classes()] == ["crazing (2)", "patches", "Crazing"]
    assert labelled.names_today(["cracks", "crazing"]) == {"cracks": "crazing (2)", "crazing": "Crazing"}
    labelled.redo()
    assert labelled.classes()[0].name == "cracks"


def test_colour_and_key_come_back_by_undo(labelled):
    before = labelled.classes()
    labelled.set_class_colour("crazing", colour="#aabbcc")
    labelled.set_class_hotkey("crazing", hotkey="q")
    assert labelled.undo_name == "Change key of crazing"
    after = labelled.classes()
    assert labelled.undo() == Change(classes=True)
    assert labelled.undo_name == "Change colour of crazing"
    assert labelled.undo() == Change(classes=True)
    assert labelled.classes() == before
    labelled.redo()
    labelled.redo()
    assert labelled.classes() == after


def test_a_key_that_another_class_has_got_since_stays_its(labelled):
    labelled.set_class_hotkey("crazing", hotkey=None)
    labelled.add_class("scratches")
    labelled.undo()
    assert [record.hotkey for record in labelled.classes()] == ["3", "2", "1"]


def test_nothing_is_a_step_that_changes_nothing(labelled):
    (crazing, _) = labelled.classes()
    assert labelled.rename_class("crazing", new_name="crazing") == Change()
    assert labelled.set_class_colour("crazing", colour=crazing.colour) == Change()
    assert labelled.set_class_hotkey("crazing", hotkey=crazing.hotkey) == Change()
    assert labelled.undo_name == "Label"


def test_what_was_changed_when_cannot_be_changed(labelled):
    labelled.rename_class("crazing", new_name="cracks")
    for statement in ("DELETE FROM class_edits", "UPDATE class_edits SET old = 'x'"):
        with pytest.raises(sqlite3.IntegrityError, match="only grows"), labelled._database.transaction() as transaction:
            transaction.execute(statement)
