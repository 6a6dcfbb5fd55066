"""Weight files: out and back, and every way in which one can be wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from models.errors import KnownError
from models.storage.checkpoint import load_into, load_weights, save_weights, under_prefix, with_prefix
from models.storage.weight_header import FORMAT_KEY

TENSORS = {"a.weight": torch.arange(6.0).view(2, 3), "seed": torch.arange(4, dtype=torch.uint8)}


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    path = tmp_path / "whole.safetensors"
    save_weights(path, TENSORS, kind="encoder", metadata={"name": "Würfel", "sizes": [1, 2]})
    return path


def test_tensors_and_metadata_come_back(whole):
    tensors, metadata = load_weights(whole, kind="encoder")
    assert tensors.keys() == TENSORS.keys()
    assert all(
        torch.equal(tensors[name], value) and tensors[name].dtype == value.dtype for name, value in TENSORS.items()
    )
    assert (metadata["name"], metadata["sizes"]) == ("Würfel", [1, 2])


def test_shared_and_strided_tensors_are_written_as_they_are(tmp_path):
    matrix = torch.arange(12.0).view(3, 4)
    save_weights(tmp_path / "x", {"whole": matrix, "turned": matrix.T, "same": matrix}, kind="encoder", metadata={})
    tensors, _ = load_weights(tmp_path / "x", kind="encoder")
    assert torch.equal(tensors["turned"], matrix.T)
    assert torch.equal(tensors["same"], tensors["whole"])


def test_missing_folders_are_made(tmp_path):
    path = tmp_path / "runs" / "1" / "encoder.safetensors"
    save_weights(path, TENSORS, kind="encoder", metadata={})
    assert path.is_file()


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(KnownError, match=r"gone\.safetensors is no file"):
        load_weights(tmp_path / "gone.safetensors", kind="encoder")
    with pytest.raises(KnownError, match="is no file"):
        load_weights(tmp_path, kind="encoder")


@pytest.mark.parametrize("how", ["empty", "truncated", "longer", "pickle", "text", "huge header"])
def test_a_damaged_file_is_named(whole, damaged, how):
    broken = damaged(how, whole)
    with pytest.raises(KnownError, match="damaged or no safetensors file") as raised:
        load_weights(broken, kind="encoder")
    assert str(broken) in str(raised.value)


def test_a_real_pickle_is_never_run(tmp_path, whole):
    torch.save({"weight": torch.ones(2)}, tmp_path / "model.safetensors")
    with pytest.raises(KnownError, match="no safetensors file"):
        load_weights(tmp_path / "model.safetensors", kind="encoder")


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (None, "not written by Inspector"),
        ({"format": "pt"}, "not written by Inspector"),
        ({FORMAT_KEY: "[1, 2]"}, "not written by Inspector"),
        ({FORMAT_KEY: "{oops"}, "damaged"),
        ({FORMAT_KEY: json.dumps({"kind": "model", "format": 1})}, "a trained classifier, but an encoder is needed"),
        ({FORMAT_KEY: json.dumps({"kind": "features", "format": 1})}, "a features, but"),
        ({FORMAT_KEY: json.dumps({"kind": "encoder", "format": 2})}, "newer version"),
    ],
)
def test_a_file_of_another_kind_is_named(tmp_path, header, words):
    path = tmp_path / "foreign.safetensors"
    save_file(TENSORS, path, metadata=header)
    with pytest.raises(KnownError, match=words) as raised:
        load_weights(path, kind="encoder")
    assert str(path) in str(raised.value)


def test_a_full_disk_leaves_the_old_file(whole, full_disk):
    full_disk()
    with pytest.raises(KnownError, match="disk is full"):
        save_weights(whole, {"other": torch.zeros(3)}, kind="encoder", metadata={})
    assert load_weights(whole, kind="encoder")[0].keys() == TENSORS.keys()


@pytest.mark.parametrize(
    ("tensors", "words"),
    [
        ({"weight": torch.ones(2, 3)}, "Missing key"),
        ({"weight": torch.ones(2, 3), "bias": torch.ones(2), "more": torch.ones(1)}, "Unexpected key"),
        ({"weight": torch.ones(2, 4), "bias": torch.ones(2)}, "size mismatch"),
    ],
)
def test_weights_of_another_network_are_refused(tensors, words):
    with pytest.raises(KnownError, match=words) as raised:
        load_into(torch.nn.Linear(3, 2), tensors, source=Path("mine.safetensors"))
    assert "mine.safetensors" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_prefixes_part_the_names_again():
    both = with_prefix("a", {"x": torch.zeros(1)}) | with_prefix("ab", {"y.z": torch.ones(1)})
    assert list(both) == ["a.x", "ab.y.z"]
    assert list(under_prefix("a", both)) == ["x"]
    assert list(under_prefix("ab", both)) == ["y.z"]


def test_loaded_weights_do_not_hang_on_the_file(tmp_path):
    path = tmp_path / "m"
    save_weights(path, {"x": torch.ones(100_000)}, kind="model", metadata={})
    tensors, _ = load_weights(path, kind="model")
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
    assert (tensors["x"] == 1).all()


def test_a_file_in_the_folders_place_is_told(tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(KnownError, match="cannot be made"):
        save_weights(tmp_path / "file" / "m", {"x": torch.zeros(1)}, kind="model", metadata={})
