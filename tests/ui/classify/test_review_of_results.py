"""What a person decides in the review becomes a label of the project."""

from __future__ import annotations

import csv

import pytest
from PySide6.QtCore import Qt

from inspector.project.clock import user_name
from inspector.ui.pages.classify.answer_panel import MAX_MARK_PX
from inspector.ui.pages.classify.classify_page import ClassifyPage
from inspector.ui.pages.classify.results_csv_dialog import copy_of


@pytest.fixture
def reviewed(qtbot, trained, make_page, strip) -> ClassifyPage:
    """The page, at the first of twelve images that need review."""
    page = make_page(trained)
    page.classify_folder(strip)
    qtbot.waitUntil(lambda: not page.classifying.is_running and not page.classifying._read.is_busy, timeout=20_000)
    page.summary.threshold.field.setValue(1.0)
    page.answer.review.click()
    qtbot.waitUntil(lambda: page._stack.currentWidget() is page.review, timeout=20_000)
    return page


def test_it_opens_for_a_folder_that_is_new_to_the_project(qtbot, bench, strip):
    page = bench.page("classify")
    page.classify_folder(strip)
    qtbot.waitUntil(lambda: not page.classifying.is_running and not page.classifying._read.is_busy, timeout=20_000)
    page.summary.threshold.field.setValue(1.0)
    page.answer.review.click()
    qtbot.waitUntil(lambda: page._stack.currentWidget() is page.review, timeout=20_000)
    assert page.review.place.text() == "1 of 12"
    assert len(bench.session.images) == 48
    assert bench.preparation._job_id is not None  # suggestions follow the new images


def test_a_key_labels_and_goes_on(qtbot, reviewed, shell):
    waiting = reviewed.classifying.waiting(1.0).tolist()
    image_id = reviewed.classifying.image_ids[waiting[0]]
    name = reviewed.session.classes[1].name
    qtbot.keyClick(reviewed.review, Qt.Key.Key_2)
    assert reviewed.session.project.labels()[image_id] == name
    assert reviewed.review.place.text() == f"2 of {len(waiting)}"
    assert reviewed.classifying.waiting(1.0).tolist() == waiting[1:]
    assert reviewed.review.saved.text() == f"Last: 2 {name}, saved"
    assert "becomes part of trained" in shell.notes[0][1]


def test_a_keyboard_that_types_digits_with_shift_decides_as_well(qtbot, reviewed):
    first = reviewed.reviewing._queue.current
    qtbot.keyClick(reviewed.review, "2", Qt.KeyboardModifier.ShiftModifier)
    assert reviewed.classifying.label_of(first) == reviewed.session.classes[1].name


def test_undo_brings_the_image_back(qtbot, reviewed, shell):
    qtbot.keyClick(reviewed.review, Qt.Key.Key_1)
    shell.undo()
    assert reviewed.review.place.text().startswith("1 of")
    assert reviewed.classifying.label_of(reviewed.reviewing._queue.current) is None


def test_enter_accepts_space_skips_left_goes_back(qtbot, reviewed):
    first = reviewed.reviewing._queue.current
    qtbot.keyClick(reviewed.review, Qt.Key.Key_Return)
    assert reviewed.classifying.label_of(first) == reviewed.classifying.results.answers(first)[0].class_name
    qtbot.keyClick(reviewed.review, Qt.Key.Key_Space)
    assert reviewed.review.place.text().startswith("3 of")
    qtbot.keyClick(reviewed.review, Qt.Key.Key_Left)
    assert reviewed.review.place.text().startswith("2 of")


def test_a_long_label_leaves_the_name_of_the_file_its_room(qtbot, reviewed):
    long = "Rolled-in scale from the finishing stand, secondary, of the upper side"
    session = reviewed.session
    session.apply(session.project.rename_class(session.classes[0].name, new_name=long))
    file = reviewed.answer.name.full_text()
    qtbot.keyClick(reviewed.review, Qt.Key.Key_1)
    qtbot.keyClick(reviewed.review, Qt.Key.Key_Left)
    assert reviewed.answer.name.full_text() == file
    assert reviewed.answer.mark.text().startswith("Labelled Rolled")
    assert reviewed.answer.mark.toolTip() == f"Labelled {long}"
    assert reviewed.answer.mark.sizeHint().width() <= MAX_MARK_PX


def test_the_review_ends_when_all_were_seen(qtbot, reviewed):
    total = len(reviewed.reviewing._queue)
    for _ in range(total):
        qtbot.keyClick(reviewed.review, Qt.Key.Key_Space)
    assert reviewed.review._finished.sentence.startswith(f"{total} images were looked at")
    qtbot.keyClick(reviewed.review, Qt.Key.Key_Escape)
    assert reviewed._stack.currentWidget() is reviewed._found


def saved_rows(page, file):
    page.save_csv(file)
    return list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))


def counts(page):
    return {row.key: row.images for row in page.summary.counts.rows}


def another_class(page, row):
    """A class that the model's answer is not."""
    answer = page.classifying.results.answers(row)[0].class_name
    return next(record.name for record in page.session.classes if record.name != answer)


def test_the_saved_copy_has_what_was_decided_and_who_did(qtbot, reviewed, tmp_path):
    row = reviewed.reviewing._queue.current
    name = another_class(reviewed, row)
    before = saved_rows(reviewed, tmp_path / "before.csv")
    qtbot.keyClick(reviewed.review, reviewed.session.mark(name).key)
    after = saved_rows(reviewed, tmp_path / "after.csv")
    assert (before[row]["needs_review"], before[row]["decided_by"]) == ("true", "")
    assert (after[row]["label"], after[row]["needs_review"], after[row]["decided_by"]) == (name, "false", user_name())
    assert after[row]["confidence"] in ("", before[row]["second_confidence"])
    assert after[row]["second_label"] == before[row]["label"]
    assert after[:row] + after[row + 1 :] == before[:row] + before[row + 1 :]


def test_what_was_decided_needs_no_review_and_counts_for_its_class(qtbot, reviewed, shell):
    row = reviewed.reviewing._queue.current
    name = next(
        c.name for c in reviewed.session.classes if c.name != reviewed.classifying.results.answers(row)[0].class_name
    )
    reviewed.results.scope.segment("review").click()
    before, share = counts(reviewed), reviewed.summary.threshold.share.text()
    qtbot.keyClick(reviewed.review, reviewed.session.mark(name).key)
    assert share == "13 of 13, 100.0 %"
    assert reviewed.summary.threshold.share.text() == "12 of 13, 92.3 %"
    assert row not in reviewed.model.shown
    assert not reviewed.model.needs_review(row)
    assert counts(reviewed)[name] == before[name] + 1
    assert sum(counts(reviewed).values()) == sum(before.values())
    shell.undo()
    assert (counts(reviewed), reviewed.summary.threshold.share.text()) == (before, share)
    assert row in reviewed.model.shown


def test_a_count_leads_to_what_was_decided(qtbot, reviewed):
    row = reviewed.reviewing._queue.current
    name = next(
        c.name for c in reviewed.session.classes if c.name != reviewed.classifying.results.answers(row)[0].class_name
    )
    qtbot.keyClick(reviewed.review, reviewed.session.mark(name).key)
    reviewed.results.choose_class(name)
    assert row in reviewed.model.shown
    assert len(reviewed.model.shown) == counts(reviewed)[name]


def test_the_panel_stays_with_the_review(qtbot, reviewed):
    reviewed.results.scope.segment("review").click()
    qtbot.keyClick(reviewed.review, Qt.Key.Key_1)
    assert reviewed.answer._row == reviewed.reviewing._queue.current


def test_the_model_s_own_answers_are_not_overwritten(reviewed, shell):
    out = reviewed.classifying.current.out
    kept = out.read_bytes()
    reviewed.save_csv(out)
    assert out.read_bytes() == kept
    assert "save under another name" in shell.errors[0]
    assert copy_of(out, out.parent) == out.with_name(f"{out.stem} copy.csv")
    assert copy_of(out, out.parent.parent) == out.parent.parent / out.name


def test_a_renamed_class_is_accepted_under_its_new_name(qtbot, reviewed):
    session = reviewed.session
    row = reviewed.reviewing._queue.current
    name = reviewed.classifying.results.answers(row)[0].class_name
    classes = len(session.classes)
    session.refresh(session.project.rename_class(name, new_name="Flecken"))
    qtbot.keyClick(reviewed.review, Qt.Key.Key_Return)
    assert reviewed.classifying.label_of(row) == "Flecken"
    assert len(session.classes) == classes
    session.apply(session.project.merge_class("Flecken", into=session.classes[-1].name))
    assert reviewed.classifying.results.counts().keys() <= {record.name for record in session.classes}


def test_a_run_writes_the_names_of_today(qtbot, trained, make_page, strip):
    trained.rename_class("patches", new_name="Flecken")
    trained.merge_class("scratches", into="crazing")
    page = make_page(trained)
    page.classify_folder(strip)
    qtbot.waitUntil(lambda: not page.classifying.is_running and not page.classifying._read.is_busy, timeout=20_000)
    text = page.classifying.current.out.read_text(encoding="utf-8")
    assert "Flecken" in text
    assert "patches" not in text
    assert "scratches" not in text
    assert page.classifying.results.counts().keys() <= {record.name for record in trained.classes()}


def test_a_class_that_is_shown_alone_is_so_under_its_new_name(qtbot, page):
    session = page.session
    session.apply(session.project.add_class("inclusion"))
    page.results.choose_class("inclusion")
    shown = page.model.shown.tolist()
    page.results.choose_row(shown[1])
    session.refresh(session.project.rename_class("inclusion", new_name="slag"))
    assert (page.results.classes.currentData(), page.model.filter.class_name) == ("slag", "slag")
    assert page.model.shown.tolist() == shown
    assert page.results.chosen_row == shown[1]
    assert page.summary.counts.currentIndex().data() == "slag"
