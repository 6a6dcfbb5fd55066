"""inspector.jobs.training.label_forecast: made with each training and kept with its run, or from the labels at hand."""

from __future__ import annotations

import pytest

from inspector.jobs.training import label_forecast as job
from inspector.jobs.training.label_forecast import LabelForecastFinished, known_forecast, label_forecast
from inspector.jobs.training.train import train
from inspector.jobs.training.training import TrainRequest
from models.errors import KnownError
from models.events import Notice, Progress

TEXTURE = TrainRequest(features="texture", device="cpu")


def test_a_training_tells_and_keeps_what_more_labels_would_bring(labelled):
    events = list(train(labelled, TEXTURE))
    known = events[-1].forecast
    assert known == known_forecast(labelled, events[-1].run)
    assert known.forecast.labels == 36
    assert [point.labels for point in known.forecast.points] == [36, 54, 72, 108, 180]
    assert len(known.forecast.now_per_class) == 6
    assert known.sentence in [event.text for event in events if isinstance(event, Notice)]


def test_what_is_now_is_what_the_run_was_judged_by(labelled):
    *_, finished = train(labelled, TEXTURE)
    assert finished.forecast.forecast.now.f1 == pytest.approx(finished.validation.macro_f1)


def test_labels_at_hand_tell_without_training(labelled):
    events = list(label_forecast(labelled, device="cpu"))
    finished = events[-1]
    assert isinstance(finished, LabelForecastFinished)
    assert finished.labels == finished.known.forecast.labels == 36
    told = [event.done for event in events if isinstance(event, Progress) and event.stage == "label forecast"]
    assert told[-8:] == list(range(1, 9))
    assert labelled.latest_run("train") is None


@pytest.mark.parametrize(("per_class", "left"), [(None, 0), (5, 6)])
def test_it_knows_how_many_images_are_left_to_label(imported, per_class, left):
    imported.label_from_folders(per_class=per_class)
    *_, finished = label_forecast(imported, device="cpu")
    *_, trained = train(imported, TEXTURE)
    assert finished.known.forecast.unlabelled == trained.forecast.forecast.unlabelled == left
    assert "so import more images" in trained.forecast.sentence


def test_it_stops_between_two_heads(labelled):
    events = label_forecast(labelled, device="cpu")
    for event in events:
        if getattr(event, "stage", "") == "label forecast":
            events.close()
    assert next(events, None) is None


def test_who_stops_while_it_is_measured_keeps_the_classifier(labelled):
    events = train(labelled, TEXTURE)
    for event in events:
        if getattr(event, "stage", "") == "label forecast":
            events.close()
    assert labelled.latest_run("train").state == "finished"
    assert known_forecast(labelled, labelled.latest_run("train").id).reason.startswith("How far more labels would help")


def test_one_label_a_class_is_too_few(imported):
    imported.label_from_folders(per_class=1)
    *_, finished = label_forecast(imported, device="cpu")
    assert finished.known.to_json() == {"label_forecast": None, "label_forecast_unknown": job.NOTHING_HELD_OUT}
    *_, trained = train(imported, TEXTURE)
    assert trained.forecast.reason == job.NOTHING_HELD_OUT


def test_four_labels_a_class_are_too_few_to_forecast_from(imported):
    imported.label_from_folders(per_class=4)
    *_, finished = label_forecast(imported, device="cpu")
    assert finished.known.forecast.outcome == "too few labels"
    assert finished.known.forecast.points == ()


def test_no_label_is_one_sentence(imported):
    with pytest.raises(KnownError, match="at least two classes"):
        list(label_forecast(imported, device="cpu"))


def test_a_large_pool_is_cut_and_all_labels_are_told_of(labelled, monkeypatch):
    monkeypatch.setattr(job, "MAX_IMAGES", 30)
    *_, finished = label_forecast(labelled, device="cpu")
    assert finished.known.forecast.labels == 36
    assert finished.known.forecast.seen[0][0] < 9


def test_a_rare_class_outlasts_the_cut(imported, monkeypatch):
    monkeypatch.setattr(job, "MAX_IMAGES", 8)
    ids = [image.id for image in imported.images()]
    labels = dict.fromkeys(ids, "plain") | dict.fromkeys(ids[::17], "crack")
    imported.label_images(labels, step="Label images", source="test")
    *_, finished = train(imported, TEXTURE)
    assert finished.forecast.forecast.classes == ("crack", "plain")
    *_, at_hand = label_forecast(imported, device="cpu")
    assert at_hand.known.forecast.classes == ("crack", "plain")


def test_a_network_gets_the_reason_why_there_is_none(labelled):
    *_, finished = train(labelled, TrainRequest(encoder="random", preset="paper", epochs=1, device="cpu"))
    assert finished.forecast.reason == job.NOT_FOR_NETWORKS
