"""Judging a run that was really trained: on labels that it never saw, and on a CSV."""

from __future__ import annotations

from dataclasses import replace

import cv2
import pytest
from PySide6.QtCore import Qt

from inspector.jobs.training.train import train
from inspector.jobs.training.training import TrainRequest
from inspector.ui.pages.evaluate.evaluate_page import EvaluatePage
from inspector.ui.pictures.thumbnails import Thumbnails
from inspector.ui.state.page_states import page_states
from inspector.ui.state.project_facts import project_facts
from inspector.ui.state.session import Session, ShownReport

SINCE = (
    "Measured on 18 images labelled after the training, not drawn at random: often the least sure ones. "
    "None was trained on."
)


@pytest.fixture
def trained(filled):
    """A run trained on three labels a class; the other images have their labels since."""
    filled.label_from_folders(per_class=3)
    for _ in train(filled, TrainRequest(features="texture")):
        pass
    filled.label_from_folders()
    return filled


@pytest.fixture
def page(qtbot, trained, jobs, shell):
    session = Session(trained)
    thumbnails = Thumbnails(session)
    made = EvaluatePage(session, jobs, thumbnails, shell)
    qtbot.addWidget(made)
    made.resize(1080, 720)
    yield made
    thumbnails.stop()


def choose(qtbot, page, basis):
    qtbot.mouseClick(page.bases.segments.segment(basis), Qt.MouseButton.LeftButton)


def judge_on_labels_since(qtbot, page, jobs):
    page.show()
    with qtbot.waitSignal(jobs.ended, timeout=60_000) as ended:
        choose(qtbot, page, "since")
    assert ended.args[1].outcome == "finished", ended.args[1].message
    return ended.args[1].result


def test_new_labels_do_not_take_the_place_of_the_cross_validation(page, jobs):
    page.show()
    assert jobs.current is None
    assert page.bases.isVisible()
    assert page.bases.segments.segment("training").text() == "Cross-validated, 18 images"
    assert page.bases.segments.segment("since").text() == "Labels since, 18 images"
    assert page.facts.text().startswith("Cross-validated on 18 labelled images")


def test_labels_that_came_since_judge_the_run_when_asked_for(qtbot, page, jobs):
    result = judge_on_labels_since(qtbot, page, jobs)
    assert page.facts.text() == SINCE
    assert page.figures.accuracy.text.startswith(f"{result.evaluation.accuracy:.2f} [")
    assert all(answer.image_id is not None for answer in page.judged.answers)


def test_there_is_a_way_back_and_the_side_bar_says_the_same(qtbot, page, jobs):
    page.show()
    trained = page.session.report
    assert (trained.basis, trained.images) == ("training", 18)
    result = judge_on_labels_since(qtbot, page, jobs)
    assert page.session.report == ShownReport(1, result.evaluation.macro_f1, 18, "since")
    assert page_states(project_facts(page.session), None)["evaluate"].line.endswith(" on 18 labels since")
    choose(qtbot, page, "training")
    assert page.session.report == trained
    assert page.figures.mean_f1.text.startswith(f"{trained.macro_f1:.2f} [")
    choose(qtbot, page, "since")
    assert jobs.current is None
    assert page.facts.text() == SINCE


def test_what_is_saved_is_what_is_shown(qtbot, page, jobs, tmp_path):
    judge_on_labels_since(qtbot, page, jobs)
    with qtbot.waitSignal(jobs.ended, timeout=60_000):
        page.save(tmp_path / "since.html")
    choose(qtbot, page, "training")
    with qtbot.waitSignal(jobs.ended, timeout=60_000):
        page.save(tmp_path / "trained.html")
    saved = [(tmp_path / name).read_text(encoding="utf-8") for name in ("since.html", "trained.html")]
    assert ["often the least sure ones" in text for text in saved] == [True, False]
    assert ["Cross-validated on 18" in text for text in saved] == [False, True]


def test_the_choice_holds_while_the_project_is_open(qtbot, page, jobs):
    judge_on_labels_since(qtbot, page, jobs)
    page.hide()
    page.show()
    page.show_run(1)
    assert page.facts.text() == SINCE


def test_images_kept_for_judging_are_no_labels_since(qtbot, page, jobs, shell):
    project = page.session.project
    untrained = sorted(page.session.labels.keys() - project.run_images(1, "train"))
    page.session.apply(project.assign_split(dict.fromkeys(untrained[::3], "test")))
    page.session.label(untrained[1::3], None)
    for _ in train(project, TrainRequest(features="texture")):
        pass
    page.session.undo()
    page.session.refresh()
    page.show()
    with qtbot.waitSignal(jobs.ended, timeout=60_000):
        choose(qtbot, page, "kept")
    assert page.facts.text() == "Measured on 6 images kept for judging. None was trained on."
    assert page.session.report.images == 6
    choose(qtbot, page, "since")
    assert jobs.current is None
    assert page.facts.text().startswith("Measured on 6 images labelled after the training, not drawn at random")


def test_images_that_cannot_judge_bring_the_cross_validation_back(qtbot, page, jobs, shell):
    project = page.session.project
    untrained = sorted(page.session.labels.keys() - project.run_images(1, "train"))
    page.session.apply(project.assign_split(dict.fromkeys(untrained[::3], "test")))  # the run has seen them unlabelled
    page.show()
    with qtbot.waitSignal(jobs.ended, timeout=60_000):
        choose(qtbot, page, "kept")
    assert page.facts.text().startswith("Cross-validated on 18 labelled images")
    assert shell.notes[-1][1].startswith("Withheld: 6 of 18 new images resemble trained ones")
    with qtbot.waitSignal(jobs.ended, timeout=60_000):
        shell.actions[-1]()
    assert shell.notes[-1][1] == "None of these images can judge run 1: all resemble what it has learned from."
    assert page.facts.text().startswith("Cross-validated on 18 labelled images")


def test_a_judgement_that_is_stopped_leaves_the_cross_validation(qtbot, page, jobs):
    page.show()
    page.show_basis("since")
    assert page.judging.isVisible()
    assert not page.save_button.isEnabled()
    with qtbot.waitSignal(jobs.ended, timeout=60_000):
        jobs.stop()
    assert page.facts.text().startswith("Cross-validated on 18 labelled images")


def test_labels_taken_back_bring_the_cross_validation_back(qtbot, page, jobs):
    judge_on_labels_since(qtbot, page, jobs)
    page.session.undo()
    assert not page.bases.isVisible()
    assert page.facts.text().startswith("Cross-validated on 18 labelled images")


def test_a_run_without_cross_validation_can_be_judged_on_labels_since(qtbot, page, jobs):
    (run,) = page.session.runs
    page.session.runs = [replace(run, metrics={"labels": 18})]
    page.show()
    assert page.empty.sentence.startswith("Run 1 had too few labels to hold any out.")
    judge_on_labels_since(qtbot, page, jobs)
    assert page.facts.text() == SINCE


def test_a_csv_judges_it_too(qtbot, page, jobs, tmp_path):
    judge_on_labels_since(qtbot, page, jobs)
    untrained = page.judged.answers[:4]
    labels_csv = tmp_path / "line-test.csv"
    labels_csv.write_text("path,label\n" + "".join(f"{a.path},{a.label}\n" for a in untrained), encoding="utf-8")
    with qtbot.waitSignal(jobs.ended, timeout=60_000):
        page.open_with(labels_csv)
    assert page.facts.text() == "Measured on 4 images of line-test.csv. None was trained on."
    page.picker.run_chosen.emit(page.picker.run_id)
    assert page.facts.text() == SINCE
    assert page.bases.segments.segment("csv").text() == "line-test.csv, 4 images"
    choose(qtbot, page, "csv")
    assert page.facts.text().startswith("Measured on 4 images of line-test.csv.")


def test_more_labels_judge_it_when_the_page_is_shown_again(qtbot, page, jobs):
    page.session.label([image.id for image in page.session.images[30:]], None)
    judge_on_labels_since(qtbot, page, jobs)
    before = page.judged.evaluation.images
    page.hide()
    page.session.undo()
    with qtbot.waitSignal(jobs.ended, timeout=60_000):
        page.show()
    assert before < page.judged.evaluation.images == 18


def test_copies_of_trained_images_are_named_and_left_out(qtbot, page, jobs, shell, tmp_path):
    project = page.session.project
    trained = project.run_images(1, "train")
    copied = next(image for image in page.session.images if image.id in trained)
    pixels = cv2.imread(str(copied.path), cv2.IMREAD_GRAYSCALE)
    cv2.imwrite(str(tmp_path / "copy.png"), cv2.convertScaleAbs(pixels, alpha=1.02))
    others = [image for image in page.session.images if image.id not in trained][:3]
    rows = "".join(f"{image.path},{project.labels()[image.id]}\n" for image in others)
    (tmp_path / "truth.csv").write_text(f"path,label\ncopy.png,crazing\n{rows}", encoding="utf-8")
    page.show()
    with qtbot.waitSignal(jobs.ended, timeout=60_000):
        page.judge_on(tmp_path / "truth.csv")
    (_, text), leave_out = shell.notes[-1], shell.actions[-1]
    assert text == f"Withheld: 1 of 4 new images resemble trained ones: copy.png like {copied.path.name}."
    with qtbot.waitSignal(jobs.ended, timeout=60_000):
        leave_out()
    assert page.facts.text().endswith("None was trained on. 1 image that resembles a trained one is left out.")


def test_renaming_and_merging_after_the_judging(qtbot, page, jobs):
    result = judge_on_labels_since(qtbot, page, jobs)
    session = page.session
    session.refresh(session.project.rename_class("patches", new_name="Flecken"))
    assert "Flecken" in page.judged.classes
    assert "patches" not in page.judged.classes
    assert page.judged.evaluation.confusion.tolist() == result.evaluation.confusion.tolist()
    assert page.facts.text() == SINCE
    session.apply(session.project.merge_class("Flecken", into="inclusion"))
    assert len(page.judged.classes) == 5
    session.undo()
    assert page.judged.evaluation.confusion.tolist() == result.evaluation.confusion.tolist()
    assert jobs.current is None


def test_what_was_judged_as_one_class_is_judged_anew_once_it_is_two(qtbot, page, jobs):
    page.session.apply(page.session.project.merge_class("patches", into="inclusion"))
    result = judge_on_labels_since(qtbot, page, jobs)
    assert len(result.evaluation.classes) == 5
    with qtbot.waitSignal(jobs.ended, timeout=60_000):
        page.session.undo()
    assert len(page.judged.classes) == 6
    assert {answer.label for answer in page.judged.answers} == set(page.judged.classes)
