"""models.prediction.map_check: a map is believed if it points at what decides, and depends on what was learned."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from models.evaluation.calibration import Calibration
from models.prediction.map_check import (
    MapCheck,
    check_maps,
    painted_over,
    pointed_at,
    rank_correlation,
    with_shuffled_weights,
)
from models.small_defects.multiple_instance import MultipleInstanceModel

KERNEL_PX = 17


class DarkSpots(MultipleInstanceModel):
    """Finds dark spots by a matched filter, its only weights: class 1 where one is dark enough."""

    def heat(self, images: torch.Tensor) -> torch.Tensor:
        framed = F.pad(images.float(), [KERNEL_PX // 2] * 4, mode="reflect")
        filtered = F.conv2d(framed, self.detector.network.weight)[:, 0]
        return torch.sigmoid(filtered - 11)

    def logits(self, images: torch.Tensor) -> np.ndarray:
        strongest = self.heat(images).amax((1, 2)).detach().numpy()
        return np.stack([np.zeros_like(strongest), 12 * strongest - 6], axis=1)

    def maps(self, images: torch.Tensor) -> np.ndarray:
        return self.heat(images).detach().numpy()


def matched_filter() -> torch.nn.Conv2d:
    y, x = np.mgrid[:KERNEL_PX, :KERNEL_PX] - KERNEL_PX // 2
    spot = np.exp(-(y**2 + x**2) / (2 * 4**2))
    network = torch.nn.Conv2d(1, 1, KERNEL_PX, bias=False)
    network.weight.data = torch.from_numpy((spot.mean() - spot) / np.abs(spot).sum()).float()[None, None]
    return network


def model_of(kind: type[DarkSpots] = DarkSpots, *, background: int | None = 0) -> DarkSpots:
    nothing = torch.nn.Identity()
    return kind(SimpleNamespace(network=matched_filter()), nothing, np.zeros(2, dtype=np.float32), background, 1)


@pytest.fixture
def images(surfaces) -> list[torch.Tensor]:
    return list(torch.from_numpy(surfaces(6, side=128, seed=3, spot=-90)[0]))


def test_a_map_that_points_at_what_decides_passes(images):
    check = check_maps(model_of(), images, calibration=Calibration())
    assert check.images == 6
    assert check.fall > 0.8
    assert abs(check.fall_elsewhere) < 0.1
    assert abs(check.likeness) < 0.4
    assert check.is_reliable
    assert check.to_json()["reliable"] is True


def test_a_map_that_points_elsewhere_fails(images, monkeypatch):
    maps = DarkSpots.maps
    monkeypatch.setattr(DarkSpots, "maps", lambda self, batch: np.roll(maps(self, batch), (64, 64), axis=(1, 2)))
    check = check_maps(model_of(), images, calibration=Calibration())
    assert check.fall < 0.1 < 0.8 < check.fall_elsewhere
    assert not check.is_reliable


def test_a_map_that_does_not_depend_on_what_was_learned_fails(images, monkeypatch):
    """What is dark, whatever the weights: it points rightly, and would do so without having learned."""
    fixed = model_of()
    monkeypatch.setattr(DarkSpots, "maps", lambda self, batch: fixed.heat(batch).detach().numpy())
    check = check_maps(model_of(), images, calibration=Calibration())
    assert check.fall > 0.8
    assert check.likeness == pytest.approx(1)
    assert not check.is_reliable


def test_a_map_of_everything_points_at_nothing(images, monkeypatch):
    monkeypatch.setattr(DarkSpots, "maps", lambda self, batch: np.ones((len(batch), *batch.shape[-2:]), np.float32))
    assert not check_maps(model_of(), images, calibration=Calibration()).is_reliable


def test_without_a_background_or_an_image_there_is_nothing_to_test(images):
    assert check_maps(model_of(background=None), images, calibration=Calibration()) is None
    assert check_maps(model_of(), [], calibration=Calibration()) is None


def test_a_hot_temperature_does_not_let_a_map_pass(images):
    assert not check_maps(model_of(), images, calibration=Calibration(100.0)).is_reliable


@pytest.mark.parametrize("channels", [1, 3], ids=["grey", "colour"])
def test_painting_over_leaves_the_rest_untouched(surfaces, channels):
    array, ((row, column),) = surfaces(1, seed=4, spot=-90, channels=channels)
    image = torch.from_numpy(array[0])
    where = np.zeros((96, 96), dtype=bool)
    where[max(row - 14, 0) : row + 15, max(column - 14, 0) : column + 15] = True
    before = image.clone()
    painted = painted_over(image, where)
    assert torch.equal(image, before)
    assert torch.equal(painted[:, ~where], image[:, ~where])
    assert (painted[:, row, column].int() - image[:, row, column].int() > 60).all()


def test_what_is_pointed_at_is_half_as_hot_or_a_cell_away():
    heat = np.full((60, 60), 0.1, dtype=np.float32)
    heat[30, 30], heat[30, 50] = 0.8, 0.3
    pointed = pointed_at(heat)
    assert pointed[22:39, 22:39].all()
    assert pointed.sum() == 17 * 17


def test_shuffled_weights_are_the_same_numbers_elsewhere():
    model = model_of()
    before = model.detector.network.weight.detach().clone()
    shuffled = with_shuffled_weights(model).detector.network.weight.detach()
    assert torch.equal(model.detector.network.weight, before)
    assert torch.equal(shuffled.flatten().sort().values, before.flatten().sort().values)
    assert not torch.equal(shuffled, before)


def test_maps_of_one_order_correlate_and_flat_ones_with_nothing():
    heat = np.random.default_rng(0).random((80, 96)).astype(np.float32)
    assert rank_correlation(heat, heat**3) == pytest.approx(1)
    assert rank_correlation(heat, 1 - heat) == pytest.approx(-1)
    assert rank_correlation(heat, np.ones_like(heat)) == 0


@pytest.mark.parametrize(
    ("fall", "elsewhere", "likeness", "reliable"),
    [(0.5, 0.1, 0.2, True), (0.5, 0.4, 0.2, False), (0.1, 0.0, 0.2, False), (0.5, 0.1, 0.9, False)],
)
def test_both_tests_must_be_passed(fall, elsewhere, likeness, reliable):
    assert MapCheck(3, fall, elsewhere, likeness).is_reliable is reliable
