"""The Train page, through its buttons and the events of a run."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt

from inspector.jobs.events import RunStarted, Validated
from inspector.project import Change
from inspector.ui.background.jobs import Job
from inspector.ui.pages.train.train_page import TrainPage
from inspector.ui.state.session import Session
from models.errors import KnownError
from models.evaluation.evaluate import evaluate
from models.events import EpochDone

CLASSES = ("crazing", "patches")


@pytest.fixture
def page(qtbot, session, jobs, thumbnails, shell):
    made = TrainPage(session, jobs, thumbnails, shell)
    qtbot.addWidget(made)
    made.resize(1080, 720)
    made.show()
    return made


@pytest.fixture
def labelled(session):
    session.apply(session.project.label_from_folders())
    return session


def events_of_a_run(go_on):
    """Two epochs of a fine-tuning run, which then waits."""
    yield RunStarted(99)
    for number, predicted in ((1, [0, 1, 0, 0]), (2, [0, 0, 1, 1])):
        figures = {"loss": 1.0 / number, "validation_loss": 0.8, "validation_accuracy": 0.75}
        yield EpochDone(number, 40, {**figures, "epochs_without_gain": number - 1.0})
        yield Validated(number, evaluate(np.array([0, 0, 1, 1]), np.array(predicted), None, CLASSES))
    go_on.wait(20)
    raise KnownError("Nothing came of it.")


def test_an_empty_project_leads_to_labels(qtbot, project, jobs, shell):
    from inspector.ui.pictures.thumbnails import Thumbnails

    session = Session(project)
    thumbnails = Thumbnails(session)
    page = TrainPage(session, jobs, thumbnails, shell)
    qtbot.addWidget(page)
    page.show()
    assert page.empty.sentence == "Label at least two classes first: 0 of 2 so far."
    qtbot.mouseClick(page.empty.button, Qt.MouseButton.LeftButton)
    assert shell.visited == [("label", None)]
    thumbnails.stop()


def test_one_class_is_too_few_and_the_button_says_so(page, session):
    session.label([session.images[0].id], "crazing")
    assert not page.start_button.isEnabled()
    assert page.start_button.toolTip() == "Label at least two classes first: 1 of 2 so far."
    session.label([session.images[9].id], "patches")
    assert page.start_button.isEnabled()


def test_training_shows_the_figures_of_the_run(qtbot, labelled, page, jobs):
    page.side.form.features.setCurrentIndex(page.side.form.features.findData("texture"))
    with qtbot.waitSignal(jobs.ended, timeout=60_000) as ended:
        qtbot.mouseClick(page.start_button, Qt.MouseButton.LeftButton)
    assert ended.args[1].outcome == "finished", ended.args[1].message
    run = labelled.finished_runs("train")[0]
    assert page.figures.accuracy.text.startswith(f"{run.metrics['validation']['accuracy']:.2f} [")
    assert page.figures.confusion.model().rowCount() == 6
    assert [row.id for row in page.side.runs.rows] == [run.id]
    assert page.figures.isVisible()


@pytest.mark.parametrize(("kind", "is_shown"), [("train", True), ("other", False)])
def test_epochs_and_validations_are_drawn_as_they_come(qtbot, labelled, page, jobs, kind, is_shown):
    go_on, arrived = threading.Event(), []
    jobs.event_arrived.connect(lambda _id, event: arrived.append(event))
    jobs.submit(Job(kind, "Training", "fine-tuned", lambda: events_of_a_run(go_on), page="train"))
    qtbot.waitUntil(lambda: len(arrived) == 5)
    figures = page.figures
    assert [row.f1 for row in figures.f1.rows] == ([1.0, 1.0] if is_shown else [])
    assert ("loss" in figures.loss_plot.curves, "accuracy" in figures.accuracy_plot.bands) == (is_shown, is_shown)
    assert figures.gain.text == ("1 of 10" if is_shown else "0 of 1")
    with qtbot.waitSignal(jobs.ended):
        go_on.set()


def test_two_ticked_runs_are_compared_and_their_images_shown(qtbot, labelled, page):
    ids = [image.id for image in labelled.images[:4]]
    for predicted in ([0, 0, 1, 1], [0, 1, 1, 1]):
        with labelled.project.start_run("train", {"mode": "linear"}) as run:
            answers = {"image_ids": ids, "true": [0, 0, 1, 1], "predicted": predicted, "confidence": [0.9] * 4}
            run.log("validation", {**answers, "classes": list(CLASSES)})
            run.finish({"labels": 4})
    labelled.refresh(Change(runs=True))
    qtbot.mouseClick(page.compare_button, Qt.MouseButton.LeftButton)
    view = page.side.comparison
    assert view.verdict.text() == "One image apart: too few labels to call a winner."
    qtbot.mouseClick(view.button, Qt.MouseButton.LeftButton)
    assert page.side.strip.isVisible()
    assert view.comparison.differing == (ids[1],)


def test_comparing_needs_two_runs_and_says_so(page):
    assert not page.compare_button.isEnabled()
    assert page.compare_button.toolTip() == "Train twice first: 0 runs so far."


def test_a_page_made_meanwhile_catches_up(qtbot, labelled, jobs, thumbnails, shell):
    go_on = threading.Event()

    def start():
        with labelled.project.start_run("train", {"mode": "finetune", "epochs": 40}) as run:
            run.log("epoch", {"epoch": 1, "loss": 1.0, "validation_loss": 0.7, "validation_accuracy": 0.5})
            run.flush()
            yield RunStarted(run.id)
            go_on.wait(20)
            raise KnownError("Nothing came of it.")

    with qtbot.waitSignal(jobs.event_arrived):
        jobs.submit(Job("train", "Training", "fine-tuned", start, page="train"))
    page = TrainPage(labelled, jobs, thumbnails, shell)
    qtbot.addWidget(page)
    page.show()
    assert page.figures.loss_plot.curves["loss"].y.tolist() == [0.7]
    with qtbot.waitSignal(jobs.ended):
        go_on.set()


def test_a_renamed_class_is_called_so_and_changes_no_figure(qtbot, labelled, page, jobs):
    page.side.form.features.setCurrentIndex(page.side.form.features.findData("texture"))
    with qtbot.waitSignal(jobs.ended, timeout=60_000):
        qtbot.mouseClick(page.start_button, Qt.MouseButton.LeftButton)
    accuracy = page.figures.accuracy.text
    labelled.refresh(labelled.project.rename_class("patches", new_name="Flecken"))
    assert page.figures.accuracy.text == accuracy
    assert "Flecken" in page.figures.confusion._matrix.classes
    labelled.apply(labelled.project.merge_class("Flecken", into="inclusion"))
    assert page.figures.confusion.model().rowCount() == 5
    assert page.side.forecast.sentence.text().startswith("Classes have become one")
    labelled.undo()
    assert page.figures.accuracy.text == accuracy
