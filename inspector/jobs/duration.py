"""How long pretraining takes on this machine, before anybody starts it: the encoder, and then the small defects."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from inspector.jobs.devices import usable_device
from inspector.jobs.events import DurationEstimated
from inspector.jobs.pool import fill_pool, open_cache
from inspector.jobs.pretrain import PretrainRequest, usable_config
from models.errors import KnownError

if TYPE_CHECKING:
    import torch

    from inspector.project import Project
    from models.pixels import Pixels
    from models.pretrain_config import PretrainConfig

TIMED_STEPS = 3


def estimate_pretraining(project: Project, requests: Mapping[str, PretrainRequest]) -> Iterator[Any]:
    """Probe the first request for a few seconds: progress, then DurationEstimated.

    The answer holds every request whose step is like the first one's; of others nothing is known without a probe of
    their own, which may take minutes.

    Raises:
        KnownError: fewer than two images can be read, or the settings make no sense.
    """
    from models.pretrain import seconds_per_epoch

    first = next(iter(requests.values()))
    device = yield from usable_device(first.device)
    channels = project.image_settings.channels
    configs = {name: usable_config(request, channels) for name, request in requests.items()}
    probed = next(iter(configs.values()))
    with open_cache(project) as cache:
        pool = yield from fill_pool(project, cache)
        if len(pool.hashes) < 2:
            raise KnownError("Pretraining needs at least 2 images that can be read; import more first.")
        pixels, images = pool.pixels(device), len(pool.hashes)
        per_epoch = seconds_per_epoch(pixels, probed, device=device)
        has_windows = any(config.anomaly_windows(images) for config in configs.values())
        per_window = seconds_per_window(pixels, device=device) if has_windows else 0.0
    alike = {name: config for name, config in configs.items() if _step_of(config) == _step_of(probed)}
    yield DurationEstimated(
        seconds={
            name: per_epoch * config.epochs_for(images) + per_window * config.anomaly_windows(images)
            for name, config in alike.items()
        },
        images_per_second=images / per_epoch,
        device=str(device),
    )


def seconds_per_window(pixels: Pixels, *, device: torch.device) -> float:
    """How long a window of the anomaly detector's training takes on this machine, from a few steps."""
    from models.anomaly_training import BATCH, learn_anomalies

    with closing(learn_anomalies(pixels, windows=BATCH * (TIMED_STEPS + 1), device=device)) as steps:
        next(steps)  # the first also builds kernels
        started = time.perf_counter()
        for _ in range(TIMED_STEPS):
            next(steps)
    return (time.perf_counter() - started) / (TIMED_STEPS * BATCH)


def _step_of(config: PretrainConfig) -> PretrainConfig:
    """All that decides how long a step of the encoder takes."""
    return replace(config, preset="quick", epochs=0, small_defects=True)
