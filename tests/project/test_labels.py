"""Labels, undo and redo over an append-only history."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from inspector.project import Change, Project

IDS = range(1, 6)


def label(project: Project, wanted: dict[int, str | None], step: str = "Label") -> Change:
    return project.label_images(wanted, step=step, source="test")


def test_labels_survive_reopening(imported):
    change = label(imported, {1: "crazing", 2: "patches"})
    assert change == Change(labels=frozenset({1, 2}), classes=True)
    imported.close()
    with Project.open(imported.folder) as project:
        assert project.labels() == {1: "crazing", 2: "patches"}


def test_labelling_reports_only_what_changed(imported):
    label(imported, {1: "crazing"})
    assert label(imported, {1: "Crazing", 2: "crazing"}) == Change(labels=frozenset({2}))
    assert label(imported, {2: None, 3: None}) == Change(labels=frozenset({2}))


def test_a_change_of_nothing_is_no_step(imported):
    label(imported, {1: "crazing"}, "first")
    label(imported, {2: "crazing"}, "second")
    imported.undo()
    assert label(imported, {1: "crazing", 3: None}, "nothing") == Change()
    assert (imported.undo_name, imported.redo_name) == ("first", "second")


def test_many_images_are_one_step(imported):
    label(imported, dict.fromkeys(range(1, 13), "crazing"), "Label 12 images")
    assert imported.undo_name == "Label 12 images"
    assert imported.undo() == Change(labels=frozenset(range(1, 13)))
    assert imported.labels() == {}
    assert imported.undo() is None


def test_steps_of_one_name_are_told_apart(imported):
    assert imported.undo_step is None
    label(imported, {1: "crazing"}, "Label")
    first = imported.undo_step
    label(imported, {2: "crazing"}, "Label")
    assert imported.undo_step not in (None, first)
    imported.undo()
    assert imported.undo_step == first


def test_a_new_step_cuts_off_what_could_be_redone(imported):
    label(imported, {1: "crazing"}, "first")
    imported.undo()
    label(imported, {2: "patches"}, "second")
    assert imported.redo_name is None
    assert imported.redo() is None
    imported.undo()
    assert imported.redo_name == "second"


def test_who_gave_a_label_is_whoever_did_so_last(imported, monkeypatch):
    for who, image_ids in (("anna", (1, 2)), ("ben", (2, 3))):
        monkeypatch.setattr("inspector.project.labels.user_name", lambda who=who: who)
        label(imported, dict.fromkeys(image_ids, f"by {who}"), who)
    label(imported, {3: None}, "taken back")
    assert imported.labelled_by([1, 2, 3, 4]) == {1: "anna", 2: "ben"}
    assert imported.labelled_by([1]) == {1: "anna"}


def test_history_tells_who_did_what(imported):
    label(imported, {1: "crazing"}, "first")
    imported.undo()
    imported.redo()
    history = imported.label_history(1)
    assert [(event.kind, event.old, event.new) for event in history] == [
        ("label", None, "crazing"),
        ("undo", "crazing", None),
        ("redo", None, "crazing"),
    ]
    assert history[0].who
    assert history[0].at.endswith("+00:00")


def test_history_cannot_be_changed(imported):
    label(imported, {1: "crazing"})
    for statement in ("DELETE FROM label_history", "UPDATE label_steps SET name = 'other'"):
        with pytest.raises(sqlite3.IntegrityError, match="only grows"), imported._database.transaction() as transaction:
            transaction.execute(statement)


def test_unknown_image_changes_nothing(imported):
    with pytest.raises(ValueError, match="no image 99"):
        label(imported, {1: "new class", 99: "crazing"})
    assert imported.labels() == {}
    assert imported.classes() == []


class LabelMachine(RuleBasedStateMachine):
    """Labels, merging, undo and redo in any order do what a list of dictionaries does, reopening at any moment."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.project = Project.create(Path(self.folder.name) / "project")
        with self.project._database.transaction() as transaction:
            for image_id in IDS:
                transaction.execute(
                    "INSERT INTO images VALUES (?, ?, 8, 8, 'grey', 'uint8', 64, NULL, NULL)", (image_id, str(image_id))
                )
                transaction.execute(
                    "INSERT INTO image_paths (path, root, relative_path, image_id, byte_size, mtime_ns) "
                    "VALUES (?, '/', ?, ?, 64, 0)",
                    (f"/{image_id}.png", f"{image_id}.png", image_id),
                )
        self.states: list[dict[int, str]] = [{}]
        self.position = 0
        self.steps = 0

    @rule(wanted=st.dictionaries(st.sampled_from(IDS), st.sampled_from(["a", "b", None]), min_size=1))
    def label(self, wanted: dict[int, str | None]) -> None:
        before = self.states[self.position]
        after = {key: name for key, name in {**before, **wanted}.items() if name is not None}
        change = label(self.project, wanted)
        assert change.labels == {key for key in IDS if before.get(key) != after.get(key)}
        if after != before:
            self._add_state(after)

    @rule(name=st.sampled_from(["a", "b"]))
    def merge(self, name: str) -> None:
        into = "b" if name == "a" else "a"
        before = self.states[self.position]
        if {name, into} <= self.listed:
            self.project.merge_class(name, into=into)
            self._add_state({key: into if value == name else value for key, value in before.items()})

    @rule(name=st.sampled_from(["a", "b"]))
    def remove(self, name: str) -> None:
        before = self.states[self.position]
        if name in self.listed and name not in before.values():
            self.project.remove_class(name)
            self._add_state(before)

    @property
    def listed(self) -> set[str]:
        return {record.name for record in self.project.classes()}

    def _add_state(self, state: dict[int, str]) -> None:
        self.states = [*self.states[: self.position + 1], state]
        self.position += 1

    @rule()
    def undo(self) -> None:
        assert (self.project.undo() is not None) == (self.position > 0)
        self.position = max(0, self.position - 1)

    @rule()
    def redo(self) -> None:
        assert (self.project.redo() is not None) == (self.position < len(self.states) - 1)
        self.position = min(len(self.states) - 1, self.position + 1)

    @precondition(lambda self: self.position > 0)
    @rule()
    def reopen(self) -> None:
        self.project.close()
        self.project = Project.open(self.project.folder)

    @invariant()
    def labels_are_those_of_the_model(self) -> None:
        assert self.project.labels() == self.states[self.position]
        assert set(self.states[self.position].values()) <= self.listed

    @invariant()
    def history_adds_up_to_the_labels_and_only_grows(self) -> None:
        steps = self.project._database.value("SELECT count(*) FROM label_steps")
        assert steps >= self.steps
        self.steps = steps
        latest = {image_id: events[-1].new for image_id in IDS if (events := self.project.label_history(image_id))}
        assert {key: name for key, name in latest.items() if name is not None} == self.states[self.position]

    def teardown(self) -> None:
        self.project.close()
        self.folder.cleanup()


TestLabelMachine = LabelMachine.TestCase
TestLabelMachine.settings = settings(
    max_examples=15,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
