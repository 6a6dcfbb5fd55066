"""Features of the pool for training, suggestions and the map: from the store if they are there, computed if not."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.jobs.pool.encoders import choose_encoder, detector_file, needed_encoder
from inspector.jobs.pool.pool import usable_hashes
from inspector.project.seeded_order import seeded_order
from models.errors import KnownError
from models.events import Notice, Progress

if TYPE_CHECKING:
    import torch

    from inspector.jobs.pool.encoders import ChosenEncoder
    from inspector.jobs.pool.pool import Pool
    from inspector.project import Project
    from models.features.extraction import EncoderFeatures, Part
    from models.features.power_transform import Blocks, PowerTransform
    from models.features.store import FeatureStore
    from models.small_defects.anomaly_detector import AnomalyDetector

STATISTICS_IMAGES = 2_000  # each has hundreds of patches to measure
MOST_GROWTH = 2  # of a project, before its statistics are taken anew
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
    from models.features.power_transform import PowerTransform

    if which == "encoder":
        chosen: ChosenEncoder | None = needed_encoder(project, encoder, seed=seed)
    else:
        chosen = None if which == "texture" else choose_encoder(project, encoder, seed=seed)
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
    from models.features.extraction import VERSION
    from models.features.store import FeatureStore

    # the scale too: that of random weights is the pool's
    name = f"encoder-{VERSION}-{key}-{project.image_settings.max_area}-{part.scale:.4g}"
    path = project.cache_folder / "features" / f"{name}.safetensors"
    return (yield from complete(FeatureStore.load(path), pool, part, path, device, stage=stage))


def texture_blocks(
    project: Project, pool: Pool, device: torch.device
) -> Generator[Progress, None, tuple[Part, Blocks]]:
    """Returns the texture spectrum and its raw blocks.

    Its statistics stay while images come in, so that only those are computed, until the project has twice as many; and
    until one that they were measured on is kept for judging, which must not have shaped what it judges.
    """
    from models.features.extraction import BATCH
    from models.features.store import FeatureStore
    from models.features.texture import VERSION, TextureSpectrum
    from models.images.augment import Standardiser

    name = f"texture-{VERSION}-{project.image_settings.max_area}"
    path = project.cache_folder / "features" / f"{name}.safetensors"
    usable = usable_hashes(project, pool.cache)
    store = FeatureStore.load(path)
    if _is_measured_on(store, usable):
        part = TextureSpectrum.from_state(store.state, Standardiser.from_json(store.facts["standardiser"]))
    else:
        # Drawn from all that learning may look at, so they are the same for a pool of a part of those.
        measured_on = seeded_order(usable, seed=0)[:STATISTICS_IMAGES]
        pixels = pool.pixels(device, measured_on)
        batches = (images for _, images in pixels.batches(BATCH))
        part = TextureSpectrum.fit(batches, pixels.standardiser())
        facts = {"standardiser": asdict(part.standardiser), "measured_on": measured_on, "of": len(usable)}
        store = FeatureStore(state=part.state(), facts=facts)
    blocks = yield from complete(store, pool, part, path, device, stage="texture features")
    return part, blocks


def _is_measured_on(store: FeatureStore, usable: list[str]) -> bool:
    """Whether a store's statistics may serve the images, by content hash, that learning may look at now."""
    measured_on = store.facts.get("measured_on", [])
    return bool(measured_on) and set(measured_on) <= set(usable) and len(usable) <= MOST_GROWTH * store.facts["of"]


def complete(
    store: FeatureStore, pool: Pool, part: Part | AnomalyDetector, path: Path, device: torch.device, *, stage: str
) -> Generator[Progress, None, Blocks]:
    """Compute what the store lacks and write it back; returns the pool's blocks."""
    from models.features.extraction import extract

    missing = store.missing(pool.hashes)
    if missing:
        store.add(missing, (yield from extract(pool.pixels(device, missing), [part], stage=stage)))
        store.save(path)
    return store.select(pool.hashes)
