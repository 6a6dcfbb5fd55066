"""Figures from features alone: classes that lie apart are told apart by the labels that are drawn."""

from __future__ import annotations

import numpy as np
import pytest

from inspector.jobs.experiment.measuring import FeatureData, measure_clicks, measure_labels, measure_probe
from inspector.jobs.experiment.protocol import draw_labels
from models.errors import KnownError
from models.stages import returned

CLASSES = ("a", "b", "c")


@pytest.fixture
def data() -> FeatureData:
    """60 images in three clear groups, 30 of them unseen; only every second of the others may be labelled."""
    rng = np.random.default_rng(0)
    labels, unseen_labels = np.arange(60) % 3, np.arange(30) % 3
    features, unseen = (4 * np.eye(3, 8)[of] + rng.standard_normal((len(of), 8)) for of in (labels, unseen_labels))
    blocks = {"encoder_mean": features.astype(np.float32)}
    return FeatureData(
        blocks, labels, np.arange(0, 60, 2), np.arange(60), unseen.astype(np.float32), unseen_labels, CLASSES
    )


def test_by_labels(data):
    measured = returned(measure_labels(data, 5, draws=2, seed=0, title="t"))
    assert len(measured["scores"]) == 2
    assert all(score["accuracy"] > 0.9 for score in measured["scores"])
    assert measured["answers"]["true"] == data.unseen_labels.tolist()


def test_progress_goes_from_nothing_to_all_draws(data):
    events = list(measure_labels(data, 1, draws=3, seed=0, title="t"))
    assert (events[0].done, events[-1].done, events[-1].total) == (0, 3, 3)


def test_by_clicks(data):
    by_total = returned(measure_clicks(data, (3, 12, 1_000), random=False, draws=2, seed=0, title="t"))["by_total"]
    assert list(by_total) == ["3", "12"]
    assert by_total["12"][0]["accuracy"] > 0.9


def test_clicks_that_meet_a_single_class(data):
    by_total = returned(measure_clicks(data, (1,), random=True, draws=1, seed=0, title="t"))["by_total"]
    assert by_total["1"][0]["accuracy"] == pytest.approx(1 / 3)


def test_a_linear_probe(data):
    assert measure_probe(data, 1.0, seed=0)["scores"][0]["accuracy"] > 0.9


def test_a_smaller_draw_is_part_of_a_larger_one():
    labels = np.repeat([0, 1], [40, 20])
    few, tenth, every = (set(draw_labels(labels, amount, 3).tolist()) for amount in (1, 0.1, 1.0))
    assert (len(few), len(tenth), len(every)) == (2, 6, 60)
    assert few < tenth < every


def test_more_labels_than_there_are():
    with pytest.raises(KnownError, match="2 images to draw labels from, and 3"):
        draw_labels(np.array([0, 0, 1, 1]), 3, 0)
