"""inspector.jobs.pretraining.duration"""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.jobs.events import DurationEstimated
from inspector.jobs.pretraining.duration import estimate_pretraining
from inspector.jobs.pretraining.request import PretrainRequest
from inspector.project import Project
from models.errors import KnownError
from models.events import Progress

QUICK = PretrainRequest(size_px=32, width=12, overrides={"batch_size": 12, "views": 2}, device="cpu")


@pytest.fixture(autouse=True)
def _short_probe(monkeypatch):
    monkeypatch.setattr("inspector.jobs.pretraining.timing.PROBE_SECONDS", 0.1)


def test_presets_take_as_long_as_their_budgets_say(imported):
    encoder_alone = replace(QUICK, overrides={**QUICK.overrides, "small_defects": False})
    requests = {"quick": encoder_alone, "balanced": replace(encoder_alone, preset="balanced")}
    *_, estimated = estimate_pretraining(imported, requests)
    assert isinstance(estimated, DurationEstimated)
    assert estimated.device == "cpu"
    assert estimated.images_per_second > 0
    ratio = estimated.seconds["balanced"] / estimated.seconds["quick"]
    assert ratio == pytest.approx(1_000_000 / 260_000, rel=0.01)


def test_nothing_is_said_of_a_preset_with_other_steps(imported):
    *_, estimated = estimate_pretraining(imported, {"quick": QUICK, "paper": PretrainRequest(preset="paper")})
    assert estimated.seconds.keys() == {"quick"}


def test_learning_small_defects_takes_its_time(imported):
    alone = replace(QUICK, overrides={**QUICK.overrides, "small_defects": False})
    *_, estimated = estimate_pretraining(imported, {"both": QUICK, "alone": alone})
    assert estimated.seconds["both"] > estimated.seconds["alone"] > 0


def test_an_epoch_count_of_ones_own_is_kept_to(imported):
    ten, twenty = (replace(QUICK, overrides={**QUICK.overrides, "epochs": epochs}) for epochs in (10, 20))
    *_, estimated = estimate_pretraining(imported, {"ten": ten, "twenty": twenty})
    assert estimated.seconds["twenty"] == pytest.approx(2 * estimated.seconds["ten"])


def test_a_probe_can_be_stopped_after_every_step(imported):
    events = list(estimate_pretraining(imported, {"quick": QUICK}))
    steps = [event for event in events if isinstance(event, Progress) and event.stage == "methods"]
    assert len(steps) >= 3 + (1 + 1 + 3)  # of the small defects, of the encoder: its making, a first one, the others


def test_settings_that_make_no_sense_are_one_sentence(imported):
    with pytest.raises(KnownError, match="make no sense"):
        list(estimate_pretraining(imported, {"quick": replace(QUICK, overrides={"batch_size": 1})}))


def test_an_empty_project_cannot_be_probed(tmp_path):
    with Project.create(tmp_path / "empty") as project, pytest.raises(KnownError):
        list(estimate_pretraining(project, {"quick": QUICK}))


def test_every_group_is_probed_by_its_first_request(imported):
    mae = replace(QUICK, method="mae", width=24, overrides={"batch_size": 12})
    events = estimate_pretraining(
        imported, {"quick": QUICK}, {"quick": mae, "balanced": replace(mae, preset="balanced")}
    )
    first, second = (event for event in events if isinstance(event, DurationEstimated))
    assert (first.method, second.method) == ("hybrid", "mae")
    assert (first.seconds.keys(), second.seconds.keys()) == ({"quick"}, {"quick", "balanced"})
    assert 0 < second.parameters < 2_000_000
