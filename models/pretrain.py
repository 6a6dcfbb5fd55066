"""The self-supervised loop: a generator of events that knows no objective in particular."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from models.augment import Standardiser
from models.checkpoint import load_into, load_weights, save_weights, under_prefix, with_prefix
from models.encoders import Encoder, parameter_count
from models.errors import KnownError
from models.events import CheckpointSaved, Embedding, EpochDone, Notice, PretrainDone, Reconstruction, StepDone, Views
from models.features import BATCH, EncoderFeatures, reading_scale
from models.health import effective_rank, is_collapsed, knn_accuracy
from models.imagenet import load_imagenet_weights
from models.pixels import Pixels
from models.pretrain_config import MIN_EPOCHS, PretrainConfig
from models.trainer import Trainer, learning_rate

CHECKPOINT = "checkpoint.safetensors"
ENCODER = "encoder.safetensors"
CHECKPOINT_SECONDS = 60.0
LOSS_READ_SECONDS = 0.1  # each read waits for the device
HEALTH_STEPS = 25
LOOKS = 12  # times in a run that embeddings, kNN score and pictures are made
LOOK_IMAGES = 600
PROBE_SECONDS = 2.0
PICTURES = 6
DIVERGED = "Training has diverged: the loss is no number any more. Start again with a lower learning rate (--lr)."

PretrainEvent = StepDone | EpochDone | Notice | Views | Reconstruction | Embedding | CheckpointSaved | PretrainDone


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
    it had never stopped.

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
    elif imagenet_weights is not None:
        load_imagenet_weights(trainer.objective.encoder, imagenet_weights)
    try:
        yield from _loop(trainer, folder, labels or {})
    except KnownError:  # diverged, or a full disk: the checkpoint before that stays
        raise
    except BaseException:  # closed, interrupted, out of memory: what is trained so far can be gone on from
        trainer.save(folder / CHECKPOINT)
        raise
    yield _finish(trainer, folder)


def _loop(trainer: Trainer, folder: Path, labels: dict[int, int]) -> Iterator[PretrainEvent]:
    config, position = trainer.config, trainer.position
    look_every = max(1, trainer.epochs // LOOKS)
    loss_value, losses, collapsed = float("nan"), [], False
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
        if now - last_read >= LOSS_READ_SECONDS or position.epoch != epoch or not losses:
            loss_value, last_read = loss.item(), now
            losses.append(loss_value)
            if loss_value != loss_value:
                raise KnownError(DIVERGED)
        rate = (position.step - steps_before) * trainer.batch_size / max(now - clock, 1e-9)
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
            metrics = {"loss": sum(losses) / max(len(losses), 1), "drawing_share": drawing / max(now - clock, 1e-9)}
            losses = []
            if position.epoch % look_every == 0 or position.step == trainer.steps:
                yield from _look(trainer, views, labels, metrics)
            yield EpochDone(position.epoch, trainer.epochs, metrics)
            if time.perf_counter() - last_saved >= CHECKPOINT_SECONDS and position.step < trainer.steps:
                trainer.save(folder / CHECKPOINT)
                last_saved = time.perf_counter()
                yield CheckpointSaved(str(folder / CHECKPOINT), position.step)
            clock += time.perf_counter() - paused  # measuring and showing is not training


def _look(
    trainer: Trainer, views: Tensor, labels: dict[int, int], metrics: dict[str, float]
) -> Iterator[PretrainEvent]:
    """Embeddings, health and pictures between two epochs. Touches neither the weights nor the run's random state."""
    objective, standardiser = trainer.objective, trainer.standardiser
    generator = torch.Generator().manual_seed(trainer.config.seed)
    objective.eval()
    try:
        positions = _look_positions(trainer.pixels, labels, generator)
        scale = reading_scale(trainer.pixels.window_shape)
        embed = EncoderFeatures(objective.encoder, standardiser, scale, flips=False, right_angles=False)
        vectors = torch.empty(len(positions), objective.encoder.features)
        for places, images in trainer.pixels.batches(BATCH, among=positions):
            vectors[places] = embed(images)["encoder_mean"].cpu()
        if not vectors.isfinite().all():
            raise KnownError(DIVERGED)
        metrics["effective_rank"] = effective_rank(vectors)
        known = [i for i, position in enumerate(positions.tolist()) if position in labels]
        classes = torch.tensor([labels[int(positions[i])] for i in known])
        score = knn_accuracy(vectors[known], classes) if known else None
        if score is not None:
            metrics["knn_accuracy"] = score
            metrics["knn_images"] = float(len(known))
        yield Embedding(trainer.position.epoch, positions.numpy(), vectors.numpy())
        crops = views[:, :PICTURES]  # (V, n, C, S, S)
        if objective.reconstructs:
            with torch.inference_mode():
                masked, rebuilt = objective.reconstruct(crops[0], generator)
            pictures = [_pictures(standardiser, x) for x in (crops[0], masked, rebuilt)]
            yield Reconstruction(trainer.position.epoch, *pictures)
        else:
            shown = torch.stack([torch.from_numpy(_pictures(standardiser, view)) for view in crops], dim=1)
            yield Views(trainer.position.epoch, shown.numpy())
    finally:
        objective.train()


def _look_positions(pixels: Pixels, labels: dict[int, int], generator: torch.Generator) -> Tensor:
    """Labelled images first, then others at random, at most LOOK_IMAGES in all."""
    labelled = torch.tensor(sorted(labels), dtype=torch.int64)
    labelled = labelled[torch.randperm(len(labelled), generator=generator)[:LOOK_IMAGES]]
    others = pixels.sample(LOOK_IMAGES, generator)
    others = others[~torch.isin(others, labelled)]
    return torch.cat([labelled, others])[:LOOK_IMAGES]


def _pictures(standardiser: Standardiser, images: Tensor) -> np.ndarray:
    return standardiser.inverse(images.float()).permute(0, 2, 3, 1).cpu().numpy()


def _finish(trainer: Trainer, folder: Path) -> PretrainDone:
    encoder, position = trainer.objective.encoder, trainer.position
    path = folder / ENCODER
    kept = trainer.config.augment
    scale = reading_scale(trainer.pixels.window_shape)
    features = EncoderFeatures(encoder, trainer.standardiser, scale, kept.flips, kept.right_angles)
    save_encoder(path, features, method=trainer.config.method)
    (folder / CHECKPOINT).unlink(missing_ok=True)
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


def save_encoder(path: Path, features: EncoderFeatures, *, method: str) -> None:
    """Write an encoder with what it needs to be used: how it is built, pixel statistics, scale, views."""
    metadata = {"method": method, **features.to_json()}
    save_weights(path, with_prefix("encoder", dict(features.encoder.state_dict())), kind="encoder", metadata=metadata)


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
    loaded = load_encoder(path).encoder
    if loaded.spec != encoder.spec:
        raise KnownError(f"{path} holds an encoder of another shape ({loaded.spec}); choose the same method and width.")
    encoder.load_state_dict(loaded.state_dict())


def seconds_per_epoch(pixels: Pixels, config: PretrainConfig, *, device: torch.device) -> float:
    """How long an epoch takes on this machine, from a probe of two seconds, at least three steps."""
    trainer = Trainer(pixels, replace(config, epochs=1_000_000), device, epochs=1_000_000)
    trainer.update(trainer.next_batch())  # the first step also builds kernels
    steps, started = 0, time.perf_counter()
    while steps < 3 or (time.perf_counter() - started < PROBE_SECONDS and steps < 200):
        float(trainer.update(trainer.next_batch())[0])
        steps += 1
    return (time.perf_counter() - started) / steps * trainer.batches_per_epoch


def epochs_within(pixels: Pixels, config: PretrainConfig, *, device: torch.device, minutes: float) -> int:
    """How many epochs fit in `minutes` of training on this machine, from a probe of a few steps.

    Raises:
        KnownError: not even MIN_EPOCHS epochs fit.
    """
    seconds = seconds_per_epoch(pixels, config, device=device)
    epochs = int(60 * minutes / seconds)
    if epochs < MIN_EPOCHS:
        needed = MIN_EPOCHS * seconds / 60
        raise KnownError(
            f"{minutes:g} min are too short: {MIN_EPOCHS} epochs over {len(pixels):,} images take about "
            f"{needed:.1f} min on this machine."
        )
    return epochs
