"""Curves of a run, from events or from its log."""

from __future__ import annotations

import pytest

from inspector.project import RunEvent
from inspector.ui.pages.train.epoch_history import PAPER_PATIENCE, PATIENCE, EpochHistory, patience_of, planned_epochs
from models.evaluation.evaluate import wilson_interval
from models.events import EpochDone
from models.finetuning.finetune import PAPER_HEAD, FinetuneConfig


def epoch(number: int, loss: float, without_gain: int) -> EpochDone:
    figures = {"loss": 1.0, "validation_loss": loss, "validation_accuracy": 0.5, "epochs_without_gain": without_gain}
    return EpochDone(number, 40, figures)


def test_the_best_epoch_is_the_last_with_a_gain():
    history = EpochHistory()
    for done in (epoch(1, 0.9, 0), epoch(2, 0.4, 0), epoch(3, 0.6, 1)):
        history.add(done)
    assert (history.best_epoch, history.best_loss, history.without_gain, history.planned) == (2, 0.4, 1, 40)


def test_the_interval_needs_the_number_of_images():
    history = EpochHistory()
    history.add(epoch(1, 0.9, 0))
    assert history.accuracy_limits() == ([], [])
    history.images = 10
    low, high = history.accuracy_limits()
    assert (low[0], high[0]) == wilson_interval(5, 10)


def test_a_log_gives_the_same_curves():
    logged = RunEvent("epoch", "", {"epoch": 1, "validation_loss": 0.9})
    history = EpochHistory.from_log([logged], planned=3)
    assert (history.epochs, history.values("validation_loss"), history.planned) == ([1], [0.9], 3)


@pytest.mark.parametrize("config", [{"mode": "finetune"}, {"mode": "linear", "preset": "paper"}])
def test_patience_is_that_of_the_training(config):
    assert (FinetuneConfig().patience, PAPER_HEAD.patience) == (PATIENCE, PAPER_PATIENCE)
    assert patience_of(config) == (PATIENCE if config["mode"] == "finetune" else PAPER_PATIENCE)


def test_planned_epochs_are_those_of_the_training():
    assert planned_epochs({"mode": "finetune", "epochs": None}) == FinetuneConfig().epochs
    assert planned_epochs({"mode": "linear", "preset": "paper"}) == PAPER_HEAD.epochs
    assert planned_epochs({"mode": "finetune", "epochs": 7}) == 7
