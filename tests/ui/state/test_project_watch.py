"""What another program writes is read in, and only what it wrote."""

from __future__ import annotations

import threading

import pytest

from inspector.project import Change, Project
from inspector.samples import write_samples
from inspector.ui.state.project_watch import ProjectWatch

INTERVAL_MS = 20


@pytest.fixture
def watch(qtbot, session):
    made = ProjectWatch(session, interval_ms=INTERVAL_MS)
    qtbot.waitUntil(lambda: made._known.marks is not None, timeout=10_000)
    yield made
    made.stop()


@pytest.fixture
def other(session):
    """The project as another program has it open."""
    with Project.open(session.project.folder) as opened:
        yield opened


def test_of_a_label_only_the_label_is_told(qtbot, session, watch, other):
    images = session.images
    with qtbot.waitSignal(session.changed, timeout=10_000) as blocker:
        other.label_images({3: "patches"}, step="Label", source="cli")
    assert blocker.args == [Change(frozenset({3}), classes=True)]
    assert session.labels == {3: "patches"}
    assert session.images is images


def test_images_are_read_in_another_thread(qtbot, session, watch, other, tmp_path, monkeypatch):
    readers = []
    read = Project.images
    monkeypatch.setattr(Project, "images", lambda p: (readers.append(threading.current_thread()), read(p))[1])
    for _ in write_samples(tmp_path / "others", per_class=1, size=64, seed=8):
        pass
    for _ in other.import_folders([tmp_path / "others"]):
        pass
    qtbot.waitUntil(lambda: len(session.images) == 42, timeout=10_000)
    assert session.image(42).id == 42
    assert threading.main_thread() not in readers


def test_what_the_session_has_written_itself_is_not_told_again(qtbot, session, watch, other):
    session.label([1, 2], "crazing")
    told = []
    session.changed.connect(told.append)
    other.label_images({3: "patches"}, step="Label", source="cli")
    qtbot.waitUntil(lambda: 3 in session.labels, timeout=10_000)
    assert told == [Change(frozenset({3}), classes=True)]


def test_what_nobody_shows_tells_nobody(qtbot, session, watch, other):
    version = watch._known.version
    with qtbot.assertNotEmitted(session.changed):
        other.set_setting("somebody", "else")
        qtbot.waitUntil(lambda: watch._known.version != version, timeout=10_000)


def test_what_was_written_before_the_first_look_is_read_in(qtbot, session, other):
    watch = ProjectWatch(session, interval_ms=INTERVAL_MS)
    other.label_images({3: "patches"}, step="Label", source="cli")
    qtbot.waitUntil(lambda: session.labels == {3: "patches"}, timeout=10_000)
    watch.stop()


def test_the_labels_of_a_class_that_is_renamed_are_told(qtbot, session, watch, other):
    other.label_images({3: "patches", 4: "crazing"}, step="Label", source="cli")
    qtbot.waitUntil(lambda: session.labels == {3: "patches", 4: "crazing"}, timeout=10_000)
    with qtbot.waitSignal(session.changed, timeout=10_000) as blocker:
        other.rename_class("patches", new_name="Flecken")
    assert blocker.args == [Change(frozenset({3}), classes=True)]
    assert session.labels == {3: "Flecken", 4: "crazing"}
