"""Pretraining as a window follows it: which run, its map, a graphics card that is too small or fails."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from inspector.jobs.events import MapMoved, RunStarted
from inspector.jobs.pretraining.pretrain import PretrainFinished, pretrain, resume
from inspector.jobs.pretraining.request import PretrainRequest
from inspector.jobs.running import devices
from inspector.jobs.running.devices import device_to_learn_on, usable_device
from models.errors import KnownError
from models.events import Embedding, Notice, Progress, StepDone
from models.pretraining.trainer import Trainer

REQUEST = PretrainRequest(size_px=32, width=12, overrides={"epochs": 2, "batch_size": 12}, device="cpu")


@pytest.fixture
def small_card(monkeypatch):
    """Call it with the largest batch that the memory holds."""
    update = Trainer.update

    def limit(images: int) -> None:
        def updated(self, views):
            if views.shape[1] > images:
                raise torch.OutOfMemoryError("CUDA out of memory.")
            return update(self, views)

        monkeypatch.setattr(Trainer, "update", updated)

    return limit


def test_the_run_is_named_before_it_learns(imported):
    events = list(pretrain(imported, REQUEST))
    kinds = [type(event) for event in events if not isinstance(event, Progress)]
    assert kinds.index(RunStarted) < kinds.index(StepDone)
    assert isinstance(events[-1], PretrainFinished)
    assert {event.run for event in events if isinstance(event, RunStarted | PretrainFinished)} == {1}
    assert MapMoved not in kinds


def test_a_map_follows_each_look(imported):
    events = list(pretrain(imported, REQUEST, maps=True))
    at = [i for i, event in enumerate(events) if isinstance(event, Embedding)]
    assert at
    for look, moved in ((events[i], events[i + 1]) for i in at):
        assert isinstance(moved, MapMoved)
        assert moved.epoch == look.epoch
        assert moved.points.shape == (36, 2)
        assert set(moved.image_ids) == {image.id for image in imported.images()}


def test_points_of_the_map_move_rather_than_jump(imported):
    first, second = (event for event in pretrain(imported, REQUEST, maps=True) if isinstance(event, MapMoved))
    np.testing.assert_array_equal(first.image_ids, second.image_ids)
    moved = np.linalg.norm(second.points - first.points, axis=1)
    assert np.median(moved) < 0.5 * np.ptp(first.points, axis=0).max()


def test_a_batch_too_large_for_the_card_is_halved(imported, small_card):
    small_card(6)
    events = list(pretrain(imported, REQUEST))
    notices = [event.text for event in events if isinstance(event, Notice) and event.warning]
    assert notices == ["The graphics card ran out of memory. The batch is now 6 instead of 12."]
    assert [event.steps for event in events if isinstance(event, StepDone)] == [12] * 12
    assert imported.run(1).state == "finished"


def test_a_card_that_is_far_too_small_is_one_sentence(imported, small_card):
    small_card(2)
    with pytest.raises(KnownError, match="too small even for batches of 6 images; lower the image size"):
        list(pretrain(imported, REQUEST))
    assert imported.run(1).state == "failed"


def test_a_time_budget_halves_the_batch_until_it_fits(imported, small_card):
    small_card(3)
    overrides = {"batch_size": 12, "small_defects": False}
    events = pretrain(imported, replace(REQUEST, overrides=overrides, minutes=1.0))
    told = []
    for event in events:
        if isinstance(event, Notice):
            told.append(event)
        if isinstance(event, StepDone):
            assert event.steps == 12 * imported.run(1).config["epochs"]
            break
    events.close()
    assert [notice.text for notice in told if notice.warning] == [
        "The graphics card ran out of memory. The batch is now 6 instead of 12.",
        "The graphics card ran out of memory. The batch is now 3 instead of 6.",
    ]
    assert told[-1].text.endswith("epochs fit into 1 min on this machine.")
    assert imported.run(1).config["batch_size"] == 3


def test_a_card_that_no_batch_of_a_time_budget_fits_is_one_sentence(imported, small_card):
    small_card(1)
    with pytest.raises(KnownError, match="too small even for batches of 3 images; lower the image size"):
        list(pretrain(imported, replace(REQUEST, overrides={"batch_size": 12}, minutes=1.0)))
    assert imported.runs() == []


def test_a_run_with_a_halved_batch_can_be_resumed(imported, small_card):
    small_card(6)
    events = pretrain(imported, REQUEST)
    steps = (event for event in events if isinstance(event, StepDone))
    assert [next(steps).step for _ in range(3)] == [1, 2, 3]
    events.close()
    resumed = list(resume(imported, 1, device_name="cpu"))
    assert [event.step for event in resumed if isinstance(event, StepDone)] == list(range(4, 13))
    assert isinstance(resumed[-1], PretrainFinished)


def test_a_card_that_fails_when_tried_leaves_the_cpu(monkeypatch):
    monkeypatch.setattr("models.system.device.torch.cuda.is_available", lambda: True)
    monkeypatch.setattr(devices, "_failure", lambda _: "CUDA error: no kernel image")
    trial = usable_device("auto")
    assert next(trial) == Notice(
        "The graphics card cannot be used (CUDA error: no kernel image); the CPU computes instead.", warning=True
    )
    with pytest.raises(StopIteration) as end:
        next(trial)
    assert end.value.value == torch.device("cpu")
    with pytest.raises(KnownError, match="choose the CPU"):
        next(usable_device("cuda"))


def test_learning_stays_on_the_card(monkeypatch):
    kept = []
    monkeypatch.setattr("models.system.device.torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("models.system.device.stay_on_card", lambda: kept.append("on the card"))
    monkeypatch.setattr(devices, "_failure", lambda _: None)
    for name in ("auto", "cpu"):
        assert list(usable_device(name)) == []
    assert kept == ["on the card"]


def test_what_takes_long_says_that_a_card_is_idle(monkeypatch):
    monkeypatch.setattr("models.system.nvidia.idle_card", lambda: "RTX A2000 computes nothing.")
    assert list(device_to_learn_on("auto")) == [Notice("RTX A2000 computes nothing.", warning=True)]
    assert list(device_to_learn_on("cpu")) == []  # nobody who asks for the CPU wants to hear of it


def test_a_failing_device_says_why():
    assert devices._failure(torch.device("cpu")) is None
    assert devices._failure(torch.device("cuda:77"))
