"""Classes that are merged or removed, and put back by undo as they were."""

from __future__ import annotations

import sqlite3

import pytest

from inspector.project import Change, Project
from models.errors import KnownError


@pytest.fixture
def labelled(imported: Project) -> Project:
    """Images 1 and 2 are 'crazing' (key 1), image 3 is 'patches' (key 2)."""
    imported.label_images({1: "crazing", 2: "crazing", 3: "patches"}, step="Label", source="test")
    return imported


def names_and_keys(project: Project) -> dict[str, str | None]:
    return {record.name: record.hotkey for record in project.classes()}


def test_labels_move_in_one_step_and_the_class_leaves_the_list(labelled):
    assert labelled.merge_class("crazing", into="patches") == Change(labels=frozenset({1, 2}), classes=True)
    assert labelled.labels() == dict.fromkeys((1, 2, 3), "patches")
    assert names_and_keys(labelled) == {"patches": "2"}
    assert labelled.summary()["classes"] == {"patches": 3}
    assert labelled.undo_name == "Merge crazing into patches"


def test_undo_and_redo_of_merging(labelled):
    before = labelled.classes()
    labelled.merge_class("crazing", into="patches")
    assert labelled.undo() == Change(labels=frozenset({1, 2}), classes=True)
    assert labelled.labels() == {1: "crazing", 2: "crazing", 3: "patches"}
    assert labelled.classes() == before
    assert labelled.redo() == Change(labels=frozenset({1, 2}), classes=True)
    assert set(labelled.labels().values()) == {"patches"}
    assert names_and_keys(labelled) == {"patches": "2"}
    labelled.undo()
    labelled.undo()
    assert labelled.labels() == {}


def test_a_class_without_labels_is_removed_and_comes_back_by_undo(labelled):
    labelled.add_class("scratches")
    assert labelled.remove_class("scratches") == Change(classes=True)
    assert names_and_keys(labelled) == {"crazing": "1", "patches": "2"}
    assert labelled.undo() == Change(classes=True)
    assert names_and_keys(labelled)["scratches"] == "3"


def test_a_class_with_labels_is_not_removed(labelled):
    with pytest.raises(KnownError, match="has labels"):
        labelled.remove_class("crazing")
    assert len(labelled.classes()) == 2


def test_merging_refuses_unknown_names_and_the_class_itself(labelled):
    labelled.add_class("scratches")
    labelled.remove_class("scratches")
    for name, into in (("crazing", "scratches"), ("scratches", "crazing"), ("other", "crazing")):
        with pytest.raises(KnownError, match="no class called"):
            labelled.merge_class(name, into=into)
    with pytest.raises(KnownError, match="into itself"):
        labelled.merge_class("crazing", into="Crazing")
    assert labelled.labels() == {1: "crazing", 2: "crazing", 3: "patches"}


def test_a_label_puts_a_removed_class_back(labelled):
    labelled.merge_class("crazing", into="patches")
    change = labelled.label_images({4: "Crazing"}, step="Label", source="test")
    assert change == Change(labels=frozenset({4}), classes=True)
    assert names_and_keys(labelled) == {"crazing": "1", "patches": "2"}
    labelled.undo()
    labelled.undo()
    labelled.redo()
    assert labelled.redo() == Change(labels=frozenset({4}), classes=True)
    assert labelled.labels() == {1: "patches", 2: "patches", 3: "patches", 4: "crazing"}
    assert names_and_keys(labelled) == {"crazing": "1", "patches": "2"}


def test_a_class_that_is_made_again_is_put_back(labelled):
    labelled.merge_class("crazing", into="patches")
    assert labelled.add_class("crazing").classes
    assert not labelled.add_class("crazing").classes
    assert names_and_keys(labelled) == {"crazing": "1", "patches": "2"}


def test_a_key_that_another_class_has_got_stays_its(labelled):
    labelled.merge_class("crazing", into="patches")
    labelled.add_class("scratches")
    assert names_and_keys(labelled) == {"patches": "2", "scratches": "1"}
    labelled.undo()
    assert names_and_keys(labelled) == {"crazing": "3", "patches": "2", "scratches": "1"}


def test_a_removed_class_leaves_its_name_free(labelled):
    labelled.merge_class("crazing", into="patches")
    labelled.rename_class("patches", new_name="Crazing")
    assert labelled.labels() == dict.fromkeys((1, 2, 3), "Crazing")
    assert labelled.undo_name == "Rename patches to Crazing"
    labelled.undo()
    labelled.undo()
    assert labelled.labels() == {1: "crazing", 2: "crazing", 3: "patches"}
    labelled.redo()
    labelled.redo()
    labelled.label_images({4: "crazing (2)"}, step="Label", source="test")
    assert labelled.labels() == {**dict.fromkeys((1, 2, 3), "Crazing"), 4: "Crazing (2)"}


def test_what_was_removed_when_cannot_be_changed(labelled):
    labelled.merge_class("crazing", into="patches")
    for statement in ("DELETE FROM class_removals", "UPDATE class_removals SET class_id = 2"):
        with pytest.raises(sqlite3.IntegrityError, match="only grows"), labelled._database.transaction() as transaction:
            transaction.execute(statement)
