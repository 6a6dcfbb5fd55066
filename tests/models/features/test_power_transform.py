"""The power transform against scikit-learn's, and on numbers that say nothing."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.preprocessing import PowerTransformer, StandardScaler

from models.features import power_transform as module
from models.features.power_transform import LIMIT, PowerTransform


def skewed(count: int = 300, dim: int = 6, seed: int = 0) -> np.ndarray:
    """Columns from log-normal to the mirror of one, of very different scales."""
    rng = np.random.default_rng(seed)
    bell = rng.standard_normal((count, dim))
    bend = np.linspace(-0.8, 0.8, dim)
    return (np.where(bend == 0, bell, np.expm1(bend * bell) / bend) * np.logspace(-2, 3, dim)).astype(np.float32)


def test_it_is_scikit_learns_yeo_johnson():
    values = skewed()
    found = PowerTransform.fit({"block": values})({"block": values})["block"]
    expected = PowerTransformer().fit_transform(StandardScaler().fit_transform(values.astype(np.float64)))
    np.testing.assert_allclose(found, expected, atol=2e-3)


def test_other_images_pass_the_pools_transform():
    pool, others = skewed(), skewed(seed=1)
    transform = PowerTransform.fit({"block": pool})
    scaler = StandardScaler().fit(pool.astype(np.float64))
    reference = PowerTransformer().fit(scaler.transform(pool))
    expected = np.clip(reference.transform(scaler.transform(others)), -LIMIT, LIMIT)
    np.testing.assert_allclose(transform({"block": others})["block"], expected, atol=1e-2)


def test_each_number_has_zero_mean_and_unit_deviation():
    values = skewed()
    out = PowerTransform.fit({"a": values, "b": values[:, :2]})({"a": values, "b": values[:, :2]})
    np.testing.assert_allclose(out["a"].mean(0), 0, atol=1e-4)
    np.testing.assert_allclose(out["a"].std(0), 1, atol=1e-3)
    np.testing.assert_array_equal(out["b"], out["a"][:, :2])
    assert out["a"].dtype == np.float32


@pytest.mark.parametrize("column", [np.zeros(50), np.full(50, 1e6), np.arange(50) == 7], ids=["zero", "large", "spike"])
def test_a_number_that_hardly_changes_stays_small(column):
    values = column[:, None].astype(np.float32)
    out = PowerTransform.fit({"block": values})({"block": values})["block"]
    assert np.isfinite(out).all()
    assert np.abs(out).max() <= LIMIT
    assert out.std() <= 1.01


def test_a_number_far_outside_the_pool_is_limited():
    transform = PowerTransform.fit({"block": skewed()})
    out = transform({"block": np.float32([[1e9] * 6, [-1e9] * 6])})["block"]
    assert np.abs(out).max() <= LIMIT


def test_the_order_of_the_columns_is_kept():
    values = skewed()
    rising = PowerTransform.fit({"block": values})({"block": values})["block"]
    np.testing.assert_array_equal(np.argsort(rising[:, 0]), np.argsort(values[:, 0]))


def test_a_large_pool_is_sampled_evenly(monkeypatch):
    values = skewed(count=400)
    whole = PowerTransform.fit({"block": values})({"block": values})["block"]
    monkeypatch.setattr(module, "MAX_IMAGES", 200)
    half = PowerTransform.fit({"block": values})({"block": values})["block"]
    assert not np.array_equal(half, whole)
    np.testing.assert_allclose(half, whole, atol=0.8)


def test_cameras_whose_images_come_by_turns_are_both_sampled(monkeypatch):
    monkeypatch.setattr(module, "MAX_IMAGES", 100)
    values = skewed(count=200, dim=2)
    values[::2] += 1_000  # another camera
    out = PowerTransform.fit({"block": values})({"block": values})["block"]
    assert np.abs(out).max() < 5
