"""Which encoder the user means: 'latest', 'random', a run's number, or a file."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import KnownError

if TYPE_CHECKING:
    import torch

    from inspector.jobs.pool import Pool
    from inspector.project import Project
    from models.features import EncoderFeatures

ENCODER_FILE = "encoder.safetensors"


@dataclass(frozen=True)
class ChosenEncoder:
    """An encoder's weights: where from, in words, and under which name its features are stored."""

    description: str
    key: str
    path: Path | None  # None: random weights

    def load(self, pool: Pool, device: torch.device, *, seed: int) -> EncoderFeatures:
        """Build it on the device. Random weights bring no pixel statistics and no scale: theirs are the pool's."""
        import torch

        from models.encoder_spec import EncoderSpec
        from models.encoders import build_encoder
        from models.features import EncoderFeatures, reading_scale
        from models.pretrain import load_encoder

        if self.path is not None:
            features = load_encoder(self.path)
        else:
            pixels = pool.pixels(device)
            standardiser, scale = pixels.standardiser(), reading_scale(pixels.window_shape)
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(seed)
                encoder = build_encoder(EncoderSpec(channels=pixels.channels))
            features = EncoderFeatures(encoder, standardiser, scale)
        features.encoder.to(device, memory_format=torch.channels_last).eval()
        return features


def untrained_twin(features: EncoderFeatures, *, seed: int) -> tuple[EncoderFeatures, str]:
    """The same network with random weights, which reads images the same way; and a key for its features."""
    import torch

    from models.encoders import build_encoder

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        encoder = build_encoder(features.encoder.spec)
    device = next(features.encoder.parameters()).device
    encoder.to(device, memory_format=torch.channels_last).eval()
    reading = json.dumps(features.to_json(), sort_keys=True)
    return replace(features, encoder=encoder), f"random-{seed}-{hashlib.sha256(reading.encode()).hexdigest()[:16]}"


def choose_encoder(project: Project, name: str, *, seed: int = 0) -> ChosenEncoder | None:
    """Resolve what `--encoder` says; None if the latest is asked for and there is none yet.

    Raises:
        KnownError: no such run or file, or the run has no encoder.
    """
    if name == "latest":
        run = project.latest_run("pretrain")
        return None if run is None else _of_file(run.folder / ENCODER_FILE, f"run {run.id}")
    if name == "random":
        return ChosenEncoder("random weights", f"random-{seed}", None)
    return _of_file(encoder_file(project, name), f"run {name}" if name.isdecimal() else name)


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


def _of_file(path: Path, description: str) -> ChosenEncoder:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    return ChosenEncoder(description, digest, path)
