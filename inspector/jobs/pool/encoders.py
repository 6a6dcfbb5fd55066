"""Which encoder the user means: 'latest', 'random', 'imagenet', a run's number, or a file."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.jobs.pool.imagenet_weights import IMAGENET, find_weights
from models.encoders.spec import EncoderSpec
from models.errors import KnownError

if TYPE_CHECKING:
    import torch

    from inspector.jobs.pool.pool import Pool
    from inspector.project import Project
    from models.encoders.architectures import Encoder
    from models.features.extraction import EncoderFeatures

ENCODER_FILE, DETECTOR_FILE = "encoder.safetensors", "anomaly.safetensors"


@dataclass(frozen=True)
class ChosenEncoder:
    """An encoder's weights: where from, in words, and under which name its features are stored.

    Attributes:
        path: of an encoder of ours; None for weights that were not pretrained on a project's images.
        imagenet: torchvision's file, where its weights are meant.
    """

    description: str
    key: str
    path: Path | None
    imagenet: Path | None = None

    @property
    def title(self) -> str:
        """'encoder of run 5', 'random encoder', 'encoder with ImageNet weights'."""
        if self.path is not None:
            return f"encoder of {self.description}"
        return "random encoder" if self.imagenet is None else f"encoder with {self.description}"

    def load(self, pool: Pool, device: torch.device, *, seed: int) -> EncoderFeatures:
        """Build it on the device. Weights that are not ours bring no pixel statistics and no scale but the pool's."""
        import torch

        from models.encoders.imagenet import imagenet_encoder
        from models.features.extraction import EncoderFeatures, reading_scale
        from models.pretraining.pretrain import load_encoder

        if self.path is not None:
            features = load_encoder(self.path)
        else:
            pixels = pool.pixels(device)
            if self.imagenet is not None:
                encoder = imagenet_encoder(self.imagenet, channels=pixels.channels)
            else:
                encoder = _random_encoder(EncoderSpec(channels=pixels.channels), seed=seed)
            features = EncoderFeatures(encoder, pixels.standardiser(), reading_scale(pixels.window_shape))
        features.encoder.to(device, memory_format=torch.channels_last).eval()
        return features

    def features_key(self, features: EncoderFeatures) -> str:
        """Under which name what it makes of images is stored; where the pool says how it reads them, that too."""
        return self.key if self.path is not None else f"{self.key}-{_reading_key(features)}"


def untrained_twin(features: EncoderFeatures, *, seed: int) -> tuple[EncoderFeatures, str]:
    """The same network with random weights, which reads images the same way; and a key for its features."""
    twin = _reading_alike(features, _random_encoder(features.encoder.spec, seed=seed))
    return twin, f"random-{seed}-{_reading_key(twin)}"


def imagenet_counterpart(features: EncoderFeatures, weights: Path) -> tuple[EncoderFeatures, str]:
    """A network with ImageNet weights, which reads images the same way; and a key for its features.

    Raises:
        KnownError: see `models.encoders.imagenet.imagenet_encoder`.
    """
    from models.encoders.imagenet import imagenet_encoder

    encoder = imagenet_encoder(weights, channels=features.encoder.spec.channels)
    counterpart = _reading_alike(features, encoder)
    return counterpart, f"{IMAGENET}-{_digest(weights)}-{_reading_key(counterpart)}"


def _random_encoder(spec: EncoderSpec, *, seed: int) -> Encoder:
    import torch

    from models.encoders.architectures import build_encoder

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return build_encoder(spec)


def _reading_alike(features: EncoderFeatures, encoder: Encoder) -> EncoderFeatures:
    """The same with another encoder, on the same device."""
    import torch

    device = next(features.encoder.parameters()).device
    encoder.to(device, memory_format=torch.channels_last).eval()
    return replace(features, encoder=encoder)


def _reading_key(features: EncoderFeatures) -> str:
    reading = json.dumps(features.to_json(), sort_keys=True)
    return hashlib.sha256(reading.encode()).hexdigest()[:16]


def choose_encoder(project: Project, name: str, *, seed: int = 0) -> ChosenEncoder | None:
    """Resolve what `--encoder` says; None if the latest is asked for and there is none yet.

    Raises:
        KnownError: no such run or file, the run has no encoder, or ImageNet weights are not on this machine.
    """
    if name == "latest":
        run = project.latest_run("pretrain")
        return None if run is None else _of_file(run.folder / ENCODER_FILE, f"run {run.id}")
    if name == "random":
        return ChosenEncoder("random weights", f"random-{seed}", None)
    if name == IMAGENET:
        weights = find_weights()
        return ChosenEncoder("ImageNet weights", f"{IMAGENET}-{_digest(weights)}", None, weights)
    return _of_file(encoder_file(project, name), f"run {name}" if name.isdecimal() else name)


def needed_encoder(
    project: Project, name: str, *, seed: int = 0, otherwise: str = "--features texture"
) -> ChosenEncoder:
    """Resolve what `--encoder` says where nothing can be done without one; `otherwise` is the option that can.

    Raises:
        KnownError: see `choose_encoder`, and where none is pretrained yet.
    """
    chosen = choose_encoder(project, name, seed=seed)
    if chosen is None:
        raise KnownError(f"No encoder is pretrained yet; run 'inspector pretrain' first, or use {otherwise}.")
    return chosen


def encoder_file(project: Project, name: str) -> Path:
    """The encoder file of a run (by number) or of a path to a file or a run's folder.

    Raises:
        KnownError: there is none.
    """
    if name.isdecimal():
        run = project.run(int(name))
        path = run.folder / ENCODER_FILE
        if not path.is_file():
            raise KnownError(f"Run {run.id} ({run.kind}, {run.state}) has no encoder; name a finished pretraining run.")
        return path
    path = Path(name)
    path = path / ENCODER_FILE if path.is_dir() else path
    if not path.is_file():
        raise KnownError(f"{name} is neither a run's number nor an encoder file (.safetensors).")
    return path


def images_seen(project: Project, name: str) -> set[int]:
    """The project's images that an encoder has looked at: itself, or the one that its training started from.

    Raises:
        KnownError: see `choose_encoder`.
    """
    from models.encoders.seen_images import digests, seen_by

    chosen = choose_encoder(project, name)
    if chosen is None or chosen.path is None:
        return set()
    seen = set(seen_by(chosen.path).tolist())
    if not seen:  # made before encoders remembered them
        runs = [run for run in project.runs("pretrain") if run.folder == chosen.path.parent]
        return set().union(*(project.run_images(run.id, "pretrain") for run in runs))
    images = project.images()
    named = zip(images, digests(image.content_hash for image in images), strict=True)
    return {image.id for image, digest in named if digest in seen}


def _of_file(path: Path, description: str) -> ChosenEncoder:
    return ChosenEncoder(description, _digest(path), path)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def detector_file(chosen: ChosenEncoder | None) -> Path | None:
    """The detector that was trained in the same run as the encoder, if there is one."""
    if chosen is None or chosen.path is None:
        return None
    file = chosen.path.with_name(DETECTOR_FILE)
    return file if file.is_file() else None
