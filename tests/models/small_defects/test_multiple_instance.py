"""models.small_defects.multiple_instance: an image shows a defect if one of its places does; and its file."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from models.errors import KnownError
from models.evaluation.calibration import Calibration
from models.images.settings import ImageSettings, Scaling
from models.prediction.model_file import Classifier, load_classifier, save_classifier
from models.small_defects.anomaly_detector import AnomalyDetector, enlarged
from models.small_defects.instances import instances_of
from models.small_defects.multiple_instance import (
    FAR,
    InstanceNetwork,
    MultipleInstanceModel,
    image_logits,
    place_logits,
)
from models.storage.checkpoint import load_weights, save_weights

SETTINGS = ImageSettings(channels=1, max_area=100_000, scaling=Scaling(), max_pixels=100_000)
PRIOR = np.log(np.array([0.7, 0.2, 0.1], dtype=np.float32))


def model_of(detector: AnomalyDetector, *, background: int | None = 0, places: int = 3) -> MultipleInstanceModel:
    """With a head that was not trained, but says something else of every crop."""
    network = InstanceNetwork(detector.network, classes=3).eval()
    torch.nn.init.normal_(network.linear.weight, std=0.05, generator=torch.Generator().manual_seed(0))
    return MultipleInstanceModel(detector, network, PRIOR, background, places)


@pytest.fixture
def model(detector) -> MultipleInstanceModel:
    return model_of(detector)


@pytest.fixture
def images(surfaces) -> torch.Tensor:
    return torch.from_numpy(surfaces(3, seed=5, spot=-70)[0])


def classifier_of(model: MultipleInstanceModel, **facts: object) -> Classifier:
    return Classifier(("good", "pore", "crack"), SETTINGS, model, calibration=Calibration(1.5), facts=facts)


def test_the_strongest_evidence_against_the_background_counts():
    answers = np.array([[[1.0, 0.0, 0.5], [0.0, 2.0, -1.0], [0.0, 0.0, 9.0]]])  # one image, three places
    assert image_logits(answers, background=0, places=2).tolist() == [[0, 2, -0.5]]
    assert image_logits(answers, background=0, places=3).tolist() == [[0, 2, 9]]
    assert image_logits(answers, background=2, places=1).tolist() == [[0.5, -0.5, 0]]


def test_without_a_background_the_most_unusual_place_decides():
    answers = np.array([[[1.0, 0.0, 0.5], [0.0, 2.0, -1.0]]])
    assert image_logits(answers, background=None, places=2).tolist() == [[1, 0, 0.5]]


def test_an_image_is_judged_by_its_places_and_the_prior(model, images):
    crops = instances_of(images, model.detector.places(images), count=3)
    places = [place_logits(model.network, model.detector, crops[:, p]) for p in range(3)]
    expected = image_logits(torch.stack(places, dim=1).numpy(), background=0, places=3) + PRIOR
    np.testing.assert_allclose(model.logits(images), expected, atol=0.05)


def test_a_place_that_is_not_there_does_not_count(detector):
    tiny = torch.randint(256, (2, 1, 12, 20), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
    assert torch.isinf(detector.places(tiny).logits[:, 1:]).all()
    first, all_of_them = (model_of(detector, places=places).logits(tiny) for places in (1, 8))
    np.testing.assert_allclose(all_of_them, first, atol=0.02)


@pytest.mark.parametrize(("turns", "views"), [((True, True), 4), ((True, False), 4), ((False, False), 1)])
def test_no_more_views_are_averaged_than_pretraining_took_for_the_same(model, surfaces, turns, views):
    model.detector.flips, model.detector.right_angles = turns
    seen = []
    model.network.register_forward_hook(lambda _, inputs, outputs: seen.append((inputs[0], outputs.float())))
    crops = torch.from_numpy(surfaces(2, side=72, seed=2, spot=80)[0])
    logits = place_logits(model.network, model.detector, crops)
    assert len(seen) == views
    torch.testing.assert_close(seen[0][0], model.detector.standardiser(crops))
    torch.testing.assert_close(logits, torch.stack([outputs for _, outputs in seen]).mean(0))


def test_an_untrained_network_knows_nothing_and_leaves_the_detector_alone(detector, images):
    network = InstanceNetwork(detector.network, classes=4)
    assert not network.eval()(detector.standardiser(images)).any()
    network.network.anomaly.bias.data.add_(100)
    assert detector.network.anomaly.bias.item() < 50


@pytest.mark.parametrize("shape", [(96, 96), (61, 150), (1, 40)])
def test_a_map_has_the_size_of_its_image(model, shape):
    heat = model.maps(torch.randint(256, (2, 1, *shape), dtype=torch.uint8))
    assert heat.shape == (2, *shape)
    assert heat.dtype == np.float32
    assert 0 <= heat.min() <= heat.max() <= 1


def anomaly_map(detector: AnomalyDetector, images: torch.Tensor) -> np.ndarray:
    """What the detector alone says (B, H, W)."""
    return enlarged(torch.sigmoid(detector.logits(images)), images.shape[-2:]).numpy()


def test_a_map_is_that_of_the_detector_where_places_show_a_defect(model, images):
    everywhere = anomaly_map(model.detector, images)
    model.network.linear.weight.data.zero_()
    model.network.linear.bias.data = torch.tensor([-50.0, 0, 0])
    defect = model.maps(images)
    model.network.linear.bias.data = torch.tensor([50.0, 0, 0])
    good = model.maps(images)
    assert np.isclose(defect, everywhere, atol=1e-3).mean() > 0.3
    assert (defect <= everywhere + 1e-3).all()
    assert good.max() < 1e-3


def test_far_from_all_places_little_is_shown(detector):
    model = model_of(detector, places=1)
    model.network.linear.weight.data.zero_()
    model.network.linear.bias.data = torch.tensor([-50.0, 0, 0])
    image = torch.randint(256, (1, 1, 40, 400), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
    column = int(detector.places(image).centres[0, 0, 1])
    heat, everywhere = model.maps(image)[0], anomaly_map(detector, image)[0]
    far = np.abs(np.arange(400) - column) > 80
    np.testing.assert_allclose(heat[:, far], FAR * everywhere[:, far], atol=1e-4)


@pytest.mark.parametrize("background", [0, 2, None])
def test_a_loaded_model_gives_the_same_answers(detector, images, tmp_path, background):
    classifier = classifier_of(model_of(detector, background=background), maps={"reliable": True})
    save_classifier(tmp_path / "model.safetensors", classifier)
    loaded = load_classifier(tmp_path / "model.safetensors", device="cpu")
    batch = list(images.numpy())
    np.testing.assert_allclose(loaded.probabilities(batch), classifier.probabilities(batch), atol=1e-3)
    np.testing.assert_allclose(loaded.model.maps(images), classifier.model.maps(images), atol=1e-3)
    assert (loaded.model.background, loaded.model.places) == (background, 3)


def test_maps_of_unequal_images_keep_their_order(model, draw_unequal):
    classifier = classifier_of(model, maps={"reliable": True})
    images = draw_unequal([(64, 40), (90, 33), (64, 40)])
    assert classifier.no_maps is None
    for image, heat in zip(images, classifier.maps(images), strict=True):
        np.testing.assert_allclose(heat, classifier.maps([image])[0], atol=0.02)


@pytest.mark.parametrize(
    ("background", "facts", "reason"),
    [
        (None, {"maps": {"reliable": True}}, "judges the image as a whole"),
        (0, {}, "map not reliable"),
        (0, {"maps": {"reliable": False}}, "map not reliable"),
    ],
)
def test_maps_that_cannot_be_believed_are_not_shown(detector, images, background, facts, reason):
    classifier = classifier_of(model_of(detector, background=background), **facts)
    assert reason in classifier.no_maps
    with pytest.raises(KnownError, match=f"There is no map: .*{reason}"):
        classifier.maps(list(images.numpy()))


@pytest.mark.parametrize(
    "changes", [{"places": 0}, {"places": 9}, {"background": 3}, {"detector": {}}, {"classes": ["a", "b"]}]
)
def test_a_file_that_contradicts_itself_is_named(model, tmp_path, changes):
    file = tmp_path / "model.safetensors"
    save_classifier(file, classifier_of(model))
    tensors, metadata = load_weights(file, kind="model")
    metadata = {key: value for key, value in (metadata | changes).items() if key not in ("kind", "format")}
    save_weights(file, tensors, kind="model", metadata=metadata)
    with pytest.raises(KnownError, match=r"model\.safetensors"):
        load_classifier(file, device="cpu")


def test_a_prior_for_other_classes_is_refused(model, tmp_path):
    file = tmp_path / "model.safetensors"
    save_classifier(file, classifier_of(replace(model, log_prior=np.zeros(4, dtype=np.float32))))
    with pytest.raises(KnownError, match="not a complete classifier"):
        load_classifier(file, device="cpu")
