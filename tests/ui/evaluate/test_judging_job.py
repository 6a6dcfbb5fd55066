"""Judging a run that was really trained: on labels that it never saw, and on a CSV."""

from __future__ import annotations

import cv2
import pytest

from inspector.jobs.train import train
from inspector.jobs.training import TrainRequest
from inspector.ui.pages.evaluate.evaluate_page import EvaluatePage
from inspector.ui.session import Session
from inspector.ui.thumbnails import Thumbnails


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


def test_labels_that_the_run_never_saw_judge_it(qtbot, page, jobs):
    with qtbot.waitSignal(jobs.ended, timeout=60_000) as ended:
        page.show()
    assert ended.args[1].outcome == "finished", ended.args[1].message
    assert page.facts.full_text() == "Measured on 18 labelled images. None was trained on."
    result = ended.args[1].result
    assert page.figures.accuracy.text.startswith(f"{result.evaluation.accuracy:.2f} [")
    assert all(answer.image_id is not None for answer in page.judged.answers)


def test_a_csv_judges_it_too(qtbot, page, jobs, tmp_path):
    with qtbot.waitSignal(jobs.ended, timeout=60_000):
        page.show()
    untrained = page.judged.answers[:4]
    labels_csv = tmp_path / "line-test.csv"
    labels_csv.write_text("path,label\n" + "".join(f"{a.path},{a.label}\n" for a in untrained), encoding="utf-8")
    with qtbot.waitSignal(jobs.ended, timeout=60_000):
        page.open_with(labels_csv)
    assert page.facts.full_text() == "Measured on 4 images of line-test.csv. None was trained on."
    page.picker.run_chosen.emit(page.picker.run_id)
    assert page.facts.full_text() == "Measured on 18 labelled images. None was trained on."


def test_labels_that_came_since_judge_it_when_the_page_is_shown_again(qtbot, page, jobs):
    page.session.label([image.id for image in page.session.images[30:]], None)
    with qtbot.waitSignal(jobs.ended, timeout=60_000):
        page.show()
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
    with qtbot.waitSignal(jobs.ended, timeout=60_000):
        page.show()
    with qtbot.waitSignal(jobs.ended, timeout=60_000):
        page.judge_on(tmp_path / "truth.csv")
    (_, text), leave_out = shell.notes[-1], shell.actions[-1]
    assert text == f"Withheld: 1 of 4 new images resemble trained ones: copy.png like {copied.path.name}."
    with qtbot.waitSignal(jobs.ended, timeout=60_000):
        leave_out()
    assert page.facts.full_text().endswith("None was trained on. 1 image that resembles a trained one is left out.")
