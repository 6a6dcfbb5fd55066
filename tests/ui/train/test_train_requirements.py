"""What training needs before it can start."""

from __future__ import annotations

import pytest

from inspector.jobs.training.training import TrainRequest
from inspector.ui.pages.train.requirements import labels_reason, start_reason, state_sentence, validation_sentence

ENOUGH = {"crazing": 5, "patches": 4}


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        ({}, "Label at least two classes first: 0 of 2 so far."),
        ({"crazing": 3, "patches": 0}, "Label at least two classes first: 1 of 2 so far."),
        (ENOUGH, ""),
    ],
)
def test_two_classes_are_needed(labels, reason):
    assert labels_reason(labels) == reason


@pytest.mark.parametrize(
    ("request_", "labels", "has_encoder", "says"),
    [
        (TrainRequest(), ENOUGH, False, ""),
        (TrainRequest(features="encoder"), ENOUGH, False, "choose other features"),
        (TrainRequest(mode="finetune"), ENOUGH, False, "choose random weights"),
        (TrainRequest(mode="finetune", encoder="random"), ENOUGH, False, ""),
        (TrainRequest(mode="finetune"), {"crazing": 5, "patches": 2}, True, "label more images of patches"),
        (TrainRequest(preset="paper"), {"crazing": 1, "patches": 9}, True, "three labels of each class"),
    ],
)
def test_settings_say_what_they_need(request_, labels, has_encoder, says):
    reason = start_reason(request_, labels, has_encoder=has_encoder)
    assert says in reason
    assert bool(reason) == bool(says)


def test_a_project_open_for_reading_trains_nothing():
    assert start_reason(TrainRequest(), ENOUGH, has_encoder=True, read_only=True).startswith("The project is open")


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        ({}, "No labels yet"),
        ({"a": 1}, "One class from 1 label"),
        (dict.fromkeys("abcdef", 5), "Six classes from 30 labels"),
    ],
)
def test_the_sentence_counts_classes_and_labels(labels, sentence):
    assert state_sentence(labels) == sentence


def test_few_labels_are_told_what_would_help():
    assert "120 would halve it" in validation_sentence(TrainRequest(), 30)
    assert "halve" not in validation_sentence(TrainRequest(), 0)
    assert "fifth" in validation_sentence(TrainRequest(preset="paper"), 30)
    assert "neither has seen" in validation_sentence(TrainRequest(mode="finetune"), 30)
