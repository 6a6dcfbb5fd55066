"""models.small_defects.synthetic_anomalies: what is laid on a window, and where it is said to lie."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from models.small_defects.synthetic_anomalies import LEAST_CHANGE, SHAPES, VISIBLE, Anomaly, draw_anomaly, smooth_noise

SIDE_PX = 64


def noise(seed: int, *, channels: int = 1, shape: tuple[int, int] = (SIDE_PX, SIDE_PX)) -> np.ndarray:
    grey = np.random.default_rng(seed).normal(128, 12, (channels, *shape))
    return grey.clip(0, 255).astype(np.uint8)


def laid(count: int, window: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Those of `count` anomalies that show on a window."""
    other = noise(99, channels=len(window))
    for seed in range(count):
        rng = np.random.default_rng(seed)
        result = draw_anomaly(rng, SIDE_PX).lay_on(window, other, rng)
        if result is not None:
            yield result


def test_the_same_numbers_give_the_same_window():
    first, again = ([changed for changed, _ in laid(20, noise(0))] for _ in range(2))
    assert len(first) > 10
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize("channels", [1, 3], ids=["grey", "colour"])
def test_pixels_change_visibly_where_the_mask_says(channels):
    window = noise(0, channels=channels)
    for changed, where in laid(60, window):
        change = np.abs(changed.astype(int) - window).max(0)
        assert changed.shape == window.shape
        assert change.max() >= LEAST_CHANGE
        np.testing.assert_array_equal(where, change > VISIBLE * change.max())


def test_most_anomalies_show_and_are_small():
    shares = [where.mean() for _, where in laid(100, noise(0))]
    assert len(shares) > 60
    assert np.median(shares) < 0.1
    assert max(shares) < 0.5


def test_inputs_stay_as_they_are():
    window, other = noise(0), noise(1)
    before = window.copy(), other.copy()
    for seed in range(40):
        rng = np.random.default_rng(seed)
        anomaly = draw_anomaly(rng, SIDE_PX)
        mask = anomaly.mask.copy()
        anomaly.lay_on(window, other, rng)
        np.testing.assert_array_equal(anomaly.mask, mask)
    np.testing.assert_array_equal((window, other), before)


def test_a_constant_window_and_a_black_one_take_anomalies():
    for level in (0, 128, 255):
        window = np.full((1, SIDE_PX, SIDE_PX), level, np.uint8)
        found = list(laid(60, window))
        assert len(found) > 5
        assert all((changed[0][where] != level).all() for changed, where in found)


def test_one_anomaly_looks_alike_on_two_backgrounds():
    mask = np.zeros((SIDE_PX, SIDE_PX), np.float32)
    mask[20:30, 20:40] = 1
    anomaly = Anomaly(mask, 0, 6.0, "plain", 0.0, None, (0.0, 2.0), 1.0, 1.0)
    for window in (noise(0), noise(1) // 2):
        rng = np.random.default_rng(5)
        changed, where = anomaly.lay_on(window, noise(2), rng)
        assert 0.5 * mask.sum() < where.sum() < 2 * mask.sum()
        assert changed[0][where].mean() - window[0][where].mean() > 3 * window.std()


def test_a_window_that_is_no_square_and_of_another_size_than_the_foreign_one():
    window = noise(0, shape=(32, 96))
    for changed, where in laid(40, window):
        assert changed.shape == (1, 32, 96)
        assert where.shape == (32, 96)


def test_every_shape_is_drawn_with_a_mask_that_hides_something():
    drawn = [draw_anomaly(np.random.default_rng(seed), SIDE_PX) for seed in range(80)]
    assert {anomaly.shape for anomaly in drawn} == set(range(len(SHAPES)))
    assert {anomaly.filling for anomaly in drawn} == {"tinted", "another", "plain"}
    for anomaly in drawn:
        assert anomaly.mask.shape == (SIDE_PX, SIDE_PX)
        assert 0 <= anomaly.mask.min() <= 0.3 <= anomaly.mask.max() <= 1 + 1e-6


def test_noise_in_grains_is_smoother_than_single_pixels():
    fine, coarse = (smooth_noise(np.random.default_rng(0), 60, 40, grain_px) for grain_px in (1.5, 6.0))
    assert fine.shape == coarse.shape == (60, 40)
    assert np.abs(np.diff(coarse, axis=1)).mean() < 0.7 * np.abs(np.diff(fine, axis=1)).mean()
