"""The anomaly network and detector of models.small_defects: maps, places, and a file that keeps both."""

from __future__ import annotations

import json

import pytest
import torch
from safetensors.torch import save_file

from models.encoders.spec import EncoderSpec
from models.errors import KnownError
from models.images.augment import Standardiser
from models.small_defects.anomaly_detector import PLACES, AnomalyDetector, enlarged, find_places
from models.small_defects.anomaly_network import AnomalyNetwork, padded, pooled
from models.storage.checkpoint import load_weights, save_weights
from models.storage.weight_header import FORMAT_KEY

CPU = torch.device("cpu")


def noise(*shape: int) -> torch.Tensor:
    return torch.randint(256, shape, generator=torch.Generator().manual_seed(0), dtype=torch.uint8)


@pytest.mark.parametrize("shape", [(64, 64), (65, 47), (1, 300), (5, 5), (200, 31)])
def test_a_map_has_the_size_of_its_image(detector, shape):
    images = noise(2, 1, *shape)
    cells = detector.logits(images)
    heat = detector.map(images)
    assert cells.shape == (2, -(-shape[0] // 8), -(-shape[1] // 8))
    assert heat.shape == (2, *shape)
    assert 0 <= heat.min() <= heat.max() <= 1


def test_images_are_judged_one_by_one(detector, monkeypatch):
    images = noise(3, 1, 64, 80)
    together = detector(images)
    monkeypatch.setattr("models.small_defects.anomaly_detector.READ_PIXELS", 1)
    for name, values in detector(images).items():
        torch.testing.assert_close(values, together[name], atol=0.05, rtol=0.05)


def test_colour_is_read_as_well_as_grey():
    network = AnomalyNetwork(EncoderSpec(channels=3, width=4)).eval()
    found = AnomalyDetector(network, Standardiser((100.0,) * 3, (50.0,) * 3))(noise(2, 3, 72, 50))
    assert {name: values.shape for name, values in found.items()} == {
        "anomaly_features": (2, network.features),
        "anomaly_logits": (2, PLACES),
        "anomaly_centres": (2, 2 * PLACES),
    }


def test_the_first_place_is_the_one_that_is_described(detector):
    images = noise(2, 1, 96, 120)
    places, found = detector.places(images), detector(images)
    torch.testing.assert_close(found["anomaly_logits"], places.logits)
    torch.testing.assert_close(found["anomaly_centres"], places.centres.flatten(1).float())
    torch.testing.assert_close(places.logits[:, 0], detector.logits(images).amax((1, 2)))


def test_places_come_highest_first_and_apart():
    logits = torch.randn(3, 40, 60, generator=torch.Generator().manual_seed(0))
    places = find_places(logits)
    assert (places.logits.diff(dim=1) <= 0).all()
    cells = places.centres // 8
    for image, found, values in zip(logits, cells, places.logits, strict=True):
        torch.testing.assert_close(image[found[:, 0], found[:, 1]], values)
        distance = (found[:, None] - found[None]).abs().amax(2) + 100 * torch.eye(PLACES)
        assert distance.min() > 4


@pytest.mark.parametrize(("shape", "real"), [((1, 1), 1), ((3, 4), 1), ((1, 6), 2), ((10, 5), 2)])
def test_places_for_which_an_image_is_too_small_lie_at_the_first(shape, real):
    logits = torch.zeros(2, *shape)
    logits[:, 0, 0] = 1
    places = find_places(logits)
    assert torch.isfinite(places.logits).sum(1).tolist() == [real, real]
    assert (places.logits[:, real:] == -torch.inf).all()
    assert (places.centres[:, real:] == places.centres[:, :1]).all()


def test_what_is_between_cell_centres_is_interpolated():
    cells = torch.tensor([[[0.0, 8.0]]])
    heat = enlarged(cells, (8, 16))[0]
    assert (heat == heat[0]).all()
    assert heat[0, [0, 3, 12, 15]].tolist() == [0, 0, 8, 8]
    assert (heat[0].diff() >= 0).all()


def test_features_are_those_of_the_weighted_cells():
    network = AnomalyNetwork(EncoderSpec(width=4)).eval()
    with torch.inference_mode():
        outputs = network(padded(torch.randn(2, 1, 61, 90)))
    weights = torch.zeros(2, 8, 12)
    weights[0, 2, 3] = weights[1, 7, 11] = 1
    features = pooled(outputs, weights)
    assert features.shape == (2, network.features)
    torch.testing.assert_close(features[0, :64], outputs.pyramid[0, :, 2, 3])
    torch.testing.assert_close(features[1, :64], outputs.pyramid[1, :, 7, 11])


def test_a_loaded_detector_finds_the_same_places(detector, tmp_path):
    detector.right_angles = False
    detector.save(tmp_path / "anomaly.safetensors")
    loaded = AnomalyDetector.load(tmp_path / "anomaly.safetensors", device=CPU)
    images = noise(2, 1, 90, 130)
    assert torch.equal(loaded.places(images).centres, detector.places(images).centres)
    torch.testing.assert_close(loaded.logits(images), detector.logits(images))
    assert (loaded.flips, loaded.right_angles) == (True, False)
    assert loaded.standardiser == detector.standardiser


@pytest.mark.parametrize("how", ["empty", "truncated", "pickle", "text", "huge header"])
def test_a_damaged_file_is_named(detector, damaged, tmp_path, how):
    detector.save(tmp_path / "anomaly.safetensors")
    with pytest.raises(KnownError, match="damaged or no safetensors file"):
        AnomalyDetector.load(damaged(how, tmp_path / "anomaly.safetensors"), device=CPU)


def test_another_kind_of_file_and_none_are_named(tmp_path):
    save_weights(tmp_path / "encoder.safetensors", {"a": torch.zeros(1)}, kind="encoder", metadata={})
    save_file({"a": torch.zeros(1)}, tmp_path / "foreign.safetensors")
    for name, reason in (
        ("encoder", "holds an encoder"),
        ("foreign", "not written by Inspector"),
        ("no", "is no file"),
    ):
        with pytest.raises(KnownError, match=reason):
            AnomalyDetector.load(tmp_path / f"{name}.safetensors", device=CPU)


@pytest.mark.parametrize(
    "changes", [{"spec": None}, {"spec": {"width": "wide"}}, {"spec": {"kind": 3, "colour": 1}}, {"standardiser": {}}]
)
def test_a_file_that_does_not_say_how_it_is_built_is_named(detector, tmp_path, changes):
    file = tmp_path / "anomaly.safetensors"
    detector.save(file)
    tensors, metadata = load_weights(file, kind="anomaly detector")
    header = {FORMAT_KEY: json.dumps(metadata | changes)}
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, file, header)
    with pytest.raises(KnownError, match=r"anomaly\.safetensors does not say how its network is built"):
        AnomalyDetector.load(file, device=CPU)


def test_weights_of_another_width_are_named(detector, tmp_path):
    metadata = detector.to_json() | {"spec": EncoderSpec(width=8).to_json()}
    tensors = {f"network.{name}": tensor for name, tensor in detector.state().items()}
    save_weights(tmp_path / "wide.safetensors", tensors, kind="anomaly detector", metadata=metadata)
    with pytest.raises(KnownError, match=r"wide\.safetensors do not fit the network"):
        AnomalyDetector.load(tmp_path / "wide.safetensors", device=CPU)


def test_an_image_without_any_difference_has_a_finite_answer(detector):
    for level in (0, 255):
        found = detector(torch.full((1, 1, 40, 40), level, dtype=torch.uint8))
        assert torch.isfinite(found["anomaly_features"]).all()
        assert found["anomaly_logits"][0, 0].isfinite()
