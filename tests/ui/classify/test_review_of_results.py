"""What a person decides in the review becomes a label of the project."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from inspector.ui.pages.classify.classify_page import ClassifyPage


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
    assert "is being added to trained" in shell.notes[0][1]


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


def test_the_review_ends_when_all_were_seen(qtbot, reviewed):
    total = len(reviewed.reviewing._queue)
    for _ in range(total):
        qtbot.keyClick(reviewed.review, Qt.Key.Key_Space)
    assert reviewed.review._finished.sentence.text().startswith(f"{total} images were looked at")
    qtbot.keyClick(reviewed.review, Qt.Key.Key_Escape)
    assert reviewed._stack.currentWidget() is reviewed._found
