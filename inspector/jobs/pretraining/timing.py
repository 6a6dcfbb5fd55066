"""How long pretraining takes on this machine, measured by a few steps: the encoder, and then the small defects."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from inspector.jobs.running.card_memory import MIN_BATCH, far_too_small, halved_text
from models.errors import KnownError
from models.events import Notice
from models.pretraining.config import MIN_EPOCHS, PROMISED_MINUTES
from models.stages import returned

if TYPE_CHECKING:
    import torch

    from models.images.pixels import Pixels
    from models.pretraining.config import PretrainConfig

TIMED_STEPS = 3
PROBE_SECONDS = 2.0
LEARNING_SHARE = 0.95  # of the time; the rest goes into embeddings, pictures and checkpoints between epochs
MOST_EPOCHS = 1_000_000


@dataclass(frozen=True)
class Pace:
    """Seconds for one epoch of the encoder over `images` images, and for a window of the anomaly detector."""

    images: int
    per_epoch: float
    per_window: float

    def seconds(self, config: PretrainConfig) -> float:
        """Of a whole run."""
        learning = self.per_epoch * config.epochs_for(self.images)
        return (learning + self.per_window * config.anomaly_windows(self.images)) / LEARNING_SHARE


def measure_pace(pixels: Pixels, config: PretrainConfig, *, device: torch.device) -> Pace | None:
    """From a probe of a few seconds; None where the graphics card's memory is too small for it."""
    import torch

    try:
        per_epoch = seconds_per_epoch(pixels, config, device=device)
    except torch.OutOfMemoryError:
        return None
    per_window = _per_window(pixels, device) if config.anomaly_windows(len(pixels)) else 0.0
    return Pace(len(pixels), per_epoch, per_window)


def _per_window(pixels: Pixels, device: torch.device) -> float:
    """0 where the graphics card's memory is too small for it: a run then goes without the anomaly detector."""
    import torch

    try:
        return seconds_per_window(pixels, device=device)
    except torch.OutOfMemoryError:
        return 0.0


def fitted_to(
    pixels: Pixels, config: PretrainConfig, *, device: torch.device, minutes: float
) -> Generator[Notice, None, PretrainConfig]:
    """Returns the config with as many epochs as fit into `minutes` on this machine, the anomaly detector included.

    Where the graphics card's memory is too small the batch is halved until it is not.

    Raises:
        KnownError: not even MIN_EPOCHS epochs fit, or no batch does.
    """
    import torch

    while (pace := measure_pace(pixels, config, device=device)) is None:
        batch = min(config.batch_size, len(pixels))
        if batch // 2 < MIN_BATCH:
            raise far_too_small(batch)
        yield Notice(halved_text(batch), warning=True)
        config = replace(config, batch_size=batch // 2)
        torch.cuda.empty_cache()
    epochs = epochs_within(pace, config, minutes=minutes)
    yield Notice(f"{epochs} epochs fit into {minutes:g} min on this machine.")
    return replace(config, epochs=epochs)


def epochs_within(pace: Pace, config: PretrainConfig, *, minutes: float) -> int:
    """How many epochs fit into `minutes`, the anomaly detector included.

    Raises:
        KnownError: not even MIN_EPOCHS epochs fit.
    """
    epochs = bisect_right(
        range(1, MOST_EPOCHS), 60 * minutes, key=lambda count: pace.seconds(replace(config, epochs=count))
    )
    if epochs < MIN_EPOCHS:
        needed = pace.seconds(replace(config, epochs=MIN_EPOCHS)) / 60
        raise KnownError(
            f"{minutes:g} min are too short: {MIN_EPOCHS} epochs over {pace.images:,} images take about "
            f"{needed:.1f} min on this machine."
        )
    return epochs


def promise_here(pixels: Pixels, config: PretrainConfig, *, device: torch.device) -> Notice | None:
    """How long a preset takes on this machine, with a warning where that is longer than it promises.

    None where the graphics card's memory is too small to measure it; the run itself then takes smaller batches.
    """
    pace = measure_pace(pixels, config, device=device) if len(pixels) > 1 else None
    return None if pace is None else promise_notice(config.preset, pace.seconds(config))


def promise_notice(preset: str, seconds: float) -> Notice:
    """In a sentence."""
    minutes = f"about {max(1, round(seconds / 60)):,} min" if seconds >= 45 else "under a minute"
    taken = f"Preset {preset} takes {minutes} on this machine"
    if not breaks_promise(preset, seconds):
        return Notice(f"{taken}.")
    promised = PROMISED_MINUTES[preset]
    return Notice(f"{taken}, not the {promised} min that it is meant for: {_ADVICE.format(promised)}", warning=True)


_ADVICE = "a time budget of {0} min (--minutes {0}) keeps to that."


def breaks_promise(preset: str, seconds: float) -> bool:
    """Whether it takes longer than the preset promises; 'paper' promises nothing."""
    return preset in PROMISED_MINUTES and seconds > 60 * PROMISED_MINUTES[preset]


def seconds_per_epoch(pixels: Pixels, config: PretrainConfig, *, device: torch.device) -> float:
    """How long an epoch of the encoder takes, from a probe of two seconds, at least three steps."""
    return returned(timing_epoch(pixels, config, device=device))


def timing_epoch(pixels: Pixels, config: PretrainConfig, *, device: torch.device) -> Generator[None, None, float]:
    """`seconds_per_epoch` that may be stopped after each step, or held: only the steps themselves count."""
    from models.pretraining.trainer import Trainer

    trainer = Trainer(pixels, replace(config, epochs=MOST_EPOCHS), device, epochs=MOST_EPOCHS)
    yield
    trainer.update(trainer.next_batch())  # the first step also builds kernels
    yield
    steps, spent = 0, 0.0
    while steps < TIMED_STEPS or (spent < PROBE_SECONDS and steps < 200):
        started = time.perf_counter()
        float(trainer.update(trainer.next_batch())[0])
        spent += time.perf_counter() - started
        steps += 1
        yield
    return spent / steps * trainer.batches_per_epoch


def seconds_per_window(pixels: Pixels, *, device: torch.device) -> float:
    """How long a window of the anomaly detector's training takes."""
    return returned(timing_window(pixels, device=device))


def timing_window(pixels: Pixels, *, device: torch.device) -> Generator[None, None, float]:
    """`seconds_per_window` that may be stopped after each step, or held."""
    from models.small_defects.anomaly_training import BATCH, learn_anomalies

    with closing(learn_anomalies(pixels, windows=BATCH * (TIMED_STEPS + 1), device=device)) as steps:
        next(steps)  # the first also builds kernels
        spent = 0.0
        for _ in range(TIMED_STEPS):
            yield
            started = time.perf_counter()
            next(steps)
            spent += time.perf_counter() - started
    return spent / (TIMED_STEPS * BATCH)
