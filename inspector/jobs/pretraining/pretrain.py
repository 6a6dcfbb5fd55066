"""Pretraining a project's encoder: reads the images, runs the learning, records the run."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.jobs.events import RunStarted
from inspector.jobs.pool.encoders import DETECTOR_FILE, encoder_file
from inspector.jobs.pool.imagenet_weights import IMAGENET
from inspector.jobs.pool.pool import Pool, fill_pool, open_cache
from inspector.jobs.pool.pool_groups import groups_of
from inspector.jobs.pretraining.imagenet_start import imagenet_start
from inspector.jobs.pretraining.live_map import LiveMap
from inspector.jobs.pretraining.request import PretrainRequest, usable_config
from inspector.jobs.pretraining.run_pictures import save_pictures
from inspector.jobs.pretraining.timing import fitted_to, promise_here
from inspector.jobs.running.card_memory import MIN_BATCH, far_too_small, halved_text
from inspector.jobs.running.devices import device_to_learn_on
from inspector.jobs.running.versions import versions
from models.errors import KnownError
from models.events import Embedding, EpochDone, MoreTime, Notice, PretrainDone, Progress, Reconstruction, Views

if TYPE_CHECKING:
    import torch

    from inspector.project import Project, Run
    from models.pretraining.config import PretrainConfig

PRETRAINED = "pretrained"  # a run's event: its encoder is whole, the anomaly detector may follow
MORE_TIME = "more time"  # a run's event: whether more time would pay, as models.events.MoreTime
HALVED = "batch halved"  # a run's event: it goes on with this batch size, and not the one that it began with


@dataclass(frozen=True)
class PretrainFinished:
    """The figures of a finished run, as `pretrain --json` prints them; `more_time` has an outcome and a sentence."""

    run: int
    method: str
    images: int
    epochs: int
    seconds: float
    images_per_second: float
    parameters: int
    device: str
    more_time: dict[str, str]


def pretrain(project: Project, request: PretrainRequest, *, maps: bool = False) -> Iterator[Any]:
    """Begin a run: RunStarted, the loop's events, PretrainFinished. Closing it leaves a run that can be resumed.

    Args:
        maps: whether a MapMoved follows each look at the embeddings.

    Raises:
        KnownError: see `models.pretraining.pretrain`; the settings make no sense; the encoder to start from is missing
            or of another shape.
    """
    from models.pretraining.pretrain import encoder_to_start_from

    device = yield from device_to_learn_on(request.device)
    config = usable_config(request, project.image_settings.channels)
    is_foreign = request.start_from in ("random", IMAGENET)
    start_from = None if is_foreign else encoder_file(project, request.start_from)
    if start_from is not None:  # what cannot be started from is told before images are read and a run is begun
        encoder_to_start_from(start_from, config.encoder)
    weights = (yield from imagenet_start(request)) if request.start_from == IMAGENET else None
    with open_cache(project) as cache:
        pool = yield from fill_pool(project, cache)
        if request.minutes is not None:
            config = yield from fitted_to(pool.pixels(device), config, device=device, minutes=request.minutes)
        elif not config.epochs and (promise := promise_here(pool.pixels(device), config, device=device)):
            yield promise
        config = replace(config, epochs=config.epochs_for(len(pool.hashes)))
        described = {**config.to_json(), "device": str(device), "start_from": str(request.start_from)}
        with project.start_run("pretrain", {**described, "minutes": request.minutes, "versions": versions()}) as run:
            run.record_images("pretrain", pool.image_ids)
            yield RunStarted(run.id)
            yield from _learn(_Learning(project, run, pool, device, start_from, maps, weights), config)


def resume(project: Project, run_id: int, *, device_name: str = "auto", maps: bool = False) -> Iterator[Any]:
    """Go on with a stopped run, on the images that it began with; otherwise as `pretrain`.

    Raises:
        KnownError: no such run, it has finished, or its checkpoint is missing or damaged.
    """
    from models.pretraining.config import PretrainConfig
    from models.pretraining.pretrain import CHECKPOINT

    device = yield from device_to_learn_on(device_name)
    record = project.run(run_id)
    if record.kind != "pretrain":
        raise KnownError(f"Run {run_id} is a {record.kind} run; only pretraining can be resumed.")
    is_pretrained = bool(project.run_events(run_id, PRETRAINED))
    if record.state != "finished" and not is_pretrained and not (record.folder / CHECKPOINT).is_file():
        raise KnownError(f"Run {run_id} stopped before its first checkpoint; start a new run instead.")
    with project.resume_run(run_id) as run, open_cache(project) as cache:
        pool = yield from fill_pool(project, cache)
        pool = _restricted(pool, project.run_images(run_id, "pretrain"))
        known = {name: value for name, value in run.config.items() if name in PretrainConfig.__dataclass_fields__}
        for halved in project.run_events(run_id, HALVED):
            known["batch_size"] = halved.data["batch_size"]
        yield RunStarted(run.id)
        learning, config = _Learning(project, run, pool, device, None, maps), PretrainConfig.from_json(known)
        if is_pretrained:
            whole = project.run_events(run_id, PRETRAINED)[-1].data
            yield from _spot_small_defects(learning, config, PretrainDone(**whole))
        else:
            yield from _learn(learning, config, resume=True)


def _restricted(pool: Pool, image_ids: set[int]) -> Pool:
    keep = [i for i, image_id in enumerate(pool.image_ids) if image_id in image_ids]
    return Pool([pool.image_ids[i] for i in keep], [pool.hashes[i] for i in keep], pool.cache)


@dataclass(frozen=True)
class _Learning:
    """What learning works on, whatever the settings."""

    project: Project
    run: Run
    pool: Pool
    device: torch.device
    start_from: Path | None
    maps: bool
    imagenet_weights: Path | None = None


def _learn(learning: _Learning, config: PretrainConfig, *, resume: bool = False) -> Iterator[Any]:
    """Learn; if the graphics card is too small for it, once more from the start with half the batch.

    Raises:
        KnownError: it is too small for that as well, or for going on.
    """
    import torch

    if not (yield from _fits(learning, config, resume=resume)):
        batch = min(config.batch_size, len(learning.pool.hashes))
        half = batch // 2
        if resume or half < MIN_BATCH:
            raise KnownError(
                f"The graphics card's memory is too small to go on with batches of {batch} images; close "
                "other programs that use it, or start a run with a smaller batch, image size or width."
            )
        torch.cuda.empty_cache()
        text = halved_text(batch)
        learning.run.log("notice", {"text": text})
        learning.run.log(HALVED, {"batch_size": half})
        yield Notice(text, warning=True)
        if not (yield from _fits(learning, replace(config, batch_size=half))):
            raise far_too_small(half)


def _fits(learning: _Learning, config: PretrainConfig, *, resume: bool = False) -> Generator[Any, None, bool]:
    """Learn as told; whether the graphics card's memory was enough.

    What filled it hangs on the error, so nothing may be tried again before the error is forgotten.
    """
    import torch

    try:
        yield from _events(learning, config, resume=resume)
    except torch.OutOfMemoryError:
        return False
    return True


def _measured_labels(project: Project, pool: Pool) -> Generator[Progress, None, dict[int, int]]:
    """Returns the class index by position of the labels to measure by: of a class one of each group, as a copy of an
    image would be its nearest neighbour whatever the encoder has learned."""
    import numpy as np

    names = pool.labelled(project)
    positions = np.array(sorted(names), dtype=np.int64)
    groups = yield from groups_of(project, pool, positions)
    classes = sorted(set(names.values()))
    first: dict[tuple[int, int], int] = {}
    for position, group in zip(positions.tolist(), groups.tolist(), strict=True):
        first.setdefault((group, classes.index(names[position])), position)
    return {position: k for (_, k), position in first.items()}


def _events(learning: _Learning, config: PretrainConfig, *, resume: bool) -> Iterator[Any]:
    from models.pretraining.pretrain import pretrain as loop

    run, pool = learning.run, learning.pool
    labels = yield from _measured_labels(learning.project, pool)
    live_map = LiveMap(pool.image_ids) if learning.maps else None
    events = loop(
        pool.pixels(learning.device),
        config,
        folder=run.folder,
        device=learning.device,
        labels=labels,
        start_from=learning.start_from,
        imagenet_weights=learning.imagenet_weights,
        resume=resume,
    )
    done = None
    with closing(events):
        for event in events:
            if isinstance(event, EpochDone):
                run.log("epoch", {"epoch": event.epoch, **event.metrics})
            elif isinstance(event, Notice):
                run.log("notice", {"text": event.text})
            elif isinstance(event, MoreTime):
                run.log(MORE_TIME, asdict(event))
            elif isinstance(event, Views | Reconstruction):
                save_pictures(run.folder, event)
            if isinstance(event, PretrainDone):
                done = event
                run.log(PRETRAINED, {**asdict(done), "path": ""})  # a project may be moved
                run.flush()  # the checkpoint goes next, and a kill must find one or the other
            else:
                yield event
            if live_map is not None and isinstance(event, Embedding):
                moved = live_map.moved(event)
                if moved is not None:
                    yield moved
    if done is not None:
        yield from _spot_small_defects(learning, config, done)


def _spot_small_defects(learning: _Learning, config: PretrainConfig, done: PretrainDone) -> Iterator[Any]:
    """Train the anomaly detector that goes with the encoder, and finish the run."""
    started = time.perf_counter()
    windows = config.anomaly_windows(len(learning.pool.hashes))
    if windows and not (yield from _detector_fits(learning, config, windows)):
        text = "The graphics card's memory is too small to learn to spot small defects; the encoder is whole."
        learning.run.log("notice", {"text": text})
        yield Notice(text, warning=True)
    seconds = done.seconds + time.perf_counter() - started
    learning.run.flush()
    answers = [event.data for event in learning.project.run_events(learning.run.id, MORE_TIME)]
    finished = _finished(learning.run.id, config.method, replace(done, seconds=seconds), answers[-1] if answers else {})
    learning.run.finish(asdict(finished))
    yield finished


def _detector_fits(learning: _Learning, config: PretrainConfig, windows: int) -> Generator[Any, None, bool]:
    """Train and save the detector; whether the graphics card's memory was enough."""
    import torch

    from models.small_defects.anomaly_training import learn_anomalies

    try:
        detector = yield from learn_anomalies(
            learning.pool.pixels(learning.device),
            windows=windows,
            device=learning.device,
            flips=config.augment.flips,
            right_angles=config.augment.right_angles,
            seed=config.seed,
        )
    except torch.OutOfMemoryError:
        return False
    detector.save(learning.run.folder / DETECTOR_FILE)
    return True


def _finished(run_id: int, method: str, done: PretrainDone, more_time: dict[str, str]) -> PretrainFinished:
    return PretrainFinished(
        run=run_id,
        method=method,
        images=done.images,
        epochs=done.epochs,
        seconds=round(done.seconds, 3),
        images_per_second=round(done.images_per_second, 2),
        parameters=done.parameters,
        device=done.device,
        more_time=more_time,
    )
