"""How long pretraining takes on this machine, before anybody starts it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from inspector.jobs.devices import usable_device
from inspector.jobs.events import DurationEstimated
from inspector.jobs.pool import fill_pool, open_cache
from inspector.jobs.pretrain import PretrainRequest, usable_config
from models.errors import KnownError

if TYPE_CHECKING:
    from inspector.project import Project
    from models.pretrain_config import PretrainConfig


def estimate_pretraining(project: Project, requests: Mapping[str, PretrainRequest]) -> Iterator[Any]:
    """Probe the first request for two seconds: progress, then DurationEstimated.

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
        seconds = seconds_per_epoch(pool.pixels(device), probed, device=device)
    images = len(pool.hashes)
    alike = {name: config for name, config in configs.items() if _step_of(config) == _step_of(probed)}
    yield DurationEstimated(
        seconds={name: seconds * config.epochs_for(images) for name, config in alike.items()},
        images_per_second=images / seconds,
        device=str(device),
    )


def _step_of(config: PretrainConfig) -> PretrainConfig:
    """All that decides how long a step takes."""
    return replace(config, preset="quick", epochs=0)
