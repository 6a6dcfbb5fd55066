"""The anomaly detector of a pretraining run, and what it found in the project's images: computed once, then kept."""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

from models.events import Progress

if TYPE_CHECKING:
    import torch

    from inspector.jobs.pool.pool import Pool
    from inspector.project import Project
    from models.small_defects.anomaly_detector import AnomalyDetector
    from models.suggestions.unusual import UnusualPool


def load_detector(file: Path, device: torch.device) -> AnomalyDetector:
    """Read it; KnownError if it is damaged."""
    from models.small_defects.anomaly_detector import AnomalyDetector

    return AnomalyDetector.load(file, device=device)


def find_unusual(
    project: Project, pool: Pool, file: Path, device: torch.device
) -> Generator[Progress, None, UnusualPool | None]:
    """What the detector in `file` finds in the images of the pool, from the project's cache where it is there.

    None where it was trained too shortly to find anything.
    """
    from inspector.jobs.pool.features import complete
    from models.features.store import FeatureStore
    from models.suggestions.unusual import UnusualPool

    detector = load_detector(file, device)
    if not detector.has_learned:
        return None
    kept = feature_file(project, file)
    store = FeatureStore.load(kept)
    blocks = yield from complete(store, pool, detector, kept, device, stage="unusual places")
    return UnusualPool(
        scores=blocks["anomaly_logits"][:, 0],
        features=blocks["anomaly_features"],
        positions=blocks["anomaly_centres"][:, :2] / pool.cache.shapes(pool.hashes),
    )


def stored_scores(project: Project, file: Path) -> dict[str, float]:
    """The scores that are kept, by content hash; without torch, for a window that only sorts by them."""
    from models.storage.stored_block import read_block

    hashes, logits = read_block(feature_file(project, file), "anomaly_logits")
    return dict(zip(hashes, logits[:, 0].tolist(), strict=True)) if hashes else {}


def feature_file(project: Project, detector: Path) -> Path:
    """Where what a detector found is kept."""
    digest = hashlib.sha256(detector.read_bytes()).hexdigest()[:16]
    return project.cache_folder / "features" / f"anomaly-{digest}-{project.image_settings.max_area}.safetensors"
