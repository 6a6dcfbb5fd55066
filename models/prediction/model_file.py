"""A trained classifier as one file: everything from raw pixels to calibrated probabilities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from models.classification.familiarity import Familiarity
from models.classification.heads import LinearHead
from models.classification.known_answers import KnownAnswers
from models.encoders.architectures import build_encoder
from models.encoders.network import ClassifierNetwork
from models.encoders.spec import EncoderSpec
from models.errors import KnownError
from models.evaluation.calibration import Calibration, distinct, levelled
from models.features.extraction import BATCH, EncoderFeatures, Part, describe, joined
from models.features.power_transform import PowerTransform
from models.features.texture import TextureSpectrum
from models.images.augment import Standardiser
from models.images.settings import ImageSettings
from models.images.shapes import groups_of_one_shape
from models.small_defects.anomaly_detector import PLACES, AnomalyDetector
from models.small_defects.multiple_instance import InstanceNetwork, MultipleInstanceModel
from models.storage.checkpoint import load_into, load_weights, save_weights, under_prefix, with_prefix
from models.system.device import pick_device

TRIED_PX = 64  # side of the image that a classifier just loaded is tried on


@dataclass(frozen=True)
class FeatureModel:
    """Parts that describe an image, the power transform of their blocks, a linear head.

    Attributes:
        familiarity: tells images that the head can't judge; None where the pool had too few to say.
    """

    parts: tuple[Part, ...]
    transform: PowerTransform
    head: LinearHead
    familiarity: Familiarity | None = None

    def logits_and_unfamiliar(self, images: Tensor) -> tuple[np.ndarray, np.ndarray]:
        """uint8 (B, C, H, W) -> logits (B, K), and whether each is unlike all that was learned from (B,)."""
        features = joined(self.transform(describe(images, self.parts)))
        logits = self.head.logits(features)
        if self.familiarity is None:
            return logits, np.zeros(len(logits), dtype=bool)
        return logits, self.familiarity.is_unfamiliar(features)


@dataclass(frozen=True)
class NetworkModel:
    """A network trained by gradient descent."""

    network: ClassifierNetwork

    def logits(self, images: Tensor) -> np.ndarray:
        """uint8 (B, C, H, W) -> (B, K)."""
        return self.network.predict(images).cpu().numpy()


Model = FeatureModel | NetworkModel | MultipleInstanceModel


@dataclass(frozen=True)
class Classifier:
    """What `classify` needs: from uint8 pixels to calibrated probabilities.

    Attributes:
        facts: what is known of its making (run, validation, versions), shown to the user.
        known: better answers for images that the model itself has learned from, unlabelled.
        guard: knows the images that are unlike all that was learned from, for a model that reads no features of whole
            images and so can't tell them itself.
        counts_for: by each of the model's outputs the position in `classes` of what it counts for; None: its own.
    """

    classes: tuple[str, ...]
    image_settings: ImageSettings
    model: Model
    calibration: Calibration
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    facts: dict[str, Any] = field(default_factory=dict)
    known: KnownAnswers | None = None
    guard: FeatureModel | None = None
    counts_for: tuple[int, ...] | None = None

    def renamed(self, names: Mapping[str, str]) -> Classifier:
        """The same under other names; classes of one name are one class, whose probabilities add up.

        It is to be used, not to be saved.

        Raises:
            KnownError: one class alone is left, which tells nothing apart.
        """
        called = [names.get(name, name) for name in self.classes]
        classes = tuple(dict.fromkeys(called))
        if len(classes) < min(2, len(self.classes)):
            raise KnownError(
                f"All classes that this model tells apart have become part of {classes[0]!r}; train once more."
            )
        if len(classes) == len(called):
            return replace(self, classes=classes)
        now = [classes.index(name) for name in called]
        before = range(len(self.classes)) if self.counts_for is None else self.counts_for
        return replace(self, classes=classes, counts_for=tuple(now[k] for k in before))

    def probabilities(self, images: Sequence[np.ndarray]) -> np.ndarray:
        """B uint8 images (C, H, W) of any size -> probabilities (B, K) whose rows sum to 1.

        Of an image unlike all that was learned from every class is about as likely.
        """
        outputs = len(self.classes if self.counts_for is None else self.counts_for)
        logits = np.zeros((len(images), outputs), dtype=np.float32)
        unfamiliar = np.zeros(len(images), dtype=bool)
        for group, batch in self._batches(images):
            if isinstance(self.model, FeatureModel):
                logits[group], unfamiliar[group] = self.model.logits_and_unfamiliar(batch)
            else:
                logits[group] = self.model.logits(batch)
                if self.guard is not None:
                    unfamiliar[group] = self.guard.logits_and_unfamiliar(batch)[1]
        if self.known is not None:
            logits = self.known.over(logits, images)
        probabilities = distinct(self._by_class(self.calibration.probabilities(logits)))
        probabilities[unfamiliar] = levelled(probabilities[unfamiliar])
        return probabilities

    @property
    def no_maps(self) -> str | None:
        """Why there are no maps of where the decision comes from; None where there are."""
        if self.plain_class is None:
            return "this model judges the image as a whole, not by places"
        if not self.facts.get("maps", {}).get("reliable", False):
            return "map not reliable: the maps of this model do not pass their tests"
        return None

    @property
    def plain_class(self) -> str | None:
        """The class of images without a defect, if the model knows of one."""
        if not isinstance(self.model, MultipleInstanceModel) or self.model.background is None:
            return None
        background = self.model.background
        return self.classes[background if self.counts_for is None else self.counts_for[background]]

    def maps(self, images: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Where the decision on each of B uint8 images (C, H, W) comes from: (H, W) float32, 0 to 1.

        Raises:
            KnownError: the model has no maps that can be believed; `no_maps` says why.
        """
        if self.no_maps is not None or not isinstance(self.model, MultipleInstanceModel):
            raise KnownError(f"There is no map: {self.no_maps}.")
        maps: list[np.ndarray] = [np.zeros((0, 0), dtype=np.float32)] * len(images)
        for group, batch in self._batches(images):
            for i, heat in zip(group.tolist(), self.model.maps(batch), strict=True):
                maps[i] = heat
        return maps

    def _by_class(self, probabilities: np.ndarray) -> np.ndarray:
        """Probabilities (B, outputs) of the model -> (B, K)."""
        if self.counts_for is None:
            return probabilities
        return probabilities @ np.eye(len(self.classes), dtype=probabilities.dtype)[list(self.counts_for)]

    def _batches(self, images: Sequence[np.ndarray]) -> Iterator[tuple[np.ndarray, Tensor]]:
        """Indices (b,) of images of one shape, and these on the device."""
        for group in groups_of_one_shape(np.array([image.shape[1:] for image in images]), most_images=BATCH):
            yield group, torch.from_numpy(np.stack([images[i] for i in group])).to(self.device)


def save_classifier(path: Path, classifier: Classifier) -> None:
    """Write a classifier as one .safetensors file.

    Raises:
        KnownError: it could not be written.
    """
    tensors, parts = _describe(classifier.model)
    if classifier.known is not None:
        tensors |= with_prefix("known", classifier.known.state())
    if classifier.guard is not None:
        guard_tensors, guard_parts = _describe(classifier.guard)
        tensors |= with_prefix("guard", guard_tensors)
        parts["guard"] = guard_parts
    metadata = {
        "classes": list(classifier.classes),
        "image_settings": classifier.image_settings.to_json(),
        **asdict(classifier.calibration),
        "facts": classifier.facts,
        **parts,
    }
    save_weights(path, tensors, kind="model", metadata=metadata)


def load_classifier(path: Path, *, device: str = "auto") -> Classifier:
    """Read what `save_classifier` wrote.

    Raises:
        KnownError: damaged, foreign, of another kind, or made before images were read at native resolution.
    """
    tensors, metadata = load_weights(path, kind="model")
    target = pick_device(device)
    try:
        if "height" in metadata["image_settings"]:
            raise KnownError(f"{path} was made by an earlier version; train it again.")
        model = _rebuild(tensors, metadata, path, target)
        classifier = Classifier(
            classes=tuple(str(name) for name in metadata["classes"]),
            image_settings=ImageSettings.from_json(metadata["image_settings"]),
            model=model,
            calibration=Calibration(float(metadata["temperature"]), float(metadata.get("uniform", 0.0))),
            device=target,
            facts=metadata["facts"],
            known=KnownAnswers.from_state(under_prefix("known", tensors), classes=len(metadata["classes"])),
            guard=_guard(tensors, metadata, path, target),
        )
        _try_out(classifier)
        return classifier
    except torch.OutOfMemoryError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RuntimeError, ZeroDivisionError) as error:
        raise KnownError(f"{path} is not a complete classifier ({error}); train it again.") from error


def _guard(
    tensors: dict[str, Tensor], metadata: dict[str, Any], path: Path, device: torch.device
) -> FeatureModel | None:
    if "guard" not in metadata:
        return None
    described = {**metadata["guard"], "classes": metadata["classes"]}
    guard = _rebuild(under_prefix("guard", tensors), described, path, device)
    if not isinstance(guard, FeatureModel):
        raise ValueError("what tells unfamiliar images is no model of features")
    return guard


def _try_out(classifier: Classifier) -> None:
    """Classify one black image: parts of a file that do not fit each other show now, not in the middle of a folder."""
    image = np.zeros((classifier.image_settings.channels, TRIED_PX, TRIED_PX), dtype=np.uint8)
    probabilities = classifier.probabilities([image])
    if probabilities.shape != (1, len(classifier.classes)) or not np.isfinite(probabilities).all():
        raise ValueError("its parts do not fit each other")


def _describe(model: Model) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Tensors and metadata of any kind of model."""
    if isinstance(model, NetworkModel):
        network = model.network
        parts = {
            "mode": "network",
            "encoder": network.encoder.spec.to_json(),
            "standardiser": asdict(network.standardiser),
            "size_px": network.size_px,
            "norm": isinstance(network.norm, torch.nn.LayerNorm),
        }
        return with_prefix("network", dict(network.state_dict())), parts
    if isinstance(model, MultipleInstanceModel):
        return _describe_places(model)
    transform = model.transform
    tensors = {"head.weight": torch.from_numpy(model.head.weight), "head.bias": torch.from_numpy(model.head.bias)}
    if model.familiarity is not None:
        tensors |= with_prefix("familiarity", model.familiarity.state())
    for name in transform.exponent:
        tensors[f"transform.{name}"] = torch.from_numpy(
            np.concatenate([transform.exponent[name], transform.mean[name][None], transform.scale[name][None]])
        )
    parts: dict[str, Any] = {"mode": "features"}
    for part in model.parts:
        if isinstance(part, EncoderFeatures):
            tensors |= with_prefix("encoder", dict(part.encoder.state_dict()))
            parts["encoder"] = part.to_json()
        else:
            tensors |= with_prefix("texture", part.state())
            parts["texture"] = {"standardiser": asdict(part.standardiser)}
    return tensors, parts


def _rebuild(tensors: dict[str, Tensor], metadata: dict[str, Any], path: Path, device: torch.device) -> Model:
    if metadata["mode"] == "places":
        return _rebuild_places(tensors, metadata, path, device)
    if metadata["mode"] == "network":
        return _rebuild_network(tensors, metadata, path, device)
    parts: list[Part] = []
    if described := metadata.get("encoder"):
        features = EncoderFeatures.from_json(described)
        load_into(features.encoder, under_prefix("encoder", tensors), source=path)
        features.encoder.to(device, memory_format=torch.channels_last)
        parts.append(features)
    if described := metadata.get("texture"):
        standardiser = Standardiser.from_json(described["standardiser"])
        parts.append(TextureSpectrum.from_state(under_prefix("texture", tensors), standardiser))
    transform = PowerTransform()
    for name, rows in under_prefix("transform", tensors).items():
        transform.exponent[name] = rows[:3].numpy()
        transform.mean[name], transform.scale[name] = rows[3].numpy(), rows[4].numpy()
    head = LinearHead(tensors["head.weight"].numpy(), tensors["head.bias"].numpy())
    if len(head.bias) != len(metadata["classes"]):
        raise ValueError(f"{len(head.bias)} outputs for {len(metadata['classes'])} classes")
    familiarity = Familiarity.from_state(under_prefix("familiarity", tensors), features=head.weight.shape[1])
    return FeatureModel(tuple(parts), transform, head, familiarity)


def _rebuild_network(
    tensors: dict[str, Tensor], metadata: dict[str, Any], path: Path, device: torch.device
) -> NetworkModel:
    network = ClassifierNetwork(
        build_encoder(EncoderSpec(**metadata["encoder"])),
        Standardiser.from_json(metadata["standardiser"]),
        classes=len(metadata["classes"]),
        size_px=metadata["size_px"],
        norm=metadata["norm"],
    )
    load_into(network, under_prefix("network", tensors), source=path)
    return NetworkModel(network.to(device, memory_format=torch.channels_last).eval())


def _describe_places(model: MultipleInstanceModel) -> tuple[dict[str, Tensor], dict[str, Any]]:
    tensors = with_prefix("detector", model.detector.state())
    tensors |= with_prefix("instances", dict(model.network.state_dict()))
    tensors["log_prior"] = torch.from_numpy(model.log_prior)
    parts = {
        "mode": "places",
        "detector": model.detector.to_json(),
        "background": model.background,
        "places": model.places,
    }
    return tensors, parts


def _rebuild_places(
    tensors: dict[str, Tensor], metadata: dict[str, Any], path: Path, device: torch.device
) -> MultipleInstanceModel:
    detector = AnomalyDetector.from_json(metadata["detector"])
    load_into(detector.network, under_prefix("detector", tensors), source=path)
    network = InstanceNetwork(detector.network, classes=len(metadata["classes"]))
    load_into(network, under_prefix("instances", tensors), source=path)
    background, places = metadata["background"], int(metadata["places"])
    if not 1 <= places <= PLACES or (background is not None and not 0 <= background < len(metadata["classes"])):
        raise ValueError(f"{places} places or background class {background} cannot be")
    detector.network.to(device, memory_format=torch.channels_last)
    network.to(device, memory_format=torch.channels_last).eval()
    return MultipleInstanceModel(detector, network, tensors["log_prior"].numpy(), background, places)
