"""Stored features: out and back by hash, and nothing lost but time when the file is damaged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from models.errors import KnownError
from models.features.store import FeatureStore
from models.storage.checkpoint import save_weights

HASHES = [f"{i:064x}" for i in (10, 300, 7)]


@pytest.fixture
def store() -> FeatureStore:
    filled = FeatureStore(state={"8": torch.tensor([1.0, 2.0])}, facts={"standardiser": {"mean": [3.0]}})
    filled.add(HASHES, {"a": np.arange(6, dtype=np.float32).reshape(3, 2), "b": np.ones((3, 1), np.float32)})
    return filled


def test_a_store_goes_to_its_file_and_back(store, tmp_path):
    store.save(tmp_path / "features")
    loaded = FeatureStore.load(tmp_path / "features")
    assert loaded.hashes == HASHES
    assert loaded.facts == store.facts
    assert torch.equal(loaded.state["8"], store.state["8"])
    for name, values in store.blocks.items():
        np.testing.assert_array_equal(loaded.blocks[name], values)


def test_images_are_selected_in_the_order_asked_for(store):
    blocks = store.select([HASHES[2], HASHES[0]])
    assert blocks["a"].tolist() == [[4, 5], [0, 1]]
    with pytest.raises(KeyError, match="ff"):
        store.select(["ff"])


def test_what_is_missing_can_be_added(store):
    assert store.missing([HASHES[1], "aa" * 32, HASHES[0], "bb" * 32]) == ["aa" * 32, "bb" * 32]
    store.add(["aa" * 32], {"a": np.full((1, 2), 9, np.float32), "b": np.zeros((1, 1), np.float32)})
    assert store.select(["aa" * 32, HASHES[1]])["a"].tolist() == [[9, 9], [2, 3]]


def test_there_is_an_empty_store_where_there_is_no_file(tmp_path):
    empty = FeatureStore.load(tmp_path / "features")
    assert empty.missing(HASHES) == HASHES
    assert empty.facts == {}


@pytest.mark.parametrize("how", ["empty", "truncated", "pickle", "text"])
def test_a_damaged_file_is_computed_again(store, tmp_path, damaged, how):
    store.save(tmp_path / "features")
    assert FeatureStore.load(damaged(how, tmp_path / "features")).missing(HASHES) == HASHES


def test_a_file_of_another_kind_is_computed_again(tmp_path):
    save_weights(tmp_path / "features", {"x": torch.zeros(1)}, kind="encoder", metadata={})
    assert FeatureStore.load(tmp_path / "features").hashes == []


def test_a_loaded_store_takes_in_more_and_is_written_again(store, tmp_path: Path):
    store.save(tmp_path / "features")
    loaded = FeatureStore.load(tmp_path / "features")
    loaded.add(["aa" * 32], {"a": np.zeros((1, 2), np.float32), "b": np.zeros((1, 1), np.float32)})
    loaded.save(tmp_path / "features")
    assert FeatureStore.load(tmp_path / "features").hashes == [*HASHES, "aa" * 32]


def test_a_full_disk_is_told(store, tmp_path, full_disk):
    full_disk()
    with pytest.raises(KnownError, match="disk is full"):
        store.save(tmp_path / "features")


def test_a_store_without_hashes_is_empty(tmp_path):
    save_weights(tmp_path / "f", {"x": torch.zeros(1)}, kind="features", metadata={})
    assert FeatureStore.load(tmp_path / "f").hashes == []
