"""A classifier as one file: the same answers after it is read, and one sentence for one that can't be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from models.classification.familiarity import Familiarity
from models.classification.heads import LinearHead, fit_lda
from models.encoders.network import ClassifierNetwork
from models.errors import KnownError
from models.evaluation.calibration import Calibration, is_level
from models.features.extraction import EncoderFeatures, describe, joined
from models.features.power_transform import PowerTransform
from models.features.texture import TextureSpectrum
from models.images.settings import ImageSettings, Scaling
from models.prediction.model_file import Classifier, FeatureModel, NetworkModel, load_classifier, save_classifier
from models.storage.checkpoint import load_weights, save_weights
from models.storage.weight_header import FORMAT_KEY

SETTINGS = ImageSettings(channels=1, max_area=10_000, scaling=Scaling(uint16=(0.0, 4095.0)), max_pixels=10_000)
KINDS = ("fused", "encoder", "texture", "resnet", "vit")


@pytest.fixture
def images(stripes) -> np.ndarray:
    return stripes(12)[0]


@pytest.fixture
def make(images, stripes, encoder, vit, standardiser):
    """Makes a classifier of a kind, of two classes of stripes."""

    def features_of(kind: str) -> FeatureModel:
        batch = torch.from_numpy(images)
        texture = TextureSpectrum.fit([batch], standardiser)
        looking = EncoderFeatures(encoder, standardiser, 4.0, flips=False)
        parts = {"fused": (looking, texture), "encoder": (looking,), "texture": (texture,)}[kind]
        transform = PowerTransform.fit(describe(batch, parts))
        values = joined(transform(describe(batch, parts)))
        return FeatureModel(parts, transform, fit_lda(values, stripes(12)[1], 2, prior=np.array([0.5, 0.5])))

    def classifier(kind: str) -> Classifier:
        torch.manual_seed(0)
        if kind in ("resnet", "vit"):
            inner = vit if kind == "vit" else encoder
            network = ClassifierNetwork(inner, standardiser, classes=2, size_px=32, norm=kind == "vit")
            model: FeatureModel | NetworkModel = NetworkModel(network.eval())
        else:
            model = features_of(kind)
        return Classifier(("level", "ünder"), SETTINGS, model, calibration=Calibration(2.5, 0.01), facts={"run": 7})

    return classifier


@pytest.fixture
def saved(make, tmp_path) -> Path:
    save_classifier(tmp_path / "model.safetensors", make("fused"))
    return tmp_path / "model.safetensors"


@pytest.mark.parametrize("kind", KINDS)
def test_a_loaded_classifier_gives_the_same_answers(make, images, tmp_path, kind):
    classifier = make(kind)
    save_classifier(tmp_path / "model.safetensors", classifier)
    loaded = load_classifier(tmp_path / "model.safetensors", device="cpu")
    expected = classifier.probabilities(images)
    np.testing.assert_allclose(expected.sum(1), 1, rtol=1e-6)
    np.testing.assert_allclose(loaded.probabilities(images), expected, atol=1e-3)


@pytest.mark.parametrize("kind", ["fused", "resnet"])
def test_all_that_classify_needs_is_in_the_file(make, tmp_path, kind):
    save_classifier(tmp_path / "model.safetensors", make(kind))
    loaded = load_classifier(tmp_path / "model.safetensors", device="cpu")
    assert loaded.classes == ("level", "ünder")
    assert loaded.image_settings == SETTINGS
    assert loaded.calibration == Calibration(2.5, 0.01)
    assert loaded.facts == {"run": 7}


def test_the_views_that_training_kept_apart_are_remembered(saved):
    part = load_classifier(saved, device="cpu").model.parts[0]
    assert (part.scale, part.flips, part.right_angles) == (4.0, False, True)


@pytest.mark.parametrize("kind", ["fused", "resnet"])
def test_images_of_unequal_size_keep_their_order(make, draw_unequal, kind):
    classifier = make(kind)
    images = draw_unequal([(64, 40), (32, 32), (64, 40), (200, 33), (32, 32)])
    expected = np.concatenate([classifier.probabilities([image]) for image in images])
    np.testing.assert_allclose(classifier.probabilities(images), expected, atol=0.02)


def test_large_images_are_looked_at_a_few_at_a_time(make, images, monkeypatch):
    classifier, together = make("texture"), []
    given = FeatureModel.logits_and_unfamiliar
    counting = lambda self, batch: together.append(len(batch)) or given(self, batch)  # noqa: E731
    monkeypatch.setattr(FeatureModel, "logits_and_unfamiliar", counting)
    classifier.probabilities([*images, np.zeros((1, 2_048, 2_048), np.uint8), np.ones((1, 2_048, 2_048), np.uint8)])
    assert together == [12, 1, 1]


def test_an_image_unlike_all_others_is_of_no_class(make, images, stripes, tmp_path):
    blind = make("texture")
    features = joined(blind.model.transform(describe(torch.from_numpy(stripes(40)[0]), blind.model.parts)))
    seeing = replace(blind, model=replace(blind.model, familiarity=Familiarity.fit(features, stripes(40)[1])))
    save_classifier(tmp_path / "model.safetensors", seeing)
    noise = np.random.default_rng(0).integers(0, 256, images.shape[1:], dtype=np.uint8)
    for classifier in (seeing, load_classifier(tmp_path / "model.safetensors", device="cpu")):
        found, before = classifier.probabilities([*images, noise]), blind.probabilities([*images, noise])
        np.testing.assert_allclose(found[:-1], before[:-1], atol=1e-5)
        np.testing.assert_allclose(found[-1], 0.5, atol=1e-4)
        assert found[-1].argmax() == before[-1].argmax()
        assert is_level(found.max(1), found.min(1)).tolist() == [False] * len(images) + [True]


def test_a_model_of_another_kind_has_a_guard_that_knows_strange_images(make, images, stripes, tmp_path):
    parts = make("texture").model
    features = joined(parts.transform(describe(torch.from_numpy(stripes(40)[0]), parts.parts)))
    guard = replace(parts, familiarity=Familiarity.fit(features, stripes(40)[1]))
    guarded = replace(make("resnet"), guard=guard)
    save_classifier(tmp_path / "model.safetensors", guarded)
    noise = np.random.default_rng(0).integers(0, 256, images.shape[1:], dtype=np.uint8)
    loaded = load_classifier(tmp_path / "model.safetensors", device="cpu")
    found = loaded.probabilities([*images, noise])
    np.testing.assert_allclose(found[:-1], make("resnet").probabilities(images), atol=1e-3)
    np.testing.assert_allclose(found[-1], 0.5, atol=1e-4)


def test_a_file_of_an_earlier_version_is_named(saved):
    rewrite(saved, image_settings={"channels": 1, "height": 200, "width": 200, "scaling": {}, "max_pixels": 10_000})
    with pytest.raises(KnownError, match=r"model\.safetensors was made by an earlier version; train it again\."):
        load_classifier(saved, device="cpu")


def test_the_fitted_head_knows_its_stripes(make, images, stripes):
    assert (make("fused").probabilities(images).argmax(1) == stripes(12)[1]).all()


def test_a_higher_temperature_is_less_sure(make, images):
    hot = make("encoder")
    mild = Classifier(hot.classes, SETTINGS, hot.model, calibration=Calibration(250.0, 0.01))
    assert (mild.probabilities(images).max(1) < hot.probabilities(images).max(1)).all()
    assert (mild.probabilities(images).argmax(1) == hot.probabilities(images).argmax(1)).all()


@pytest.mark.parametrize("how", ["empty", "truncated", "longer", "pickle", "text", "huge header"])
def test_a_damaged_file_is_named(saved, damaged, how):
    broken = damaged(how, saved)
    with pytest.raises(KnownError, match="damaged or no safetensors file") as raised:
        load_classifier(broken, device="cpu")
    assert str(broken) in str(raised.value)


@pytest.mark.parametrize("kind", ["encoder", "checkpoint"])
def test_another_kind_of_file_is_named(tmp_path, kind):
    save_weights(tmp_path / "x.safetensors", {"a": torch.zeros(1)}, kind=kind, metadata={})
    with pytest.raises(KnownError, match="a trained classifier is needed"):
        load_classifier(tmp_path / "x.safetensors", device="cpu")


def test_a_foreign_file_is_named(tmp_path):
    save_file({"a": torch.zeros(1)}, tmp_path / "x.safetensors")
    with pytest.raises(KnownError, match=r"x\.safetensors was not written by Inspector"):
        load_classifier(tmp_path / "x.safetensors", device="cpu")


def rewrite(path: Path, *, without_tensor: str = "", without_key: str = "", **changes: object) -> None:
    """Write a model file again, with something missing or other metadata."""
    tensors, metadata = load_weights(path, kind="model")
    kept = {name: tensor.clone() for name, tensor in tensors.items() if name != without_tensor}
    metadata = {k: v for k, v in (metadata | changes).items() if k not in (without_key, "kind", "format")}
    save_weights(path, kept, kind="model", metadata=metadata)


@pytest.mark.parametrize("key", ["classes", "image_settings", "temperature", "facts", "mode"])
def test_a_file_that_lacks_a_part_is_named(saved, key):
    rewrite(saved, without_key=key)
    with pytest.raises(KnownError, match="not a complete classifier") as raised:
        load_classifier(saved, device="cpu")
    assert str(saved) in str(raised.value)


@pytest.mark.parametrize("name", ["head.weight", "head.bias", "encoder.conv1.weight", "encoder.bn1.running_var"])
def test_a_file_that_lacks_weights_is_named(saved, name):
    rewrite(saved, without_tensor=name)
    with pytest.raises(KnownError, match=r"model\.safetensors"):
        load_classifier(saved, device="cpu")


@pytest.mark.parametrize(
    "changes",
    [
        {"classes": ["one", "two", "three"]},
        {"classes": None},
        {"temperature": "warm"},
        {"image_settings": {"channels": 1}},
        {"encoder": {"encoder": {"kind": "vgg"}, "standardiser": {}}},
        {"mode": "network"},
    ],
)
def test_a_file_that_contradicts_itself_is_named(saved, changes):
    rewrite(saved, **changes)
    with pytest.raises(KnownError, match=r"model\.safetensors"):
        load_classifier(saved, device="cpu")


def test_a_newer_format_is_named(saved):
    with safe_open(saved, framework="pt") as file:
        header = file.metadata()[FORMAT_KEY]
    save_file({"a": torch.zeros(1)}, saved, metadata={FORMAT_KEY: header.replace('"format": 1', '"format": 2')})
    with pytest.raises(KnownError, match="newer version"):
        load_classifier(saved, device="cpu")


def test_a_full_disk_leaves_the_old_model(saved, make, full_disk):
    content = saved.read_bytes()
    classifier = make("texture")
    full_disk()
    with pytest.raises(KnownError, match="disk is full"):
        save_classifier(saved, classifier)
    assert saved.read_bytes() == content


def test_renamed_classes_keep_their_probabilities(make, images):
    classifier = make("texture")
    renamed = classifier.renamed({"level": "even", "others": "x"})
    assert renamed.classes == ("even", "ünder")
    np.testing.assert_array_equal(renamed.probabilities(images), classifier.probabilities(images))


def test_classes_that_have_become_one_add_up(make, images):
    classifier = make("texture")
    head = classifier.model.head
    weight, bias = np.concatenate([head.weight, head.weight[:1]]), np.append(head.bias, head.bias[0] - 1)
    three = replace(
        classifier, classes=("level", "ünder", "flat"), model=replace(classifier.model, head=LinearHead(weight, bias))
    )
    merged = three.renamed({"flat": "even", "level": "even"})
    probabilities = three.probabilities(images)
    assert merged.classes == ("even", "ünder")
    expected = np.stack([probabilities[:, 0] + probabilities[:, 2], probabilities[:, 1]], axis=1)
    np.testing.assert_allclose(merged.probabilities(images), expected, rtol=1e-5)
    assert merged.renamed({"even": "e"}).probabilities(images).shape == (len(images), 2)
    with pytest.raises(KnownError, match="have become part of 'even'"):
        merged.renamed({"ünder": "even"})


def test_an_unfamiliar_image_stays_so_where_classes_have_become_one(make, images):
    classifier = make("texture")
    head = classifier.model.head
    weight, bias = np.concatenate([head.weight, head.weight[:1]]), np.append(head.bias, head.bias[0])
    nothing_is = Familiarity(torch.eye(weight.shape[1]), torch.zeros(1, weight.shape[1]), limit=-1.0)
    model = replace(classifier.model, head=LinearHead(weight, bias), familiarity=nothing_is)
    merged = replace(classifier, classes=("a", "b", "c"), model=model).renamed({"c": "a"})
    first, second = np.sort(merged.probabilities(images), axis=1).T[::-1]
    assert is_level(first, second).all()
