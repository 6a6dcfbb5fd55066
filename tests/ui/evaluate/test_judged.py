"""Answers beside the labels as they are now."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inspector.ui.pages.evaluate.class_rows import axis_low, class_rows
from inspector.ui.pages.evaluate.judged import Answer, Judged, with_labels
from models.evaluation.evaluate import evaluate

CLASSES = ("crazing", "patches")


def answer(image_id: int | None, label: str, said: str, confidence: float) -> Answer:
    return Answer(Path(f"{image_id}.png"), image_id, label, said, confidence)


@pytest.fixture
def judged() -> Judged:
    answers = (
        answer(1, "crazing", "crazing", 0.99),
        answer(2, "crazing", "patches", 0.6),
        answer(3, "crazing", "patches", 0.9),
        answer(None, "patches", "patches", 0.7),
    )
    true, predicted = np.array([0, 0, 0, 1]), np.array([0, 1, 1, 1])
    evaluation = evaluate(true, predicted, np.array([a.confidence for a in answers]), CLASSES)
    return Judged(6, "Measured on 4 images.", evaluation, answers)


def test_a_cell_leads_to_its_images_the_surest_first(judged):
    assert [a.image_id for a in judged.in_cell(0, 1)] == [3, 2]


def test_disagreements_come_surest_first(judged):
    assert [a.confidence for a in judged.disagreements()] == [0.9, 0.6]


def test_a_person_looks_at_the_unsure_ones(judged):
    assert judged.in_review(0.8) == 2


def test_a_new_label_moves_the_figures(judged):
    now = with_labels(judged, {1: "crazing", 2: "crazing", 3: "patches"})
    assert now.evaluation.confusion.tolist() == [[1, 1], [0, 2]]
    assert now.facts == "Measured on 4 images. 1 label has changed since; the figures follow."


def test_the_same_labels_leave_everything_as_it_was(judged):
    assert with_labels(judged, {1: "crazing", 2: "crazing", 3: "crazing"}) is judged


def test_an_image_without_a_label_judges_no_more(judged):
    now = with_labels(judged, {1: "crazing", 2: "crazing"})
    assert (now.evaluation.images, now.changed) == (3, 1)


def test_a_new_class_gets_a_row(judged):
    now = with_labels(judged, {1: "crazing", 2: "dent", 3: "crazing"})
    assert now.evaluation.classes == ("crazing", "patches", "dent")


def test_rows_share_one_axis(judged):
    rows = class_rows(judged, examples=1)
    assert [row.name for row in rows] == list(CLASSES)
    assert rows[0].examples == (judged.answers[0],)
    assert axis_low(rows) <= min(row.low for row in rows) < axis_low(rows) + 0.1
