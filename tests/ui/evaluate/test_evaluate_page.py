"""The Evaluate page, through its matrix, its buttons and keys."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog

from inspector.jobs.events import CurvePoint
from inspector.project import Change
from inspector.ui.pages.evaluate.evaluate_page import EvaluatePage
from inspector.ui.pages.evaluate.judged import Answer
from inspector.ui.pictures.thumbnails import Thumbnails
from inspector.ui.state.review_below import remember_review_below
from inspector.ui.state.session import Session
from models.evaluation.evaluate import evaluate

CLASSES = ["crazing", "patches"]


@pytest.fixture
def judged_session(filled):
    """A project with a run that kept its answers for eight labelled images: two are wrong."""
    ids = [image.id for image in filled.images()[:8]]
    filled.label_images(dict.fromkeys(ids[:4], "crazing") | dict.fromkeys(ids[4:], "patches"), step="", source="test")
    true, predicted = [0] * 4 + [1] * 4, [0, 0, 0, 1, 1, 1, 1, 0]
    with filled.start_run("train", {"mode": "linear", "features": "texture"}) as run:
        run.record_images("train", ids)
        confidence = [0.95, 0.9, 0.85, 0.7, 0.95, 0.9, 0.85, 0.99]
        answers = {"image_ids": ids, "true": true, "predicted": predicted, "confidence": confidence}
        run.log("validation", {**answers, "classes": CLASSES})
        run.finish({"labels": 8, "evaluation": _evaluation(true, predicted, confidence)})
    return Session(filled)


def _evaluation(true, predicted, confidence):
    return evaluate(np.array(true), np.array(predicted), np.array(confidence), CLASSES).to_json()


@pytest.fixture
def page(qtbot, judged_session, jobs, shell):
    thumbnails = Thumbnails(judged_session)
    made = EvaluatePage(judged_session, jobs, thumbnails, shell)
    qtbot.addWidget(made)
    made.resize(1080, 720)
    made.show()
    yield made
    thumbnails.stop()


def choose_cell(qtbot, page, row, column):
    page.figures.confusion.choose(row, column)
    qtbot.keyClick(page.figures.confusion, Qt.Key.Key_Return)


def test_without_a_run_the_page_leads_to_training(qtbot, session, jobs, thumbnails, shell):
    page = EvaluatePage(session, jobs, thumbnails, shell)
    qtbot.addWidget(page)
    page.show()
    qtbot.mouseClick(page.empty.button, Qt.MouseButton.LeftButton)
    assert shell.visited == [("train", None)]
    assert page.save_button.toolTip() == "Train once first."


def test_figures_say_what_they_were_measured_on(page):
    assert page.facts.text() == (
        "Cross-validated on 8 labelled images: each was judged by a model that had not seen its label."
    )
    assert page.figures.accuracy.text.startswith("0.75 [")
    assert page.figures.review.text == "0 % 0 below 0.60"


def test_one_basis_needs_no_switch(page):
    assert not page.bases.isVisible()


def test_the_threshold_is_that_of_the_classify_page(page, session):
    page.hide()
    remember_review_below(session.project, 0.75)
    page.show()
    page.on_shown()
    assert page.figures.review.text == "12 % 1 below 0.75"


def test_a_cell_opens_the_images_behind_it(qtbot, page):
    choose_cell(qtbot, page, 0, 1)
    assert page.side.heading.full_text() == "crazing taken for patches"
    assert [answer.confidence for answer in page.side.tiles.answers] == [0.7]


def test_relabelling_takes_the_answer_and_undo_brings_it_back(qtbot, page, judged_session):
    choose_cell(qtbot, page, 1, 0)
    image_id = page.side.tiles.answers[0].image_id
    qtbot.mouseClick(page.side.accept, Qt.MouseButton.LeftButton)
    assert judged_session.labels[image_id] == "crazing"
    assert page.judged.evaluation.confusion.tolist() == [[4, 1], [0, 3]]
    assert judged_session.project.label_history(image_id)[-1].source == "evaluate"
    judged_session.undo()
    assert judged_session.labels[image_id] == "patches"
    assert page.judged.evaluation.confusion.tolist() == [[3, 1], [1, 3]]


def test_a_class_key_relabels_the_current_image(qtbot, page, judged_session):
    choose_cell(qtbot, page, 1, 0)
    image_id = page.side.tiles.answers[0].image_id
    qtbot.keyClicks(page.side.tiles, judged_session.mark("crazing").key)
    assert judged_session.labels[image_id] == "crazing"


def test_disagreements_are_worked_off_from_the_surest(qtbot, page, judged_session):
    assert [row.answer.confidence for row in page.side.list.rows] == [0.99, 0.7]
    qtbot.mouseClick(page.side.list.rows[0].button, Qt.MouseButton.LeftButton)
    assert [row.answer.confidence for row in page.side.list.rows] == [0.7]
    assert page.side.count.text() == "1"


def test_a_click_on_a_row_shows_the_image_large(qtbot, page):
    row = page.side.list.rows[0]
    qtbot.mouseClick(row, Qt.MouseButton.LeftButton, pos=QPoint(8, 20))
    assert page.large.isVisible()
    assert not page.figures.isVisible()
    assert page.large.answer == row.answer
    assert (page.large.label_words.full_text(), page.large.answer_words.full_text()) == ("patches", "crazing? 99 %")
    qtbot.waitUntil(lambda: page.large.view.pixels is not None)


def test_arrows_go_on_and_escape_goes_back_to_the_row(qtbot, page):
    first, second = page.side.list.rows
    first.take_focus()
    qtbot.keyClick(first.button, Qt.Key.Key_Return)
    assert page.large.answer == first.answer
    qtbot.keyClick(page.large.view, Qt.Key.Key_Right)
    assert page.large.answer == second.answer
    assert page.large.name.full_text() == second.answer.path.name
    qtbot.keyClick(page.large.view, Qt.Key.Key_Right)
    assert page.large.answer == second.answer
    qtbot.keyClick(page.large.view, Qt.Key.Key_Escape)
    assert page.figures.isVisible()
    assert page.focusWidget() is second.button


def test_enter_and_a_click_open_the_tile_of_a_cell(qtbot, page):
    choose_cell(qtbot, page, 0, 0)
    tiles = page.side.tiles
    qtbot.keyClick(tiles, Qt.Key.Key_Return)
    assert page.large.answer == tiles.answers[0]
    qtbot.keyClick(page.large.view, Qt.Key.Key_Down)
    qtbot.mouseClick(page.large.back_button, Qt.MouseButton.LeftButton)
    assert (page.figures.isVisible(), tiles.currentIndex().row()) == (True, 1)
    at = tiles.visualRect(tiles.model().index(0, 0)).center()
    qtbot.mouseClick(tiles.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert page.large.answer == tiles.answers[0]


def test_the_large_image_is_relabelled_by_button_and_key(qtbot, page, judged_session):
    answer = page.side.list.rows[0].answer
    page.side.list.opened.emit(answer)
    qtbot.mouseClick(page.large.relabel_button, Qt.MouseButton.LeftButton)
    assert judged_session.labels[answer.image_id] == "crazing"
    assert page.large.isVisible()
    assert page.large.label_words.full_text() == "crazing"
    assert not page.large.relabel_button.isVisible()
    qtbot.keyClicks(page.large.view, judged_session.mark("patches").key)
    assert judged_session.labels[answer.image_id] == "patches"


def test_the_heat_map_says_why_there_is_none(qtbot, page):
    page.toggle_heat()
    assert not page.large.heat.is_on
    page.side.list.opened.emit(page.side.list.rows[0].answer)
    with qtbot.waitSignal(page.large.heat._answer.failed, timeout=60_000):
        page.toggle_heat()
    assert page.large.heat.caption.text.startswith("There is no map yet")


def test_the_picture_of_the_page_is_of_the_figures(qtbot, page, jobs, tmp_path):
    page.side.list.opened.emit(page.side.list.rows[0].answer)
    with qtbot.waitSignal(jobs.ended):
        page.save(tmp_path / "large.png")
    qtbot.keyClick(page.large.view, Qt.Key.Key_Escape)
    with qtbot.waitSignal(jobs.ended):
        page.save(tmp_path / "figures.png")
    assert QImage(str(tmp_path / "large.png")).size() == QImage(str(tmp_path / "figures.png")).size()


def test_files_outside_the_project_have_thumbnails(qtbot, page, samples, tmp_path):
    outside = tmp_path / "outside.png"
    shutil.copy(next(samples.glob("*/*.png")), outside)
    answer = Answer(outside, None, "crazing", "patches", 0.9)
    page.side.list.set_answers([answer])
    (row,) = page.side.list.rows
    qtbot.waitUntil(lambda: not row.picture.pixmap().isNull())
    assert not row.button.isVisible()
    row.take_focus()
    qtbot.keyClick(row, Qt.Key.Key_Return)
    assert page.large.name.full_text() == "outside.png"
    assert not page.large.relabel_button.isVisible()


def test_closing_a_cell_puts_its_images_away(qtbot, page):
    choose_cell(qtbot, page, 0, 1)
    page.side.closed.emit()
    assert not page.side.cell.isVisible()
    assert page.figures.confusion.selectedIndexes() == []


def test_the_table_is_aligned_with_the_matrix(page):
    table, matrix = page.figures.table, page.figures.confusion
    tops = [
        view.viewport().mapTo(page, view.visualRect(view.model().index(1, 0)).topLeft()) for view in (table, matrix)
    ]
    assert tops[0].y() == tops[1].y()
    assert table.rowHeight(0) == matrix.rowHeight(0)


@pytest.fixture
def twenty_classes(qtbot, page):
    """The page with figures of more classes than have room, its matrix scrolled to its end."""
    true = np.repeat(np.arange(20), 5)
    evaluation = evaluate(true, np.roll(true, 1), None, [f"class {number}" for number in range(20)])
    page.figures.show_judged(replace(page.judged, evaluation=evaluation, answers=()))
    bar = page.figures.confusion.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() == page.figures.table.verticalScrollBar().maximum() > 0)
    bar.setValue(bar.maximum())
    return page


def test_a_matrix_of_many_classes_is_scrolled_sideways_by_a_bar_in_view(qtbot, twenty_classes):
    bar = twenty_classes.figures.confusion.horizontalScrollBar()
    assert bar.maximum() > 0
    qtbot.waitUntil(lambda: bar.visibleRegion().boundingRect() == bar.rect())


def test_the_table_scrolls_with_the_matrix_and_it_with_the_table(twenty_classes):
    table, matrix = twenty_classes.figures.table, twenty_classes.figures.confusion

    def top(view):
        cell = view.visualRect(view.model().index(19, 0))
        return view.viewport().mapTo(twenty_classes, cell.topLeft()).y()

    assert top(table) == top(matrix)
    table.verticalScrollBar().setValue(40)
    assert matrix.verticalScrollBar().value() == 40
    assert top(table) == top(matrix)


def test_a_wide_page_shows_examples_and_samples(page):
    page.resize(1600, 900)
    assert not page.figures.table.isColumnHidden(6)
    assert len(page.figures.samples.answers) == 8
    page.figures.choice.segment("least").click()
    assert page.figures.samples.answers[0].confidence == 0.7


@pytest.mark.parametrize(("name", "begins"), [("r.html", b"<!"), ("r.csv", b'"path"'), ("r.png", b"\x89PNG")])
def test_the_report_is_saved(qtbot, page, jobs, shell, tmp_path, monkeypatch, name, begins):
    path = tmp_path / name
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    with qtbot.waitSignal(jobs.ended, timeout=60_000) as ended:
        page.choose_file(path.suffix[1:])
    assert ended.args[1].outcome == "finished", ended.args[1].message
    assert path.read_bytes().startswith(begins)
    assert shell.toasts == [f"Saved {name}"]


def test_the_saved_answers_are_those_shown(qtbot, page, jobs, tmp_path):
    with qtbot.waitSignal(jobs.ended):
        page.save(tmp_path / "answers.csv")
    with (tmp_path / "answers.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["label"], row["answer"]) for row in rows][3] == ("crazing", "patches")
    assert len(rows) == 8


def test_a_run_without_answers_shows_its_figures_alone(qtbot, page, judged_session):
    with judged_session.project.start_run("train", {"mode": "linear"}) as run:
        run.record_images("train", judged_session.labels)
        run.finish({"labels": 8, "evaluation": _evaluation([0, 1], [0, 0], [0.9, 0.8])})
    judged_session.refresh(Change(runs=True))
    assert page.picker.run_id == run.id
    assert page.figures.confusion.model().index(1, 0).data() == "1"
    assert page.side.note.text().startswith("This run kept its figures alone")


def test_a_measured_curve_takes_the_place_of_its_button(page):
    points = [CurvePoint(6, 0.7, 0.6, 0.8, 30, "latest encoder"), CurvePoint(6, 0.4, 0.3, 0.5, 30, "random encoder")]
    page.figures.curve.show_points(points)
    assert page.figures.curve.has_curve
    assert {name: c.style for name, c in page.figures.curve.plot.curves.items()} == {
        "latest encoder": "run",
        "random encoder": "compared",
    }


def test_a_renamed_class_changes_no_figure(qtbot, page, judged_session):
    before, answers = page.judged.evaluation, [row.answer.confidence for row in page.side.list.rows]
    judged_session.refresh(judged_session.project.rename_class("patches", new_name="Flecken"))
    assert page.judged.classes == ("crazing", "Flecken")
    assert page.judged.evaluation.confusion.tolist() == before.confusion.tolist()
    assert page.facts.text().endswith("had not seen its label.")
    assert [row.answer.confidence for row in page.side.list.rows] == answers
    assert judged_session.report.macro_f1 == before.macro_f1
    qtbot.mouseClick(page.side.list.rows[1].button, Qt.MouseButton.LeftButton)
    assert [record.name for record in judged_session.classes] == ["crazing", "Flecken"]
    assert page.judged.evaluation.confusion.tolist() == [[3, 0], [1, 4]]


def test_a_class_that_has_become_part_of_another_is_judged_so_until_undo(qtbot, page, judged_session):
    before = page.judged.evaluation
    choose_cell(qtbot, page, 0, 1)
    judged_session.apply(judged_session.project.merge_class("patches", into="crazing"))
    assert (page.judged.classes, page.judged.evaluation.accuracy) == (("crazing",), 1.0)
    assert page.side.list.rows == []
    assert page._cell is None
    judged_session.undo()
    assert page.judged.evaluation.confusion.tolist() == before.confusion.tolist()
    judged_session.redo()
    assert page.judged.evaluation.accuracy == 1.0


def test_the_side_bar_and_the_lists_tell_the_figures_of_the_classes_of_now(judged_session):
    (run,) = judged_session.finished_runs("train")
    judged_session.refresh(judged_session.project.rename_class("patches", new_name="Flecken"))
    (renamed,) = judged_session.finished_runs("train")
    assert renamed.metrics["evaluation"]["classes"] == ["crazing", "Flecken"]
    assert renamed.metrics["evaluation"]["accuracy"] == run.metrics["evaluation"]["accuracy"]
    judged_session.apply(judged_session.project.merge_class("Flecken", into="crazing"))
    assert judged_session.finished_runs("train")[0].metrics["evaluation"]["accuracy"] == 1.0
    judged_session.undo()
    assert judged_session.finished_runs("train") == [renamed]
