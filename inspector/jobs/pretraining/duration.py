"""How long pretraining takes on this machine, before anybody starts it: the encoder, and then the small defects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from inspector.jobs.events import DurationEstimated
from inspector.jobs.pool.pool import fill_pool, open_cache
from inspector.jobs.pretraining.request import PretrainRequest, usable_config
from inspector.jobs.pretraining.timing import Pace, timing_epoch, timing_window
from inspector.jobs.running.devices import usable_device
from models.errors import KnownError
from models.events import Progress
from models.stages import ticking

if TYPE_CHECKING:
    import torch

    from inspector.project import Project
    from models.pretraining.config import PretrainConfig


def estimate_pretraining(project: Project, *groups: Mapping[str, PretrainRequest]) -> Iterator[Any]:
    """Probe the first request of each group for a few seconds: progress, then a DurationEstimated for each group.

    It holds every request of the group whose step is like the first one's; of others nothing is known without a probe
    of their own, which may take minutes.

    Raises:
        KnownError: fewer than two images can be read, or the settings make no sense.
    """
    channels = project.image_settings.channels
    device = yield from usable_device(next(iter(groups[0].values())).device)
    configs = [{name: usable_config(request, channels) for name, request in group.items()} for group in groups]
    with open_cache(project) as cache:
        pool = yield from fill_pool(project, cache)
        images = len(pool.hashes)
        if images < 2:
            raise KnownError("Pretraining needs at least 2 images that can be read; import more first.")
        pixels = pool.pixels(device)
        has_windows = any(config.anomaly_windows(images) for group in configs for config in group.values())
        so_far = Progress("methods", 0, len(configs), "methods")
        per_window = 0.0
        if has_windows:
            per_window = yield from ticking(timing_window(pixels, device=device), so_far)
        for done, group in enumerate(configs):
            so_far = replace(so_far, done=done)
            probed = next(iter(group.values()))
            per_epoch = yield from ticking(timing_epoch(pixels, probed, device=device), so_far)
            pace = Pace(images, per_epoch, per_window)
            yield _estimated(pace, group, probed, device)


def _estimated(
    pace: Pace, group: Mapping[str, PretrainConfig], probed: PretrainConfig, device: torch.device
) -> DurationEstimated:
    return DurationEstimated(
        seconds={name: pace.seconds(config) for name, config in group.items() if _step_of(config) == _step_of(probed)},
        images_per_second=pace.images / pace.per_epoch,
        device=str(device),
        method=probed.method,
        parameters=_parameters(probed),
    )


def _parameters(config: PretrainConfig) -> int:
    """Of the encoder, which is kept."""
    import torch

    from models.encoders.architectures import build_encoder, parameter_count

    with torch.random.fork_rng(devices=[]):
        return parameter_count(build_encoder(config.encoder))


def _step_of(config: PretrainConfig) -> PretrainConfig:
    """All that decides how long a step of the encoder takes."""
    return replace(config, preset="quick", epochs=0, small_defects=True)
