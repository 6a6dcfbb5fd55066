"""models.storage.stored_block reads what a feature store wrote."""

from __future__ import annotations

import numpy as np

from models.features.store import FeatureStore
from models.storage.stored_block import read_block


def test_a_block_is_read_with_its_hashes(tmp_path):
    values = np.array([[3.0, -np.inf], [-2.0, -4.0]], dtype=np.float32)
    store = FeatureStore()
    store.add(["00ff", "a1b2"], {"anomaly_logits": values, "other": np.zeros((2, 3), np.float32)})
    store.save(tmp_path / "features.safetensors")
    hashes, read = read_block(tmp_path / "features.safetensors", "anomaly_logits")
    assert hashes == ["00ff", "a1b2"]
    np.testing.assert_array_equal(read, values)


def test_what_is_not_there_or_damaged_is_empty(tmp_path):
    store = FeatureStore()
    store.add(["00ff"], {"another": np.zeros((1, 3), np.float32)})
    store.save(tmp_path / "without.safetensors")
    (tmp_path / "damaged.safetensors").write_bytes(b"\xff" * 20)
    for name in ("without", "damaged", "missing"):
        hashes, values = read_block(tmp_path / f"{name}.safetensors", "anomaly_logits")
        assert hashes == []
        assert values.shape == (0, 0)
