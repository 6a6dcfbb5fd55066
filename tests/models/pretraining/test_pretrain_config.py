"""Settings and presets."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from models.pretraining.config import CROP_BUDGETS, METHODS, MIN_EPOCHS, PRESETS, PretrainConfig, preset
from models.pretraining.methods import build_objective


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("method", METHODS)
def test_settings_go_through_json_and_back(method, name):
    settings = preset(method, name, channels=3)
    assert PretrainConfig.from_json(json.loads(json.dumps(settings.to_json()))) == settings
    assert settings.encoder.channels == 3


@pytest.mark.parametrize("method", METHODS)
def test_a_preset_builds_the_objective_that_it_names(method):
    objective = build_objective(preset(method, "quick"))
    assert type(objective).__name__.lower() == method
    assert objective.encoder.spec.kind == ("vit" if method == "mae" else "resnet18")


def test_the_paper_presets_hold_the_papers_values():
    simclr, mae = preset("simclr", "paper"), preset("mae", "paper")
    for settings in (simclr, mae):
        assert (settings.epochs, settings.batch_size, settings.learning_rate) == (50, 64, 1e-3)
        assert settings.augment.size_px == 224
    assert (simclr.encoder.width, simclr.temperature, simclr.views) == (64, 0.5, 2)
    assert (simclr.projection_outputs, simclr.projection_batch_norm) == (128, False)
    spec = mae.encoder
    assert (spec.width, spec.depth, spec.heads, spec.patch_px) == (512, 6, 8, 16)
    assert (mae.decoder, mae.target) == ("mlp", "pixels")


def test_larger_presets_draw_more_crops():
    epochs = [preset("simclr", name).epochs_for(1_024) for name in ("quick", "balanced", "best")]
    assert epochs == sorted(set(epochs))
    assert epochs[0] == round(CROP_BUDGETS["quick"] / 4_096)


def test_the_budget_counts_crops_not_images():
    settings = preset("simclr", "quick")
    assert abs(replace(settings, views=2).epochs_for(1_024) - 2 * settings.epochs_for(1_024)) <= 1


def test_a_large_project_gets_the_least_epochs_and_told_ones_are_kept():
    assert preset("simclr", "quick").epochs_for(10_000_000) == MIN_EPOCHS
    assert replace(preset("simclr", "quick"), epochs=2).epochs_for(10_000_000) == 2


@pytest.mark.parametrize("method", METHODS)
def test_small_defects_are_learned_from_windows_by_the_crops_up_to_a_bound(method):
    quick = preset(method, "quick")
    assert quick.anomaly_windows(1_024) == pytest.approx(75_000, rel=0.02)
    few, more = (replace(quick, epochs=epochs).anomaly_windows(1_024) for epochs in (2, 4))
    assert 0 < 2 * few == pytest.approx(more, abs=1)
    assert replace(quick, epochs=100_000).anomaly_windows(1_024) == 75_000


def test_small_defects_are_left_out_where_told_and_by_the_paper():
    assert replace(preset("simclr", "quick"), small_defects=False).anomaly_windows(1_024) == 0
    assert preset("simclr", "paper").anomaly_windows(1_024) == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"method": "byol"}, "byol"),
        ({"epochs": -1}, "epochs"),
        ({"batch_size": 1}, "batches"),
        ({"learning_rate": 0.0}, "learning rate"),
    ],
)
def test_impossible_settings_are_refused(changes, words):
    with pytest.raises(ValueError, match=words):
        PretrainConfig(**changes)


def test_an_unknown_preset_is_refused():
    with pytest.raises(ValueError, match="'fast'"):
        preset("simclr", "fast")


def test_a_masked_autoencoder_needs_a_transformer():
    with pytest.raises(ValueError, match="resnet18"):
        build_objective(PretrainConfig(method="mae"))


def test_crops_of_a_masked_autoencoder_are_whole_patches():
    config = preset("mae")
    with pytest.raises(ValueError, match="whole patches"):
        replace(config, augment=replace(config.augment, size_px=36))


def test_crops_of_a_masked_autoencoder_have_a_patch_to_see_and_one_to_predict():
    config = preset("mae")
    with pytest.raises(ValueError, match="a single patch"):
        replace(config, augment=replace(config.augment, size_px=8))
