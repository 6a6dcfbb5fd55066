"""models.small_defects.anomaly_training: from plain images alone it learns where something is unusual."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from models.encoders.spec import EncoderSpec
from models.errors import KnownError
from models.events import Progress
from models.small_defects.anomaly_detector import AnomalyDetector
from models.small_defects.anomaly_network import AnomalyNetwork
from models.small_defects.anomaly_training import BATCH, draw_batch, jittered, learn_anomalies, window_side
from models.small_defects.background import separation

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def _small_windows(monkeypatch):
    monkeypatch.setattr("models.small_defects.anomaly_training.WINDOW_PX", 32)


def found_share(detector: AnomalyDetector, images: np.ndarray, centres: np.ndarray) -> float:
    """Share of images whose most unusual place lies within 12 px of the spot (the pointing game)."""
    places = detector.places(torch.from_numpy(images)).centres[:, 0].numpy()
    return float((np.abs(places - centres).max(1) <= 12).mean())


def untrained_like(detector: AnomalyDetector, seed: int) -> AnomalyDetector:
    torch.manual_seed(seed)
    return AnomalyDetector(AnomalyNetwork(EncoderSpec(width=4)).eval(), detector.standardiser)


def test_it_finds_spots_that_it_has_never_seen(detector, surfaces):
    """Both dark and bright ones; a network that learned nothing finds one kind at best, and seldom."""
    kinds = [surfaces(24, seed=1, spot=spot) for spot in (-70, 90)]
    assert min(found_share(detector, *kind) for kind in kinds) >= 0.9
    untrained = [untrained_like(detector, seed) for seed in range(4)]
    assert np.mean([found_share(other, *kind) for other in untrained for kind in kinds]) < 0.6


def test_an_image_with_a_spot_is_more_unusual_than_one_without(detector, surfaces):
    plain, spotted = (
        detector.logits(torch.from_numpy(surfaces(24, seed=1, spot=spot)[0])).amax((1, 2)).numpy() for spot in (0, -70)
    )
    assert separation(spotted, plain) > 0.95


def test_the_same_seed_gives_the_same_weights(surfaces, pixels_of, finish):
    pixels = pixels_of(surfaces(6, side=40)[0])
    states = [
        finish(learn_anomalies(pixels, windows=2 * BATCH, device=CPU, width=4, seed=seed)).state() for seed in (3, 3, 4)
    ]
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])
    assert not all(torch.equal(states[0][name], states[2][name]) for name in states[0])


def test_every_step_is_told(surfaces, pixels_of):
    pixels = pixels_of(surfaces(6, side=40)[0])
    events = list(learn_anomalies(pixels, windows=3 * BATCH + 5, device=CPU, width=4))
    assert events == [Progress("small defects", k * BATCH, 3 * BATCH, "windows") for k in (1, 2, 3)]


def test_closing_stops_it(surfaces, pixels_of, monkeypatch):
    drawn = []
    monkeypatch.setattr(
        "models.small_defects.anomaly_training.draw_batch", lambda *args: drawn.append(draw_batch(*args)) or drawn[-1]
    )
    events = learn_anomalies(pixels_of(surfaces(6, side=40)[0]), windows=50 * BATCH, device=CPU, width=4)
    next(events)
    events.close()
    assert len(drawn) == 1
    assert list(events) == []


def test_it_does_not_disturb_the_random_numbers_of_others(surfaces, pixels_of, finish):
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    finish(learn_anomalies(pixels_of(surfaces(4, side=40)[0]), windows=BATCH, device=CPU, width=4))
    assert torch.equal(torch.rand(3), expected)


def test_what_pretraining_kept_apart_is_kept_with_the_detector(surfaces, pixels_of, finish):
    pixels = pixels_of(surfaces(4, side=40)[0])
    learned = finish(learn_anomalies(pixels, windows=1, device=CPU, width=4, flips=False, right_angles=False))
    assert (learned.flips, learned.right_angles) == (False, False)


def test_a_loss_that_is_no_number_is_one_sentence(surfaces, pixels_of, monkeypatch):
    monkeypatch.setattr("models.small_defects.anomaly_training.CELL_WEIGHT", float("nan"))
    events = learn_anomalies(pixels_of(surfaces(4, side=40)[0]), windows=BATCH, device=CPU, width=4)
    with pytest.raises(KnownError, match="has diverged: the loss is no number"):
        next(events)


def test_pairs_show_the_same_anomaly_and_some_windows_none(surfaces, pixels_of):
    batch = draw_batch(pixels_of(surfaces(6)[0]), np.random.default_rng(0), torch.Generator().manual_seed(0))
    assert batch.windows.shape == (BATCH, 1, 32, 32)
    shown = batch.masks.flatten(1).any(1)
    assert len(batch.first) >= 0.8 * batch.pairs
    assert shown[batch.first].all()
    assert shown[batch.first + batch.pairs].all()
    assert not shown[2 * batch.pairs :].any()
    assert torch.equal(batch.shapes[batch.first], batch.shapes[batch.first + batch.pairs])


@pytest.mark.parametrize("shapes", [[(1, 300)], [(20, 20), (400, 30)], [(33, 64)]])
def test_images_smaller_than_a_window_are_learned_from(draw_unequal, pixels_of, shapes):
    images = draw_unequal(shapes)
    batch = draw_batch(pixels_of(images), np.random.default_rng(0), torch.Generator().manual_seed(0))
    assert batch.windows.shape == (BATCH, 1, 32, 32)
    assert batch.masks.any()


def test_windows_are_whole_steps_of_the_network(monkeypatch):
    monkeypatch.setattr("models.small_defects.anomaly_training.WINDOW_PX", 96)
    for smallest, expected in ((20, 32), (64, 64), (95, 64), (4_000, 96)):
        assert window_side(np.array([[smallest, 5_000]] * 20)) == expected


def test_jitter_changes_contrast_and_brightness_and_nothing_else():
    views = torch.randn(4, 1, 16, 16, generator=torch.Generator().manual_seed(0))
    changed = jittered(views, torch.Generator().manual_seed(0))
    for before, after in zip(views, changed, strict=True):
        assert np.corrcoef(before.flatten(), after.flatten())[0, 1] == pytest.approx(1, abs=1e-5)
    assert changed.std((1, 2, 3)).std() > 0.05
    assert changed.mean((1, 2, 3)).std() > 0.05
