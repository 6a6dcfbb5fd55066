"""Labelling one image after the other, by keys."""

from __future__ import annotations

import pytest
from label_helpers import press, shown_page, with_classes
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from inspector.project import Project
from inspector.ui.background.live_guesses import LiveGuesses
from inspector.ui.pictures.thumbnails import Thumbnails
from inspector.ui.state.session import Session


def test_the_keys_label_and_the_queue_goes_on(qtbot, page, session):
    with_classes(session, "abcde")
    for key in "12345":
        press(qtbot, page, key)
    assert session.project.labels() == {1: "a", 2: "b", 3: "c", 4: "d", 5: "e"}
    assert page.current_image_id == 6


def test_undo_returns_to_the_image(qtbot, page, session, shell):
    with_classes(session, "ab")
    press(qtbot, page, "1")
    press(qtbot, page, "2")
    shell.undo()
    assert (page.current_image_id, session.labels) == (2, {1: "a"})


def test_skip_and_back(qtbot, page, session):
    press(qtbot, page, Qt.Key.Key_Space)
    press(qtbot, page, Qt.Key.Key_Space)
    press(qtbot, page, Qt.Key.Key_Left)
    assert page.current_image_id == 2
    assert session.labels == {}


def test_delete_removes_the_label_of_an_image_gone_back_to(qtbot, page, session):
    with_classes(session, "a")
    press(qtbot, page, "1")
    press(qtbot, page, Qt.Key.Key_Left)
    press(qtbot, page, Qt.Key.Key_Delete)
    assert (session.labels, page.current_image_id) == ({}, 1)


def test_the_same_label_again_goes_on(qtbot, page, session):
    with_classes(session, "a")
    press(qtbot, page, "1")
    press(qtbot, page, Qt.Key.Key_Left)
    press(qtbot, page, "1")
    assert page.current_image_id == 2


def test_a_held_key_labels_one_image(qtbot, page, session):
    with_classes(session, "a")
    press(qtbot, page, "1", is_held=True)
    assert session.labels == {}


def test_a_new_class_in_place_labels_the_image(qtbot, page, session):
    press(qtbot, page, "n")
    editor = page.queue_mode.class_keys.editor
    qtbot.keyClicks(editor, "scratches 1")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert session.labels == {1: "scratches 1"}
    qtbot.waitUntil(page.queue_mode.hasFocus)
    assert page.current_image_id == 2


def test_escape_makes_no_class(qtbot, page, session):
    press(qtbot, page, "n")
    qtbot.keyClicks(page.queue_mode.class_keys.editor, "x")
    qtbot.keyClick(page.queue_mode.class_keys.editor, Qt.Key.Key_Escape)
    assert session.classes == []
    qtbot.waitUntil(page.queue_mode.hasFocus)


def test_enter_accepts_the_guess(qtbot, prepared, session, settle):
    session.label([1], "a")
    session.label([36], "b")
    settle()
    assert prepared.current_image_id == 35
    press(qtbot, prepared, Qt.Key.Key_Return)
    assert session.labels[35] == "b"


def test_enter_without_a_guess_does_nothing(qtbot, page, session):
    press(qtbot, page, Qt.Key.Key_Return)
    assert (session.labels, page.current_image_id) == ({}, 1)


def test_suggestions_come_with_their_reason(prepared):
    assert prepared.current_image_id == 1  # it was shown before there were suggestions
    prepared.feed.skip()
    assert prepared.current_image_id == 36
    assert prepared.suggestion.why.reason_text == "Stands for a group of 6 images not labelled yet."


def test_the_image_shown_before_learns_why_it_is_suggested(page, session, basis, settle):
    session.label(range(7, 37), "a")  # six are left, all of them suggested
    session.set_basis(basis)
    settle()
    assert page.current_image_id == 1
    assert page.suggestion.why.reason_text == "Stands for a group of 6 images not labelled yet."


def test_the_image_shown_before_that_is_not_suggested_says_so(prepared):
    assert prepared.suggestion.why.reason_text == "Next in the order of the files. It is not among the suggestions."


def test_until_there_are_suggestions_the_page_offers_to_prepare_them(qtbot, page, shell):
    qtbot.mouseClick(page.queue_mode.note.button, Qt.MouseButton.LeftButton)
    assert shell.prepared == 1
    assert page.suggestion.why.reason_text.startswith("Next in the order of the files")


def test_the_queue_is_filled_again(qtbot, prepared, session, settle):
    with_classes(session, "ab")
    for _ in range(30):
        press(qtbot, prepared, "1")
        settle()
    assert len(session.labels) == 30
    assert prepared.current_image_id not in session.labels


def test_when_every_image_has_a_label_it_leads_on(qtbot, page, session, shell):
    session.apply(session.project.label_from_folders())
    empty = page.queue_place.empty_state
    assert empty is not None
    qtbot.mouseClick(empty.button, Qt.MouseButton.LeftButton)
    assert shell.visited == [("train", None)]


def test_skipped_images_can_be_shown_again(qtbot, page, session):
    for _ in range(36):
        press(qtbot, page, Qt.Key.Key_Space)
    empty = page.queue_place.empty_state
    assert empty is not None
    assert empty.sentence == "36 images skipped, all others labelled."
    qtbot.mouseClick(empty.button, Qt.MouseButton.LeftButton)
    assert page.current_image_id == 1


@pytest.fixture
def lost_image(session):
    """An image whose file is gone; other tests need it back."""
    path = session.image(20).path
    content = path.read_bytes()
    path.unlink()
    yield 20
    path.write_bytes(content)


def test_an_image_that_cannot_be_read_can_be_passed(qtbot, page, lost_image):
    with qtbot.waitSignal(page.queue_mode.well.view.failed):
        page.open_with(lost_image)
    press(qtbot, page, Qt.Key.Key_Space)
    assert page.current_image_id not in (lost_image, None)


def test_a_class_without_images_has_its_key(page, session):
    session.apply(session.project.add_class("rare"))
    assert [key.mark.name for key in page.queue_mode.class_keys.keys] == ["rare"]
    assert page.suggestion.counts.rows[0].figure == "0"


def test_a_project_open_for_reading_says_why(qtbot, filled, jobs, shell):
    filled.add_class("a")
    session = Session(Project.open(filled.folder, read_only=True))
    guesses, thumbnails = LiveGuesses(session), Thumbnails(session)
    page = shown_page(qtbot, session, jobs, thumbnails, shell, guesses)
    press(qtbot, page, "1")
    assert len(shell.errors) == 1
    assert "reading alone" in page.queue_mode.class_keys.keys[0].toolTip()
    guesses.stop()
    thumbnails.stop()
    session.close()


def test_an_empty_project_leads_to_the_images(qtbot, empty_session, jobs, shell):
    guesses, thumbnails = LiveGuesses(empty_session), Thumbnails(empty_session)
    page = shown_page(qtbot, empty_session, jobs, thumbnails, shell, guesses)
    empty = page.queue_place.empty_state
    assert empty is not None
    assert not page.mode.isEnabled()
    assert page.mode.toolTip() == "Add images first"
    qtbot.mouseClick(empty.button, Qt.MouseButton.LeftButton)
    assert shell.visited == [("images", None)]
    thumbnails.stop()


@pytest.mark.parametrize("state", ["labelled", "skipped"])
def test_a_project_of_one_image(qtbot, page, session, state):
    session.label([image.id for image in session.images[1:]], "a")
    assert page.current_image_id == 1
    press(qtbot, page, "1" if state == "labelled" else Qt.Key.Key_Space)
    assert page.current_image_id is None
    assert page.queue_place.empty_state is not None


def test_thirty_images_need_thirty_keys(qtbot, page, session):
    with_classes(session, "abc")
    pressed = 0
    while len(session.labels) < 30:
        press(qtbot, page, "123"[pressed % 3])
        pressed += 1
    assert pressed == 30


def test_guesses_that_wait_for_the_suggestions_say_so(page, session):
    session.label([1], "a")
    session.label([36], "b")
    assert page.suggestion.guess.why_nothing == "Guesses come with the suggestions."


def test_a_long_class_name_leaves_the_figures_beside_it_in_view(qtbot, prepared, session, settle):
    name = "longitudinal_edge_crack_of_the_upper_side"
    first, *_, last = session.images
    session.label([first.id], "pit")
    session.label([last.id], name)
    settle()
    panel, accept = prepared.suggestion, prepared.suggestion.guess.accept_button
    assert session.guess_of(prepared.current_image_id)[0][0] == name
    assert accept.accessibleName() == f"Accept {name}"
    qtbot.waitUntil(lambda: accept.text().endswith("…"))
    assert panel.width() <= panel.parentWidget().width()
    enter = next(w for w in panel.guess.findChildren(QLabel) if w.text() == "↵")
    assert enter.geometry().right() < panel.guess.width()


@pytest.mark.parametrize("change", ["rename", "merge"])
def test_a_guess_is_accepted_as_its_class_is_called_though_no_newer_one_is_there(
    qtbot, prepared, session, settle, basis, change
):
    first, *_, last = session.images
    session.label([first.id], "crazing")
    session.label([last.id], "scratches")
    settle()
    image_id, project = prepared.current_image_id, session.project
    guessed = session.guess_of(image_id)[0][0]
    other = ({"crazing", "scratches"} - {guessed}).pop()
    basis.may_answer.clear()
    if change == "rename":
        session.apply(project.rename_class(guessed, new_name="Flecken"))
    else:
        session.apply(project.merge_class(guessed, into=other))
    press(qtbot, prepared, Qt.Key.Key_Return)
    basis.may_answer.set()
    assert session.labels[image_id] == ("Flecken" if change == "rename" else other)
    assert guessed not in {record.name for record in session.classes}


def test_six_labels_bring_suggestions_that_know_the_pool(prepared, session, settle, basis, monkeypatch):
    known, suggest = [], basis.suggest
    monkeypatch.setattr(basis, "suggest", lambda labels, **asked: known.append(len(labels)) or suggest(labels, **asked))
    for image in session.images[:8]:
        session.label([image.id], "crazing")
        settle()
    assert known == [6]


def test_a_panel_that_was_closed_stays_so_from_the_grid_back_to_the_queue(page):
    panel = page.suggestion
    page.toggle_panel()
    page.set_mode("grid")
    page.set_mode("queue")
    assert not panel.isVisible()
    page.toggle_panel()
    page.set_mode("map")
    assert not panel.isVisible()
    page.set_mode("queue")
    assert panel.isVisible()
