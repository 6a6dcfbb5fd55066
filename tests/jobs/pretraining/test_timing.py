"""inspector.jobs.pretraining.timing: epochs for a time budget, and what a preset promises on this machine."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from inspector.jobs.pretraining.pretrain import pretrain
from inspector.jobs.pretraining.request import PretrainRequest
from inspector.jobs.pretraining.timing import Pace, epochs_within, measure_pace, promise_notice
from models.errors import KnownError
from models.events import Notice
from models.pretraining.config import PROMISED_MINUTES, PretrainConfig, preset

CPU = torch.device("cpu")
ENCODER_ALONE = PretrainConfig(small_defects=False)


@pytest.fixture
def pace_of(monkeypatch):
    """Call it with what a probe of this machine shall find."""

    def find(per_epoch: float, per_window: float = 0.0) -> None:
        monkeypatch.setattr("inspector.jobs.pretraining.timing.seconds_per_epoch", lambda *_, **__: per_epoch)
        monkeypatch.setattr("inspector.jobs.pretraining.timing.seconds_per_window", lambda *_, **__: per_window)

    return find


def test_twice_the_minutes_are_twice_the_epochs():
    once, twice = (epochs_within(Pace(1_440, 2.0, 0.0), ENCODER_ALONE, minutes=minutes) for minutes in (10, 20))
    assert once == 285  # 95 % of 600 s; the rest is for looking and saving
    assert twice == 2 * once


@pytest.mark.parametrize("minutes", [2, 10, 60])
def test_a_budget_holds_the_small_defects_too(minutes):
    pace = Pace(1_440, 2.0, 0.003)
    epochs = epochs_within(pace, PretrainConfig(), minutes=minutes)
    whole, longer = (pace.seconds(replace(PretrainConfig(), epochs=count)) for count in (epochs, epochs + 1))
    assert whole <= 60 * minutes < longer


def test_too_few_minutes_are_told():
    with pytest.raises(KnownError, match=r"1 min are too short: 4 epochs over 1,440 images take about 4\.2 min"):
        epochs_within(Pace(1_440, 60.0, 0.0), ENCODER_ALONE, minutes=1)


@pytest.mark.parametrize("name", PROMISED_MINUTES)
def test_a_kept_promise_is_no_warning(name):
    minutes = PROMISED_MINUTES[name]
    assert promise_notice(name, 60 * minutes) == Notice(f"Preset {name} takes about {minutes} min on this machine.")


def test_a_broken_promise_names_the_way_out():
    assert promise_notice("quick", 840) == Notice(
        "Preset quick takes about 14 min on this machine, not the 10 min that it is meant for: a time budget of 10 min "
        "(--minutes 10) keeps to that.",
        warning=True,
    )


def run_out(*_, **__):
    raise torch.OutOfMemoryError("CUDA out of memory.")


def first_notice(events) -> Notice:
    found = next(event for event in events if isinstance(event, Notice))
    events.close()
    return found


def test_a_preset_says_how_long_it_takes_before_it_starts(imported, pace_of):
    pace_of(0.5)
    notice = first_notice(pretrain(imported, PretrainRequest(overrides={"small_defects": False}, device="cpu")))
    epochs = preset("simclr").epochs_for(36)
    assert notice.text.startswith(f"Preset quick takes about {round(0.5 * epochs / 0.95 / 60)} min on this machine")
    assert imported.runs() == []


def test_epochs_of_ones_own_are_not_measured(imported, pace_of):
    pace_of(0.5)
    request = PretrainRequest(size_px=32, width=8, overrides={"epochs": 1, "batch_size": 12}, device="cpu")
    assert [event for event in pretrain(imported, request) if isinstance(event, Notice)] == []


def test_a_card_that_is_too_small_for_small_defects_has_the_encoders_pace(pace_of, monkeypatch):
    pace_of(2.0)
    monkeypatch.setattr("inspector.jobs.pretraining.timing.seconds_per_window", run_out)
    assert measure_pace(range(1_440), PretrainConfig(), device=CPU) == Pace(1_440, 2.0, 0.0)


def test_a_card_that_is_too_small_for_the_probe_starts_the_run(imported, monkeypatch):
    monkeypatch.setattr("inspector.jobs.pretraining.timing.seconds_per_epoch", run_out)
    events = pretrain(imported, PretrainRequest(size_px=32, width=8, device="cpu"))
    assert next(event for event in events if type(event).__name__ == "RunStarted").run == 1
    events.close()
