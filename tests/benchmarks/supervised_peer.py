"""The peer of small_defects.py: a plain supervised ResNet-18 from scratch, with the same labels and minutes.

Images at 200 x 200 px, crops of 60 to 100 % at 192 px, flips and turns, mean and maximum pooling, classes drawn by the
root of
their inverse frequency: what reached 98 % accuracy with all labels on real surfaces with small defects.
"""

from __future__ import annotations

import math
import time

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.encoders.architectures import ResNet18
from models.encoders.spec import EncoderSpec
from models.images.augment import Standardiser, augment
from models.images.augment_config import AugmentConfig
from models.system.device import autocast

IMAGE_PX, CROP_PX, BATCH, WIDTH = 200, 192, 32, 32
LEARNING_RATE, WEIGHT_DECAY, LABEL_SMOOTHING, WARMUP = 1e-3, 0.05, 0.05, 0.1
CPU = torch.device("cpu")


class Network(nn.Module):
    """ResNet-18, mean and maximum of its last map, a linear layer."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.encoder = ResNet18(EncoderSpec(width=WIDTH))
        self.linear = nn.Linear(2 * self.encoder.features, classes)

    def forward(self, images: Tensor) -> Tensor:
        """(B, 1, S, S) -> logits (B, K)."""
        values = self.encoder.forward_map(images).flatten(2).float()
        return self.linear(torch.cat([values.mean(2), values.amax(2)], dim=1))


def supervised_answers(
    images: list[np.ndarray], labels: np.ndarray, unseen: list[np.ndarray], classes: int, *, minutes: float, seed: int
) -> np.ndarray:
    """Train on grey images (H, W) with labels (n,) for so many minutes; class indices (m,) of the unseen ones."""
    torch.manual_seed(seed)
    generator, rng = torch.Generator().manual_seed(seed), np.random.default_rng(seed)
    pixels = _squares(images)
    standardiser = Standardiser((float(pixels.float().mean()),), (float(pixels.float().std()),))
    network = Network(classes).to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=WEIGHT_DECAY)
    config = AugmentConfig(size_px=CROP_PX, area_min=0.6, contrast=0.3, brightness=0.3)
    chance = 1 / np.sqrt(np.bincount(labels, minlength=classes)[labels])
    started = time.perf_counter()
    while (share := (time.perf_counter() - started) / (60 * minutes)) < 1:
        rate = min(1.0, share / WARMUP + 0.02) * 0.5 * (1 + math.cos(math.pi * share))
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * rate
        chosen = rng.choice(len(labels), BATCH, p=chance / chance.sum())
        views = augment(pixels[chosen].float(), standardiser, config, generator)
        with autocast(CPU):
            logits = network(views.contiguous(memory_format=torch.channels_last))
        loss = F.cross_entropy(logits.float(), torch.from_numpy(labels[chosen]), label_smoothing=LABEL_SMOOTHING)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
    return _answers(network.eval(), standardiser, _squares(unseen))


@torch.inference_mode()
def _answers(network: Network, standardiser: Standardiser, pixels: Tensor) -> np.ndarray:
    answers = []
    for part in pixels.split(BATCH):
        small = F.interpolate(standardiser(part), (CROP_PX, CROP_PX), mode="bilinear", antialias=True)
        with autocast(CPU):
            views = [small, small.flip(3), small.flip(2), small.flip((2, 3))]
            answers.append(sum(network(view.contiguous()).softmax(1) for view in views).argmax(1))
    return torch.cat(answers).numpy()


def _squares(images: list[np.ndarray]) -> Tensor:
    """Grey images (H, W) of any size -> uint8 (n, 1, 200, 200)."""
    small = [cv2.resize(image, (IMAGE_PX, IMAGE_PX), interpolation=cv2.INTER_AREA) for image in images]
    return torch.from_numpy(np.stack(small))[:, None]
