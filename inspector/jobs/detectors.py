"""The anomaly detector of a pretraining run, and what it found in the project's images: computed once, then kept."""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from models.events import Progress

if TYPE_CHECKING:
    import numpy as np
    import torch

    from inspector.jobs.encoders import ChosenEncoder
    from inspector.jobs.pool import Pool
    from inspector.project import Project
    from models.anomaly_detector import AnomalyDetector

DETECTOR_FILE = "anomaly.safetensors"


@dataclass(frozen=True)
class Unusual:
    """How unusual each of N images is, and where.

    Attributes:
        scores: (N,) logit of an anomaly at the most unusual place.
        centres: (N, P, 2) of the places, y and x in px of the working image, the most unusual first.
        features: (N, D) of the most unusual place.
    """

    scores: np.ndarray
    centres: np.ndarray
    features: np.ndarray


def detector_file(chosen: ChosenEncoder | None) -> Path | None:
    """The detector that was trained in the same run as the encoder, if there is one."""
    if chosen is None or chosen.path is None:
        return None
    file = chosen.path.with_name(DETECTOR_FILE)
    return file if file.is_file() else None


def load_detector(file: Path, device: torch.device) -> AnomalyDetector:
    """Read it; KnownError if it is damaged."""
    from models.anomaly_detector import AnomalyDetector

    return AnomalyDetector.load(file, device=device)


def find_unusual(project: Project, pool: Pool, file: Path, device: torch.device) -> Generator[Progress, None, Unusual]:
    """What the detector in `file` finds in the images of the pool, from the project's cache where it is there."""
    from inspector.jobs.features import complete
    from models.feature_store import FeatureStore

    kept = feature_file(project, file)
    store = FeatureStore.load(kept)
    detector = load_detector(file, device)
    blocks = yield from complete(store, pool, detector, kept, device, stage="unusual places")
    return _unusual(blocks)


def stored_scores(project: Project, file: Path) -> dict[str, float]:
    """The scores that are kept, by content hash; without torch, for a window that only sorts by them."""
    from models.stored_block import read_block

    hashes, logits = read_block(feature_file(project, file), "anomaly_logits")
    return dict(zip(hashes, logits[:, 0].tolist(), strict=True)) if hashes else {}


def feature_file(project: Project, detector: Path) -> Path:
    """Where what a detector found is kept."""
    digest = hashlib.sha256(detector.read_bytes()).hexdigest()[:16]
    return project.cache_folder / "features" / f"anomaly-{digest}-{project.image_settings.max_area}.safetensors"


def _unusual(blocks: dict[str, np.ndarray]) -> Unusual:
    centres = blocks["anomaly_centres"]
    return Unusual(
        scores=blocks["anomaly_logits"][:, 0],
        centres=centres.reshape(len(centres), -1, 2),
        features=blocks["anomaly_features"],
    )
