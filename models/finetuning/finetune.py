"""Training a network with labels: the encoder unfrozen, or frozen as in the paper's linear evaluation."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.encoders.network import ClassifierNetwork
from models.errors import KnownError
from models.evaluation.calibration import softmax
from models.evaluation.group_folds import group_folds
from models.events import Embedding, EpochDone, StepDone, Validation
from models.images.augment import augment
from models.images.augment_config import AugmentConfig
from models.images.pixels import Pixels
from models.pretraining.trainer import cosine_rate
from models.system.backward import backward
from models.system.device import autocast, gradient_scaler

MIN_STEPS_PER_EPOCH = 3  # with a handful of labels an epoch is one step, and stopping would be noise
EVALUATION_BATCH = 64
LOOK_EPOCHS = 4  # between two looks at the embeddings
LOOK_IMAGES = 600


@dataclass(frozen=True)
class FinetuneConfig:
    """Defaults were chosen at 24 labels a class; `PAPER_HEAD` is the paper's frozen classifier."""

    epochs: int = 40
    batch_size: int = 48
    learning_rate: float = 5e-4  # of the last stage; earlier ones learn slower, see `stage_rates`
    head_learning_rate: float = 3e-3
    stage_rates: tuple[float, ...] = (0.25, 0.5, 0.7, 1.0)  # stem and first quarter of the depth ... last quarter
    weight_decay: float = 0.01
    label_smoothing: float = 0.1
    warmup: float = 0.1
    patience: int = 10  # epochs without a better validation loss
    frozen: bool = False
    augment: AugmentConfig | None = field(
        default_factory=lambda: AugmentConfig(size_px=128, area_min=0.3, contrast=0.3, brightness=0.3)
    )
    seed: int = 0


PAPER_HEAD = FinetuneConfig(
    epochs=30, batch_size=64, head_learning_rate=1e-3, weight_decay=0.0, label_smoothing=0.0, patience=30, frozen=True,
    augment=None,
)  # fmt: skip


class TooFewLabelsError(KnownError):
    """The labels can't be divided into some that train, some that stop and some that judge."""


@dataclass(frozen=True)
class Parts:
    """Indices of the labelled images: trained on, watched for early stopping, and judged by once at the end."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


@dataclass(frozen=True)
class FinetuneDone:
    """The best network by validation loss, its logits on the test part, and its best epoch (from 1)."""

    network: ClassifierNetwork
    test_logits: np.ndarray  # (n_test, K)
    validation_logits: np.ndarray
    best_epoch: int


def stratified_parts(labels: np.ndarray, *, groups: np.ndarray | None = None, seed: int = 0) -> Parts:
    """A fifth of each class (at least one) to judge by, a fifth of the rest to stop by, the others to train on.

    No group (n,) lies in two of them.

    Raises:
        TooFewLabelsError: a class has fewer than three, or can't be cut into three without cutting a group.
    """
    if groups is not None and len(np.unique(groups)) < len(labels):
        return _grouped_parts(labels, groups, seed=seed)
    rng = np.random.default_rng(seed)
    train, validation, test = [], [], []
    for k in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == k))
        if len(members) < 3:
            raise TooFewLabelsError(
                "Training by gradient descent needs at least three labels of each class (to train, to stop, to judge); "
                "label more images."
            )
        held = max(1, round(0.2 * len(members)))
        watched = max(1, round(0.2 * (len(members) - held)))
        test.append(members[:held])
        validation.append(members[held : held + watched])
        train.append(members[held + watched :])
    return Parts(*(np.sort(np.concatenate(part)) for part in (train, validation, test)))


def _grouped_parts(labels: np.ndarray, groups: np.ndarray, *, seed: int) -> Parts:
    """Of five folds by groups one judges, the next one stops, and the others train."""
    folds = group_folds(labels, groups, most=5, seed=seed)
    parts = Parts(np.flatnonzero((folds < 0) | (folds > 1)), np.flatnonzero(folds == 1), np.flatnonzero(folds == 0))
    if any(len(np.unique(labels[part])) < len(np.unique(labels)) for part in (parts.train, parts.validation)):
        raise TooFewLabelsError(
            "Training by gradient descent needs labels of each class in at least five groups (coils, or images that "
            "are no copies of each other); label images of more of them."
        )
    return parts


def finetune(
    network: ClassifierNetwork,
    pixels: Pixels,
    positions: np.ndarray,
    labels: np.ndarray,
    parts: Parts,
    config: FinetuneConfig,
    *,
    device: torch.device,
    looks: bool = False,
) -> Iterator[StepDone | EpochDone | Validation | Embedding | FinetuneDone]:
    """Train on `parts.train`, keep the weights with the lowest loss on `parts.validation`.

    Args:
        network: trained in place; its classes are those of `labels`.
        pixels: the images; `positions` (n,) of the labelled ones, `labels` (n,) their classes.
        looks: whether to embed some images every few epochs, the labelled ones first.
    """
    generator = torch.Generator().manual_seed(config.seed)
    network.to(device)
    for parameter in network.encoder.parameters():
        parameter.requires_grad_(not config.frozen)
    weights = _class_weights(labels[parts.train], network.linear.out_features).to(device)
    per_epoch = max(MIN_STEPS_PER_EPOCH, math.ceil(len(parts.train) / config.batch_size))
    optimizer = torch.optim.AdamW(_parameter_groups(network, config), weight_decay=config.weight_decay)
    scaler = gradient_scaler(device)
    steps = per_epoch * config.epochs
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: cosine_rate(step, steps, warmup=config.warmup))
    best_loss, best_epoch, best_state = math.inf, 0, copy.deepcopy(network.state_dict())
    trained = seconds = 0.0
    for epoch in range(1, config.epochs + 1):
        losses = []
        for chosen in _batches(parts.train, per_epoch, config.batch_size, generator):
            started, rate = time.perf_counter(), optimizer.param_groups[0]["lr"]
            images = pixels.whole(torch.from_numpy(positions[chosen]))
            target = torch.from_numpy(labels[chosen]).to(device)
            losses.append(_step(network, images, target, weights, optimizer, scaler, config, generator))
            schedule.step()
            trained, seconds = trained + len(chosen), seconds + time.perf_counter() - started
            step = (epoch - 1) * per_epoch + len(losses)
            yield StepDone(step, steps, epoch - 1, losses[-1], rate, trained / max(seconds, 1e-9), config.epochs)
        logits = predict_logits(network, pixels, positions[parts.validation])
        loss, accuracy = _validation_figures(logits, labels[parts.validation], weights)
        if loss < best_loss:
            best_loss, best_epoch, best_state = loss, epoch, copy.deepcopy(network.state_dict())
        metrics = {"loss": float(np.mean(losses)), "validation_loss": loss, "validation_accuracy": accuracy}
        metrics |= {"epochs_without_gain": float(epoch - best_epoch), "validation_images": float(len(parts.validation))}
        yield EpochDone(epoch, config.epochs, metrics)
        if np.isfinite(logits).all():
            yield Validation(epoch, labels[parts.validation], logits.argmax(1), softmax(logits).max(1))
        if looks and epoch % LOOK_EPOCHS == 1:
            yield _look(network, pixels, positions, epoch, config.seed)
        if epoch - best_epoch >= config.patience:
            break
    if best_epoch == 0:
        option = "--preset paper" if config.frozen else "--mode finetune"
        raise KnownError(
            f"Training has diverged: the loss is no number. Use another encoder, or train without {option}."
        )
    network.load_state_dict(best_state)
    yield FinetuneDone(
        network,
        predict_logits(network, pixels, positions[parts.test]),
        predict_logits(network, pixels, positions[parts.validation]),
        best_epoch,
    )


def _look(network: ClassifierNetwork, pixels: Pixels, labelled: np.ndarray, epoch: int, seed: int) -> Embedding:
    """What the linear layer reads of LOOK_IMAGES images at most, the same ones each time."""
    rng = np.random.default_rng(seed)
    others = np.setdiff1d(np.arange(len(pixels)), labelled)
    positions = np.concatenate([rng.permutation(labelled), rng.permutation(others)])[:LOOK_IMAGES]
    batches = torch.from_numpy(positions).split(EVALUATION_BATCH)
    vectors = torch.cat([network.embed(pixels.whole(batch)).cpu() for batch in batches])
    return Embedding(epoch, positions, vectors.numpy())


def predict_logits(network: ClassifierNetwork, pixels: Pixels, positions: np.ndarray) -> np.ndarray:
    """Logits (n, K) of the images at positions (n,); n may be 0."""
    if not len(positions):
        return np.zeros((0, network.linear.out_features), dtype=np.float32)
    batches = torch.from_numpy(positions).split(EVALUATION_BATCH)
    return torch.cat([network.predict(pixels.whole(batch)).cpu() for batch in batches]).numpy()


def _step(
    network: ClassifierNetwork,
    images: Tensor,
    target: Tensor,
    weights: Tensor,
    optimizer: torch.optim.Optimizer,
    scaler: torch.amp.GradScaler,
    config: FinetuneConfig,
    generator: torch.Generator,
) -> float:
    network.train()
    network.encoder.eval()  # its batch statistics are those of thousands of images; a few labels would spoil them
    if config.augment is None:
        views = network.prepare(images)
    else:
        augmentation = replace(config.augment, size_px=network.size_px)
        views = augment(images.float(), network.standardiser, augmentation, generator)
    with autocast(images.device):
        features = network.encoder(views)
    loss = F.cross_entropy(network.head(features), target, weight=weights, label_smoothing=config.label_smoothing)
    optimizer.zero_grad(set_to_none=True)
    backward(scaler.scale(loss), optimizer)
    scaler.step(optimizer)
    scaler.update()
    return loss.item()


def _batches(train: np.ndarray, count: int, size: int, generator: torch.Generator) -> Iterator[np.ndarray]:
    """`count` batches that go through all of `train` in random order, again and again until they are full."""
    size = min(size, len(train))
    passes = math.ceil(count * size / len(train))
    order = torch.cat([torch.randperm(len(train), generator=generator) for _ in range(passes)])
    for part in order[: count * size].split(size):
        yield train[part.numpy()]


def _class_weights(labels: np.ndarray, classes: int) -> Tensor:
    """Inverse frequencies (K,) with mean 1 over the images, so that a rare class counts as much as a common one."""
    counts = np.bincount(labels, minlength=classes)
    weights = np.where(counts > 0, len(labels) / (np.count_nonzero(counts) * np.maximum(counts, 1)), 0.0)
    return torch.from_numpy(weights).float()


def _parameter_groups(network: ClassifierNetwork, config: FinetuneConfig) -> list[dict]:
    head = [*network.norm.parameters(), *network.linear.parameters()]
    groups = [{"params": head, "lr": config.head_learning_rate}]
    if not config.frozen:
        stages = _stages(network.encoder)
        for index, stage in enumerate(stages):
            quarter = min(len(config.stage_rates) - 1, index * len(config.stage_rates) // max(len(stages), 1))
            rate = config.learning_rate * config.stage_rates[quarter]
            groups.append({"params": list(stage.parameters()), "lr": rate})
    return groups


def _stages(encoder: nn.Module) -> list[nn.Module]:
    """Parts of an encoder from input to output; the stem or patch embedding belongs to the first."""
    if hasattr(encoder, "blocks"):
        blocks = list(encoder.blocks)
        if len(blocks) == 1:
            return [encoder]
        return [nn.ModuleList([encoder.embed, blocks[0]]), *blocks[1:-1], nn.ModuleList([blocks[-1], encoder.norm])]
    return [nn.ModuleList([encoder.conv1, encoder.bn1, encoder.layer1]), encoder.layer2, encoder.layer3, encoder.layer4]


def _validation_figures(logits: np.ndarray, labels: np.ndarray, weights: Tensor) -> tuple[float, float]:
    values, target = torch.from_numpy(logits), torch.from_numpy(labels)
    loss = F.cross_entropy(values, target, weight=weights.cpu())
    return loss.item(), float((values.argmax(1) == target).float().mean())
