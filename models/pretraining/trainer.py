"""The state of a pretraining run: one step forward, to a checkpoint and back."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from models.encoders.seen_images import SEEN, with_seen
from models.errors import KnownError
from models.images.augment import Standardiser, augment
from models.images.pixels import Pixels
from models.pretraining.config import PretrainConfig
from models.pretraining.halfway import HalfwayEncoder
from models.pretraining.methods import build_objective
from models.pretraining.more_time import Standing
from models.storage.checkpoint import load_into, load_weights, save_weights, under_prefix, with_prefix
from models.system.backward import backward
from models.system.device import autocast, gradient_scaler


def learning_rate(step: int, steps: int, config: PretrainConfig) -> float:
    """Linear warm-up from a 25th of the peak, then a cosine to zero. A function of the step: nothing to save."""
    return config.learning_rate * cosine_rate(step, steps, warmup=config.warmup)


def cosine_rate(step: int, steps: int, *, warmup: float) -> float:
    """Share of the peak rate at a step: a linear warm-up over that share of the steps, then a cosine to zero."""
    first = max(1, round(warmup * steps))
    if step < first:
        return 0.04 + 0.96 * (step + 1) / first
    return 0.5 * (1 + math.cos(math.pi * (step - first) / max(1, steps - first)))


@dataclass
class Position:
    """Where a run stands. `order` is the permutation of the images in the current epoch."""

    step: int = 0
    epoch: int = 0
    batch: int = 0  # batches of this epoch already done
    seconds: float = 0.0  # of training, over all sessions
    order: Tensor = field(default_factory=lambda: torch.zeros(0, dtype=torch.int64))
    told: int = 0  # epochs whose figures are told
    loss_sum: float = 0.0  # of the losses read since then
    losses: int = 0

    def read_loss(self, value: float) -> None:
        """Take a step's loss into those of its epoch."""
        self.loss_sum += value
        self.losses += 1

    def mean_loss(self) -> float:
        """Of those read since figures were told."""
        return self.loss_sum / max(self.losses, 1)

    def note_told(self) -> None:
        """The figures of all epochs done are told."""
        self.told, self.loss_sum, self.losses = self.epoch, 0.0, 0


class Trainer:
    """Objective, optimiser and random state of one run.

    Args:
        epochs: length of the schedule.

    Attributes:
        seen: the images that its encoder was trained on, this run's and those of the encoder that it starts from.
    """

    def __init__(self, pixels: Pixels, config: PretrainConfig, device: torch.device, *, epochs: int) -> None:
        self.pixels = pixels
        self.config = config
        self.device = device
        self.batch_size = min(config.batch_size, len(pixels))
        self.batches_per_epoch = len(pixels) // self.batch_size
        self.epochs = epochs
        self.steps = epochs * self.batches_per_epoch
        self.standardiser: Standardiser = pixels.standardiser()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)
            self.objective = build_objective(config)
        self.objective.to(device, memory_format=torch.channels_last).train()
        self.generator = torch.Generator().manual_seed(config.seed)
        self.optimizer = torch.optim.AdamW(
            _decay_groups(self.objective, config.weight_decay), lr=config.learning_rate, betas=config.betas
        )
        self.scaler = gradient_scaler(device, enabled=config.amp)
        self.position = Position(order=self._shuffle())
        self.halfway = HalfwayEncoder(self.steps)
        self.seen = with_seen(torch.zeros(0, dtype=torch.int64), pixels.hashes)
        self.standings: dict[str, Standing] = {}  # of the encoder at the 'start' and 'half'-way, kept by checkpoints

    def _shuffle(self) -> Tensor:
        return torch.randperm(len(self.pixels), generator=self.generator)

    def draw(self, positions: Tensor) -> Tensor:
        """Fresh views of a window of each image at positions (B,): (V, B, C, S, S)."""
        images = self.pixels.windows(positions, self.generator).float()
        views = [
            augment(images, self.standardiser, self.config.augment, self.generator) for _ in range(self.objective.views)
        ]
        return torch.stack(views)

    def next_batch(self) -> Tensor:
        """The views of the next batch of this epoch."""
        start = self.position.batch * self.batch_size
        return self.draw(self.position.order[start : start + self.batch_size])

    def update(self, views: Tensor) -> tuple[Tensor, Tensor]:
        """One optimiser step on views (V, B, C, S, S): the loss and the features (B, D), both still on the device."""
        rate = learning_rate(self.position.step, self.steps, self.config)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        with autocast(self.device, enabled=self.config.amp):
            loss, features = self.objective(views, self.generator)
        self.optimizer.zero_grad(set_to_none=True)
        backward(self.scaler.scale(loss), self.optimizer)
        if self.config.clip_norm:
            self.scaler.unscale_(self.optimizer)
            torch.nn.utils.clip_grad_norm_(self.objective.parameters(), self.config.clip_norm)
        self.scaler.step(self.optimizer)
        self.scaler.update()
        self._advance()
        self.halfway.follow(self.objective.encoder, self.position.step)
        return loss.detach(), features

    def _advance(self) -> None:
        self.position.step += 1
        self.position.batch += 1
        if self.position.batch == self.batches_per_epoch:
            self.position.epoch += 1
            self.position.batch = 0
            self.position.order = self._shuffle()

    def save(self, path: Path) -> None:
        """Write everything that the rest of the run depends on.

        Raises:
            KnownError: it could not be written; the checkpoint before it is untouched.
        """
        optimizer = self.optimizer.state_dict()["state"]
        tensors = with_prefix("objective", dict(self.objective.state_dict()))
        tensors |= {f"optimizer.{i}.{name}": value for i, state in optimizer.items() for name, value in state.items()}
        tensors |= {"order": self.position.order, "generator": self.generator.get_state()}
        tensors |= {SEEN: self.seen}
        tensors |= with_prefix("halfway", self.halfway.tensors())
        for name, standing in self.standings.items():
            tensors |= with_prefix(f"standing.{name}", vars(standing))
        save_weights(path, tensors, kind="checkpoint", metadata=self._metadata())

    def _metadata(self) -> dict[str, Any]:
        position = self.position
        return {
            "config": self.config.to_json(),
            "images": len(self.pixels),
            "epochs": self.epochs,
            "position": [position.step, position.epoch, position.batch, position.seconds],
            "told": [position.told, position.loss_sum, position.losses],
            "scaler": self.scaler.state_dict(),
        }

    def load(self, path: Path) -> None:
        """Go on from what `save` wrote.

        Raises:
            KnownError: the file is damaged, or of a run with other images or settings.
        """
        tensors, metadata = load_weights(path, kind="checkpoint")
        if not {"config", "epochs", "images", "position", "scaler"} <= metadata.keys() or "order" not in tensors:
            raise KnownError(f"{path} is no complete checkpoint; start a new run instead.")
        if PretrainConfig.from_json(metadata["config"]) != self.config or metadata["epochs"] != self.epochs:
            raise KnownError(f"{path} belongs to a run with other settings; it cannot be resumed with these.")
        if metadata["images"] != len(self.pixels):
            raise KnownError(
                f"{path} was trained on {metadata['images']:,} images, but {len(self.pixels):,} are there now; "
                "start a new run from its encoder instead."
            )
        load_into(self.objective, under_prefix("objective", tensors), source=path)
        state: dict[int, dict[str, Tensor]] = {}
        for name, value in under_prefix("optimizer", tensors).items():
            index, key = name.split(".")
            state.setdefault(int(index), {})[key] = value
        self.optimizer.load_state_dict({**self.optimizer.state_dict(), "state": state})
        if metadata["scaler"]:  # of a run that began where none is needed it is empty
            self.scaler.load_state_dict(metadata["scaler"])
        self.generator.set_state(tensors["generator"])
        self.seen = tensors.get(SEEN, self.seen)
        self._load_standings(tensors)
        step, epoch, batch, seconds = metadata["position"]
        told = metadata.get("told", (epoch, 0.0, 0))  # those of earlier versions do not say
        self.position = Position(step, epoch, batch, seconds, tensors["order"], *told)

    def _load_standings(self, tensors: dict[str, Tensor]) -> None:
        """Checkpoints of earlier versions have none."""
        if halfway := under_prefix("halfway", tensors):
            self.halfway.load(halfway, device=self.device)
        for name in ("start", "half"):
            if kept := under_prefix(f"standing.{name}", tensors):
                self.standings[name] = Standing(**kept)


def _decay_groups(module: torch.nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Weight decay acts on matrices and kernels, not on biases and norms."""
    trained = [p for p in module.parameters() if p.requires_grad]
    return [
        {"params": [p for p in trained if p.ndim > 1], "weight_decay": weight_decay},
        {"params": [p for p in trained if p.ndim <= 1], "weight_decay": 0.0},
    ]
