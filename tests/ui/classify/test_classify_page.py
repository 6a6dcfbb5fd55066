"""The page, through what a user touches."""

from __future__ import annotations

import csv
from functools import partial

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QPushButton

from inspector.jobs.training.train import train
from inspector.jobs.training.training import TrainRequest
from inspector.ui.icons import icon
from inspector.ui.pages.classify.results_pane import UNREADABLE
from inspector.ui.theme import theme
from inspector.ui.widgets.controls import ICON_GAP_PX
from models.prediction import predict
from models.prediction.results_csv import BYTE_ORDER_MARK, read_results


def drop(page, folder):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    page.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, buttons, keys))


def wait_for_end(qtbot, page):
    qtbot.waitUntil(lambda: not page.classifying.is_running and not page.classifying._read.is_busy, timeout=20_000)


def filled_buttons(page):
    buttons = page.findChildren(QPushButton)
    return [made.text() for made in buttons if made.property("kind") == "primary" and made.isVisible()]


def test_without_a_model_it_leads_to_training(project, make_page, shell):
    page = make_page(project)
    assert page._stack.currentWidget() is page._needs_model
    assert filled_buttons(page) == ["Go to Train"]
    assert not page.answer.isVisible()
    assert page.middle.parentWidget().width() >= page.width() - 1  # nothing to say yet: no panel takes room
    page._needs_model.button.click()
    assert shell.visited == [("train", None)]


def test_a_dropped_folder_is_named_and_can_be_classified(trained, make_page, strip):
    page = make_page(trained)
    assert page.source.start.toolTip() == "Choose a folder first"
    drop(page, strip)
    assert page.source.folder == strip
    assert page.source.start.isEnabled()
    assert page.source.start.property("kind") == "primary"


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_icon_of_the_filled_button_has_the_colour_of_its_text(trained, make_page, strip, mode):
    page = make_page(trained)
    theme.apply(mode)
    assert filled_buttons(page) == ["Choose folder…"]
    assert drawn(page.choose.icon()) == drawn(icon("folder", token="on-accent", gap_px=ICON_GAP_PX))
    page.source.set_folder(strip)
    assert filled_buttons(page) == ["Classify"]
    assert drawn(page.choose.icon()) == drawn(icon("folder", token="text", gap_px=ICON_GAP_PX))
    theme.apply("light")


def drawn(shown):
    return shown.pixmap(20, 16).toImage()


def test_a_folder_becomes_rows_and_a_csv(qtbot, trained, make_page, strip):
    page = make_page(trained)
    page.source.set_folder(strip)
    qtbot.keyClick(page.source.field, Qt.Key.Key_Return)
    wait_for_end(qtbot, page)
    assert page.answer.isVisible()
    out = page.classifying.current.out
    assert out.parent == trained.folder / "results"
    assert [row.path for block in read_results(out) for row in block] == page.classifying.results.paths
    assert page.classifying.results.errors == {12: "is empty"}
    assert trained.setting("classifications")[0]["images"] == 13


def test_what_was_stopped_goes_on(qtbot, trained, make_page, jobs, strip, monkeypatch):
    monkeypatch.setattr(predict, "classify", partial(predict.classify, batch_images=2))
    page = make_page(trained)
    stop = jobs.event_arrived.connect(lambda _id, event: isinstance(event, predict.Classified) and jobs.stop())
    page.classify_folder(strip)
    wait_for_end(qtbot, page)
    assert 0 < len(page.classifying.results) < 13
    assert page.source.start.text() == "Go on"
    jobs.disconnect(stop)
    page.source.start.click()
    wait_for_end(qtbot, page)
    assert page.classifying.results.paths == sorted(page.classifying.results.paths)
    assert len(page.classifying.results) == len(page.model.shown) == 13


def test_a_model_that_was_just_trained_is_the_one_to_classify_with(qtbot, trained, make_page, strip):
    page = make_page(trained)
    page.classify_folder(strip)
    wait_for_end(qtbot, page)
    first = page.source.model.run
    assert page.source.start.property("kind") != "primary"  # the results are to be saved
    for _ in train(trained, TrainRequest(features="texture")):
        pass
    page.session.refresh()
    newest = page.source.model.run
    assert newest > first
    assert page.source.start.property("kind") == "primary"
    assert make_page(trained).source.model.run == newest
    page.source.choose_model(trained.run(first).folder / "model.safetensors")
    page.session.refresh()
    assert page.source.model.run == first


def test_where_copies_go_is_asked_with_a_word_on_later_reviews(qtbot, trained, make_page, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda _, title, __: asked.append(title) or str(tmp_path))
    page = make_page(trained)
    page.source.sort.click()
    assert asked == ["Copy the images into (a later review moves no copies)"]
    assert page.source.sort_into == tmp_path
    assert "what you decide in a review moves none" in page.source.sort.toolTip()


def test_a_missing_folder_leaves_no_results(qtbot, trained, make_page, jobs, tmp_path):
    page = make_page(trained)
    page.classify_folder(tmp_path / "gone")
    wait_for_end(qtbot, page)
    assert jobs.last.ended.message == f"{tmp_path / 'gone'}: there is no such folder"
    assert trained.setting("classifications") == []


def test_the_last_results_are_shown_again(page, rows):
    assert page.classifying.results.paths == [row.path for row in rows]
    assert page.summary.threshold.value == 0.6
    assert page.summary.threshold.share.text() == "3 of 10, 30.0 %"


def test_the_threshold_moves_the_share(qtbot, page):
    page.summary.threshold.slider.setValue(80)
    assert page.summary.threshold.share.text() == "7 of 10, 70.0 %"
    assert page.summary.threshold.field.value() == 0.8
    assert page.answer.review.text() == "Review 6 images"


def test_a_typed_threshold_is_remembered(qtbot, page, stored):
    page.summary.threshold.field.setValue(0.75)
    qtbot.keyClick(page.summary.threshold.field, Qt.Key.Key_Return)
    assert stored.setting("review_below") == 0.75


@pytest.mark.parametrize(("choice", "shown"), [("crazing", [0, 3, 6]), (UNREADABLE, [9]), ("", [*range(10)])])
def test_one_class_alone(page, choice, shown):
    page.results.choose_class(choice)
    assert page.model.shown.tolist() == shown


def test_only_what_needs_review_follows_the_threshold(page):
    page.results.scope.segment("review").click()
    assert page.model.shown.tolist() == [0, 1, 9]
    page.summary.threshold.slider.setValue(70)
    assert page.model.shown.tolist() == [0, 1, 2, 3, 9]


def test_filters_without_hits_can_be_cleared(page):
    page.results.choose_class("crazing")
    page.summary.threshold.field.setValue(0.5)
    page.results.scope.segment("review").click()
    assert page.results._stack.currentWidget() is page.results._nothing
    page.results._nothing.button.click()
    assert len(page.model.shown) == 10


def test_surest_first(page):
    page.results.order.setCurrentIndex(2)
    assert page.model.shown.tolist() == [8, 7, 6, 5, 4, 3, 2, 1, 0, 9]


def test_a_click_on_a_count_shows_its_class(qtbot, page):
    line = next(i for i, row in enumerate(page.summary.counts.rows) if row.key == "inclusion")
    page.summary.counts.setCurrentIndex(page.summary.counts.model().index(line))
    qtbot.keyClick(page.summary.counts, Qt.Key.Key_Return)
    assert page.model.shown.tolist() == [1, 4, 7]


def test_an_image_unlike_the_training_is_said_to_be(page):
    page.results.choose_row(0)  # both classes are as likely
    assert page.answer.unfamiliar.isVisible()
    assert "No class can be told" in page.answer.unfamiliar.text()
    page.results.choose_row(1)
    assert not page.answer.unfamiliar.isVisible()
    assert page.summary.threshold.note.text() == "1 unlike training, 1 unreadable"


def test_an_unreadable_file_shows_its_reason(page):
    page.results.choose_row(9)
    assert page.answer.error.text() == "Cannot be read: empty"
    assert page.answer.bars.rows == []


@pytest.mark.parametrize("for_excel", [False, True])
def test_the_saved_copy_has_the_threshold_of_the_slider(page, tmp_path, for_excel):
    page.summary.threshold.slider.setValue(80)
    page.save_csv(tmp_path / "copy.csv", for_excel=for_excel)
    text = (tmp_path / "copy.csv").read_bytes()
    assert text.startswith(BYTE_ORDER_MARK) == for_excel
    saved = list(csv.DictReader(text.decode("utf-8-sig").splitlines()))
    assert [row["needs_review"] for row in saved] == ["true"] * 6 + ["false"] * 3 + ["true"]


def test_a_copy_that_cannot_be_written_is_a_sentence(page, tmp_path, shell):
    page.save_csv(tmp_path / "missing" / "copy.csv")
    assert "copy.csv cannot be written" in shell.errors[0]


def test_results_that_are_gone_are_a_sentence(qtbot, stored, make_page, tmp_path, shell):
    (tmp_path / "r.csv").unlink()
    make_page(stored)
    qtbot.waitUntil(lambda: bool(shell.notes))
    assert "r.csv cannot be read" in shell.notes[0][1]


def test_a_read_only_project_says_why(read_only, make_page, strip):
    page = make_page(read_only)
    page.source.set_folder(strip)
    assert page.source.start.toolTip() == "This project is open for reading alone"
    assert page.answer.review.toolTip() == "This project is open for reading alone"


def test_a_model_of_whole_images_says_that_it_has_no_map(qtbot, trained, make_page, strip):
    page = make_page(trained)
    page.classify_folder(strip)
    wait_for_end(qtbot, page)
    page.answer.show_row(0)
    page.toggle_heat()
    said = page.answer.heat.caption
    qtbot.waitUntil(lambda: said.text == "There is no map: this model judges the image as a whole, not by places.")
    assert page.review.heat.is_on
