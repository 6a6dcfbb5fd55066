"""inspector.jobs.training.label_curve"""

from __future__ import annotations

import pytest

from inspector.jobs.events import LabelCurveFinished
from inspector.jobs.training import label_curve as job
from inspector.jobs.training.label_curve import label_curve
from models.errors import KnownError
from models.events import Notice, Progress

RANDOM = "random encoder"


def test_the_curve_says_on_how_many_images_each_point_stands(labelled):
    *_, finished = label_curve(labelled, device="cpu")
    own = [point for point in finished.points if point.which == "texture spectrum"]
    assert isinstance(finished, LabelCurveFinished)
    assert [point.labels for point in own] == [6, 12, 18, 30]  # of six classes
    assert [point.images for point in own] == [30, 24, 18, 6]
    assert all(0 <= point.low <= point.accuracy_mean <= point.high <= 1 for point in finished.points)


def test_a_random_encoder_stands_beside_it(labelled):
    *_, finished = label_curve(labelled, device="cpu")
    labels = {which: [p.labels for p in finished.points if p.which == which] for which in ("texture spectrum", RANDOM)}
    assert {point.which for point in finished.points} == labels.keys()
    assert labels["texture spectrum"] == labels[RANDOM]


def test_more_labels_are_better(labelled):
    *_, finished = label_curve(labelled, device="cpu")
    own = [point.accuracy_mean for point in finished.points if point.which == "texture spectrum"]
    assert own[0] > 1 / 6
    assert own[-1] >= own[0]


def test_each_point_is_told(labelled):
    events = list(label_curve(labelled, device="cpu"))
    told = [event.done for event in events if isinstance(event, Progress) and event.stage == "label curve"]
    assert told == list(range(1, len(events[-1].points) + 1))


def test_a_class_of_one_label_is_left_out(labelled):
    first, *others = (i for i, name in labelled.labels().items() if name == "patches")
    labelled.label_images(dict.fromkeys(others), step="Remove labels", source="test")
    events = list(label_curve(labelled, device="cpu"))
    (notice,) = (event for event in events if isinstance(event, Notice) and "patches" in event.text)
    assert notice.text == "One label is too few to learn from and to judge by, so patches is left out."
    assert events[-1].points[0].labels == 5
    assert first in labelled.labels()


def test_a_rare_class_is_not_lost_among_many_labels(imported, monkeypatch):
    monkeypatch.setattr(job, "MAX_IMAGES", 8)
    ids = [image.id for image in imported.images()]
    labels = dict.fromkeys(ids, "plain") | dict.fromkeys(ids[::18], "crack")
    imported.label_images(labels, step="Label images", source="test")
    *_, finished = label_curve(imported, device="cpu")
    assert finished.points[0].labels == 2


def test_too_few_labels_are_one_sentence(imported):
    with pytest.raises(KnownError, match="two classes with two labels each"):
        list(label_curve(imported, device="cpu"))
