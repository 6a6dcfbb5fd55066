"""Features of the pool for training, suggestions and the map: from the store if they are there, computed if not."""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.jobs.encoders import choose_encoder, detector_file
from inspector.jobs.pool import usable_hashes
from inspector.project.seeded_order import seeded_order
from models.errors import KnownError
from models.events import Notice, Progress

if TYPE_CHECKING:
    import torch

    from inspector.jobs.encoders import ChosenEncoder
    from inspector.jobs.pool import Pool
    from inspector.project import Project
    from models.anomaly_detector import AnomalyDetector
    from models.feature_store import FeatureStore
    from models.features import EncoderFeatures, Part
    from models.power_transform import Blocks, PowerTransform

STATISTICS_IMAGES = 2_000  # each has hundreds of patches to measure
FEATURES = ("fused", "encoder", "texture")


@dataclass(frozen=True)
class PoolFeatures:
    """Transformed blocks (N, D) of a pool, and what made them, for a model file.

    Attributes:
        description: in words.
        detector: file of the anomaly detector that was trained beside the encoder, if there is one.
    """

    blocks: Blocks
    parts: tuple[Part, ...]
    transform: PowerTransform
    description: str
    detector: Path | None = None


def pool_features(
    project: Project,
    pool: Pool,
    *,
    which: str = "fused",
    encoder: str = "latest",
    device: torch.device,
    seed: int = 0,
) -> Generator[Progress | Notice, None, PoolFeatures]:
    """Gather or compute the features, and return them.

    With 'fused' and no encoder yet, the texture spectrum stands alone, and a notice says so.

    Raises:
        KnownError: the encoder is missing, damaged, or made for other images.
    """
    from models.power_transform import PowerTransform

    chosen = None if which == "texture" else choose_encoder(project, encoder, seed=seed)
    if which == "encoder" and chosen is None:
        raise KnownError("No encoder is pretrained yet; run 'inspector pretrain' first, or use --features texture.")
    if which == "fused" and chosen is None:
        yield Notice("No encoder is pretrained yet: the texture spectrum stands alone.")
    blocks: Blocks = {}
    parts: list[Part] = []
    names: list[str] = []
    if chosen is not None:
        part, values = yield from _encoder_blocks(project, pool, chosen, device, seed)
        parts.append(part)
        blocks |= values
        names.append(chosen.title)
    if which != "encoder":
        part, values = yield from texture_blocks(project, pool, device)
        parts.append(part)
        blocks |= values
        names.append("texture spectrum")
    transform = PowerTransform.fit(blocks)
    return PoolFeatures(transform(blocks), tuple(parts), transform, " and ".join(names), detector_file(chosen))


def _encoder_blocks(
    project: Project, pool: Pool, chosen: ChosenEncoder, device: torch.device, seed: int
) -> Generator[Progress, None, tuple[Part, Blocks]]:
    """Returns the encoder's part and its raw blocks."""
    settings = project.image_settings
    part = chosen.load(pool, device, seed=seed)
    channels = part.encoder.spec.channels
    if channels != settings.channels:
        raise KnownError(
            f"The encoder of {chosen.description} reads {channels} channels, the images of this project have "
            f"{settings.channels}; pretrain one on these images."
        )
    return part, (yield from encoder_blocks(project, pool, part, chosen.features_key(part), device))


def encoder_blocks(
    project: Project,
    pool: Pool,
    part: EncoderFeatures,
    key: str,
    device: torch.device,
    *,
    stage: str = "encoder features",
) -> Generator[Progress, None, Blocks]:
    """Raw blocks of the pool by an encoder whose weights are known as `key`."""
    from models.feature_store import FeatureStore
    from models.features import VERSION

    # the scale too: that of random weights is the pool's
    name = f"encoder-{VERSION}-{key}-{project.image_settings.max_area}-{part.scale:.4g}"
    path = project.cache_folder / "features" / f"{name}.safetensors"
    return (yield from complete(FeatureStore.load(path), pool, part, path, device, stage=stage))


def texture_blocks(
    project: Project, pool: Pool, device: torch.device
) -> Generator[Progress, None, tuple[Part, Blocks]]:
    """Returns the texture spectrum and its raw blocks.

    Once images were imported, kept for judging or released, its statistics are of other images than before: all is
    made anew then, so that what is learned depends on the project as it is, not on what was asked of it earlier.
    """
    from models.augment import Standardiser
    from models.feature_store import FeatureStore
    from models.features import BATCH
    from models.texture import VERSION, TextureSpectrum

    name = f"texture-{VERSION}-{project.image_settings.max_area}"
    path = project.cache_folder / "features" / f"{name}.safetensors"
    measured_on = _measured_by_texture(project, pool)
    digest = hashlib.sha256("".join(measured_on).encode()).hexdigest()
    store = FeatureStore.load(path)
    if store.facts.get("measured_on") == digest:
        part = TextureSpectrum.from_state(store.state, Standardiser.from_json(store.facts["standardiser"]))
    else:
        pixels = pool.pixels(device, measured_on)
        batches = (images for _, images in pixels.batches(BATCH))
        part = TextureSpectrum.fit(batches, pixels.standardiser())
        facts = {"standardiser": asdict(part.standardiser), "measured_on": digest}
        store = FeatureStore(state=part.state(), facts=facts)
    blocks = yield from complete(store, pool, part, path, device, stage="texture features")
    return part, blocks


def _measured_by_texture(project: Project, pool: Pool) -> list[str]:
    """The content hashes of the images that the texture spectrum takes its statistics from.

    They are drawn from all that learning may look at, so they are the same for a pool of a part of those.
    """
    hashes = usable_hashes(project, pool.cache)
    chosen = set(seeded_order(hashes, seed=0)[:STATISTICS_IMAGES])
    return [content_hash for content_hash in hashes if content_hash in chosen]


def complete(
    store: FeatureStore, pool: Pool, part: Part | AnomalyDetector, path: Path, device: torch.device, *, stage: str
) -> Generator[Progress, None, Blocks]:
    """Compute what the store lacks and write it back; returns the pool's blocks."""
    from models.features import extract

    missing = store.missing(pool.hashes)
    if missing:
        store.add(missing, (yield from extract(pool.pixels(device, missing), [part], stage=stage)))
        store.save(path)
    return store.select(pool.hashes)
