"""inspector.jobs.training.train as a window follows it: which run, its stages, its answers image by image."""

from __future__ import annotations

import numpy as np
import pytest

from inspector.jobs.events import MapMoved, RunStarted, Validated
from inspector.jobs.training.train import TrainFinished, train
from inspector.jobs.training.training import TrainRequest, validation_of
from models.events import EpochDone, Progress, StepDone

LINEAR = TrainRequest(features="texture", device="cpu")
NETWORK = TrainRequest(mode="finetune", encoder="random", epochs=2, device="cpu", keep_better=False)


def of_kind(kind: type, events: list) -> list:
    return [event for event in events if isinstance(event, kind)]


@pytest.mark.parametrize("request_", [LINEAR, NETWORK], ids=["linear", "network"])
def test_the_run_keeps_its_answers_image_by_image(labelled, request_):
    *_, finished = train(labelled, request_)
    answers = validation_of(labelled, finished.run)
    labels = labelled.labels()
    assert isinstance(finished, TrainFinished)
    assert len(answers.image_ids) == finished.validation.images
    assert set(answers.image_ids) == labelled.run_images(finished.run, "validation")
    assert [answers.classes[k] for k in answers.true] == [labels[i] for i in answers.image_ids]
    assert np.mean(np.equal(answers.true, answers.predicted)) == pytest.approx(finished.validation.accuracy)
    assert all(0 < confidence <= 1 for confidence in answers.confidence)


def test_a_head_shows_its_stages(labelled):
    events = list(train(labelled, LINEAR))
    assert events.index(RunStarted(1)) < events.index(Progress("head", 0, 1, "heads"))
    assert {event.stage for event in of_kind(Progress, events)} >= {"head", "validation"}


def test_without_anything_to_judge_by_no_answers_are_kept(imported):
    first, second = imported.images()[0].id, imported.images()[-1].id
    imported.label_images({first: "pit", second: "crack"}, step="Label", source="test")
    *_, finished = train(imported, LINEAR)
    assert validation_of(imported, finished.run) is None


def test_a_network_is_judged_every_epoch(labelled):
    events = list(train(labelled, NETWORK))
    assert [event.epoch for event in of_kind(EpochDone, events)] == [1, 2]
    judged = of_kind(Validated, events)
    assert [event.epoch for event in judged] == [1, 2]
    assert judged[0].evaluation.images == 6  # one of each class
    assert len(judged[0].evaluation.per_class) == 6
    assert of_kind(StepDone, events)
    assert not of_kind(MapMoved, events)


def test_a_network_shows_a_map_of_all_images(labelled):
    (moved,) = of_kind(MapMoved, list(train(labelled, NETWORK, maps=True)))
    assert moved.epoch == 1
    assert sorted(moved.image_ids) == [image.id for image in labelled.images()]
