"""The open project in memory follows the one on disk, whoever changes it."""

from __future__ import annotations

from inspector.project import Change, Project
from inspector.ui.state.session import Session


def test_a_label_is_in_memory_and_on_disk(qtbot, session):
    with qtbot.waitSignal(session.changed) as blocker:
        session.label([1, 2], "crazing")
    assert blocker.args[0].labels == {1, 2}
    assert session.labels == session.project.labels() == {1: "crazing", 2: "crazing"}
    assert session.label_counts() == {"crazing": 2}


def test_several_labels_are_one_step(session):
    session.label([1, 2, 3], "crazing")
    assert session.project.undo_name == "Label 3 images"
    session.undo()
    assert session.labels == {}
    session.redo()
    assert set(session.labels) == {1, 2, 3}


def test_removing_a_label_is_a_step_too(session):
    session.label([1], "crazing")
    session.label([1], None)
    assert (session.labels, session.project.undo_name) == ({}, "Remove label")


def test_what_another_program_labels_is_read_in(qtbot, session):
    with Project.open(session.project.folder) as other:
        other.label_images({3: "patches"}, step="Label", source="cli")
    with qtbot.waitSignal(session.changed) as blocker:
        session.refresh()
    assert (session.labels, blocker.args[0].labels) == ({3: "patches"}, {3})


def test_data_version_tells_that_another_program_wrote(session):
    before = session.project.data_version()
    session.label([1], "crazing")
    assert session.project.data_version() == before
    with Project.open(session.project.folder) as other:
        other.label_images({3: "patches"}, step="Label", source="cli")
    assert session.project.data_version() != before


def test_classes_have_keys_shapes_and_colours_of_the_theme(session):
    for number, name in enumerate(["a", "b", "c", "d", "e"]):
        session.label([number + 1], name)
    marks = [session.mark(name) for name in "abcde"]
    assert [mark.key for mark in marks] == ["1", "2", "3", "4", "5"]
    assert [mark.symbol for mark in marks] == ["o", "s", "t1", "d", "o"]
    assert session.class_of_key("2") == "b"
    assert session.mark("unknown").key == ""
    session.apply(session.project.merge_class("a", into="b"))
    assert [session.mark(name).symbol for name in "bcde"] == ["s", "t1", "d", "o"]


def test_nothing_changed_tells_nobody(qtbot, session):
    with qtbot.assertNotEmitted(session.changed):
        session.apply(Change())


def test_an_empty_project_opens(empty_session: Session):
    assert (empty_session.images, empty_session.labels, empty_session.guess_of(1)) == ([], {}, [])
