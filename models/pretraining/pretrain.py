"""The self-supervised loop: a generator of events that knows no objective in particular."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

from models.encoders.architectures import Encoder, parameter_count
from models.encoders.imagenet import load_imagenet_weights
from models.encoders.seen_images import SEEN, seen_by, with_seen
from models.encoders.spec import EncoderSpec
from models.errors import KnownError
from models.events import (
    CheckpointSaved,
    Embedding,
    EpochDone,
    MoreTime,
    Notice,
    PretrainDone,
    Reconstruction,
    StepDone,
    Views,
)
from models.features.extraction import EncoderFeatures, reading_scale
from models.features.health import is_collapsed
from models.images.pixels import Pixels
from models.pretraining.config import PretrainConfig
from models.pretraining.monitoring import DIVERGED, look, standing
from models.pretraining.more_time import would_more_time_pay
from models.pretraining.trainer import Trainer, learning_rate
from models.storage.checkpoint import load_into, load_weights, save_weights, under_prefix, with_prefix

CHECKPOINT = "checkpoint.safetensors"
ENCODER = "encoder.safetensors"
CHECKPOINT_SECONDS = 60.0
LOSS_READ_SECONDS = 0.1  # each read waits for the device
HEALTH_STEPS = 25
LOOKS = 12  # times in a run that embeddings, kNN score and pictures are made, after its first ones

PretrainEvent = (
    StepDone | EpochDone | Notice | Views | Reconstruction | Embedding | CheckpointSaved | MoreTime | PretrainDone
)


def pretrain(
    pixels: Pixels,
    config: PretrainConfig,
    *,
    folder: Path,
    device: torch.device,
    labels: dict[int, int] | None = None,
    start_from: Path | None = None,
    imagenet_weights: Path | None = None,
    resume: bool = False,
) -> Iterator[PretrainEvent]:
    """Train an encoder on unlabelled images.

    Closing the generator writes a checkpoint; with `resume` a later call goes on from it, on the CPU bit for bit as if
    it had never stopped, as long as backward passes have as many threads: `models.system.backward` gives them fewer
    while other programs hold several up, which rounds otherwise.

    Args:
        pixels: the images.
        folder: where checkpoint.safetensors and encoder.safetensors are written.
        labels: class index by position of whatever images are labelled; only measured by (kNN), never trained on.
        start_from: an encoder file to begin with instead of random weights.
        imagenet_weights: torchvision's ResNet-18 to begin with instead; the encoder must be one of its width.

    Raises:
        KnownError: too few images, a checkpoint that does not fit, a loss that is no number, a full disk.
    """
    if len(pixels) < 2:
        raise KnownError("Pretraining needs at least 2 images that can be read; import more first.")
    trainer = Trainer(pixels, config, device, epochs=config.epochs_for(len(pixels)))
    if resume:
        trainer.load(folder / CHECKPOINT)
    elif start_from is not None:
        load_encoder_weights(trainer.objective.encoder, start_from)
        trainer.seen = with_seen(seen_by(start_from), pixels.hashes)
    elif imagenet_weights is not None:
        load_imagenet_weights(trainer.objective.encoder, imagenet_weights)
    labels = labels or {}
    try:
        if trainer.position.step == 0:
            trainer.standings["start"] = standing(trainer, trainer.objective.encoder, labels)
        yield from _loop(trainer, folder, labels)
        yield _more_time(trainer, labels)
    except KnownError:  # diverged, or a full disk: the checkpoint before that stays
        raise
    except BaseException:  # closed, interrupted, out of memory: what is trained so far can be gone on from
        trainer.save(folder / CHECKPOINT)
        raise
    yield _finish(trainer, folder)
    (folder / CHECKPOINT).unlink(missing_ok=True)  # by now it is noted that the run is whole


def _loop(trainer: Trainer, folder: Path, labels: dict[int, int]) -> Iterator[PretrainEvent]:
    config, position = trainer.config, trainer.position
    if position.told < position.epoch:  # it was stopped between an epoch's last step and its figures
        yield from _end_of_epoch(trainer, _views_again(trainer), labels)
    loss_value, collapsed = float("nan"), False
    clock = last_read = last_saved = time.perf_counter()
    drawing = 0.0
    seconds_before, steps_before = position.seconds, position.step
    while position.step < trainer.steps:
        epoch = position.epoch
        started = time.perf_counter()
        views = trainer.next_batch()
        drawing += time.perf_counter() - started
        loss, features = trainer.update(views)
        now = time.perf_counter()
        position.seconds = seconds_before + now - clock
        is_first = position.step == steps_before + 1 or not position.losses
        if now - last_read >= LOSS_READ_SECONDS or position.epoch != epoch or is_first:
            loss_value, last_read = loss.item(), now
            position.read_loss(loss_value)
            if loss_value != loss_value:
                raise KnownError(DIVERGED)
        rate = (position.step - steps_before) * trainer.batch_size / max(now - clock, 1e-9)
        # Before the step is told, since whoever hears of it may stop the run there.
        if trainer.halfway.is_whole(position.step):
            paused = time.perf_counter()
            _measure_half(trainer, labels)
            clock += time.perf_counter() - paused
        yield StepDone(
            position.step,
            trainer.steps,
            epoch,
            loss_value,
            learning_rate(position.step - 1, trainer.steps, config),
            rate,
            trainer.epochs,
        )
        if position.step % HEALTH_STEPS == 0 and not features.isfinite().all():
            raise KnownError(DIVERGED)
        if position.step % HEALTH_STEPS == 0 and not collapsed and is_collapsed(features):
            collapsed = True
            yield Notice(
                "The embeddings have collapsed: all images look alike to the encoder. Stop, and start again with a "
                "lower learning rate or larger batches.",
                warning=True,
            )
        if position.epoch != epoch:
            paused = time.perf_counter()
            yield from _end_of_epoch(trainer, views, labels, drawing_share=drawing / max(now - clock, 1e-9))
            if time.perf_counter() - last_saved >= CHECKPOINT_SECONDS and position.step < trainer.steps:
                trainer.save(folder / CHECKPOINT)
                last_saved = time.perf_counter()
                yield CheckpointSaved(str(folder / CHECKPOINT), position.step)
            clock += time.perf_counter() - paused  # measuring and showing is not training


def _end_of_epoch(trainer: Trainer, views: Tensor, labels: dict[int, int], **metrics: float) -> Iterator[PretrainEvent]:
    """What is looked at, and the epoch's figures with `metrics` among them."""
    position = trainer.position
    rate = learning_rate(position.step - 1, trainer.steps, trainer.config)
    metrics = {"loss": position.mean_loss(), "learning_rate": rate, **metrics}
    if _is_looked_at(position.epoch, trainer.epochs) or position.step == trainer.steps:
        yield from look(trainer, views, labels, metrics)
    position.note_told()
    yield EpochDone(position.epoch, trainer.epochs, metrics)


def _is_looked_at(epoch: int, epochs: int) -> bool:
    """At even distances, and before these ever farther apart: who watches a long run sees its first pictures soon."""
    distance = max(1, epochs // LOOKS)
    return epoch % distance == 0 or (epoch < distance and epoch.bit_count() == 1)


def _views_again(trainer: Trainer) -> Tensor:
    """Views to show in place of the last step's, which are forgotten; the run's random state stays as it is."""
    state = trainer.generator.get_state()
    views = trainer.next_batch()
    trainer.generator.set_state(state)
    return views


def _measure_half(trainer: Trainer, labels: dict[int, int]) -> None:
    """Note how a run of half the length would have ended."""
    if (start := trainer.standings.get("start")) is not None:
        encoder = trainer.halfway.taken_from(trainer.objective.encoder)
        trainer.standings["half"] = standing(trainer, encoder, labels, start.positions)


def _more_time(trainer: Trainer, labels: dict[int, int]) -> MoreTime:
    """Hold the end against the half."""
    start, half = trainer.standings.get("start"), trainer.standings.get("half")
    end = standing(trainer, trainer.objective.encoder, labels, None if start is None else start.positions)
    return would_more_time_pay(start, half, end, labels)


def _finish(trainer: Trainer, folder: Path) -> PretrainDone:
    encoder, position = trainer.objective.encoder, trainer.position
    path = folder / ENCODER
    kept = trainer.config.augment
    scale = reading_scale(trainer.pixels.window_shape)
    features = EncoderFeatures(encoder, trainer.standardiser, scale, kept.flips, kept.right_angles)
    save_encoder(path, features, method=trainer.config.method, seen=trainer.seen)
    images = position.step * trainer.batch_size
    return PretrainDone(
        path=str(path),
        images=len(trainer.pixels),
        epochs=trainer.epochs,
        seconds=position.seconds,
        images_per_second=images / max(position.seconds, 1e-9),
        parameters=parameter_count(encoder),
        device=str(trainer.device),
    )


def save_encoder(path: Path, features: EncoderFeatures, *, method: str, seen: Tensor | None = None) -> None:
    """Write an encoder with what it needs to be used: how it is built, pixel statistics, scale, views.

    Args:
        seen: of the images that it was trained on, see `models.encoders.seen_images`.
    """
    tensors = with_prefix("encoder", dict(features.encoder.state_dict())) | ({} if seen is None else {SEEN: seen})
    save_weights(path, tensors, kind="encoder", metadata={"method": method, **features.to_json()})


def load_encoder(path: Path) -> EncoderFeatures:
    """Read what `save_encoder` wrote.

    Raises:
        KnownError: damaged, foreign, of another kind, or made before images were read at native resolution.
    """
    tensors, metadata = load_weights(path, kind="encoder")
    if "encoder" in metadata and "scale" not in metadata:
        raise KnownError(f"{path} was made by an earlier version; pretrain again.")
    try:
        features = EncoderFeatures.from_json(metadata)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise KnownError(f"{path} does not say how its encoder is built: {error}.") from error
    load_into(features.encoder, under_prefix("encoder", tensors), source=path)
    return features


def load_encoder_weights(encoder: Encoder, path: Path) -> None:
    """Start an encoder from the weights of another of the same shape.

    Raises:
        KnownError: the file is damaged or its encoder is built otherwise.
    """
    encoder.load_state_dict(encoder_to_start_from(path, encoder.spec).state_dict())


def encoder_to_start_from(path: Path, spec: EncoderSpec) -> Encoder:
    """The encoder in a file, for one that is built as `spec` says.

    Raises:
        KnownError: the file is damaged or its encoder is built otherwise.
    """
    loaded = load_encoder(path).encoder
    if loaded.spec != spec:
        raise KnownError(
            f"{path} holds a {loaded.spec.words}, but a {spec.words} is to be trained; choose the same method, width "
            "and size."
        )
    return loaded
