"""The peer of pretrain_speed.py: lightly's transform, loader and loss, on torchvision's ResNet-18.

It is favoured where there was a choice: its images lie in memory as PIL pictures, so that no file is read, and its
epoch is endless, so that no loader starts anew.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from common import grey_pixels

from models.system.process import prepare_process

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

    from models.pretraining.config import PretrainConfig

WARM_UP_STEPS = 2  # the first builds kernels; by the second the loader's workers are ahead
LOADER_WORKERS = (0, 2)
ENDLESS_STEPS = 1_000


@dataclass(frozen=True)
class Peer:
    """A way to run lightly.

    Attributes:
        channels: 1: our network; 3: as its documentation has it, where grey images become RGB.
        half: bfloat16 where the CPU has it, and channels_last, as we compute.
        prepared: in a process that `prepare_process` has set up, as ours are.
    """

    channels: int = 1
    half: bool = False
    prepared: bool = False


def comparison_config() -> PretrainConfig:
    """The setting for both: our preset 'quick' with width 64 and two views of 96 px."""
    from models.pretraining.config import preset

    config = preset("simclr")
    encoder, augment = replace(config.encoder, width=64), replace(config.augment, size_px=96)
    return replace(config, encoder=encoder, augment=augment, views=2)


class PilViews:
    """A map-style data set: the two views that lightly draws of a PIL image."""

    def __init__(self, pixels: np.ndarray, *, channels: int, size_px: int) -> None:
        from lightly.transforms import SimCLRTransform
        from PIL import Image

        mode = "L" if channels == 1 else "RGB"
        self._images = [Image.fromarray(image[0]).convert(mode) for image in pixels]
        grey = {"normalize": {"mean": [0.5], "std": [0.25]}}
        self._transform = SimCLRTransform(input_size=size_px, **(grey if channels == 1 else {}))

    def __len__(self) -> int:
        return len(self._images)

    def __getitem__(self, index: int) -> list[Tensor]:
        return self._transform(self._images[index])


def measure_lightly(folder: Path, steps: int, peer: Peer) -> dict[str, float]:
    """images_per_second with the better number of loader workers, and that number."""
    if peer.prepared:
        prepare_process()
    from torch.utils.data import DataLoader, RandomSampler

    config = comparison_config()
    batch = config.batch_size
    data = PilViews(grey_pixels(folder), channels=peer.channels, size_px=config.augment.size_px)
    endless = RandomSampler(data, replacement=True, num_samples=batch * ENDLESS_STEPS)
    step = lightly_step(peer, config)
    rates = {}
    for workers in LOADER_WORKERS:
        batches = iter(DataLoader(data, batch, sampler=endless, num_workers=workers))
        for _ in range(WARM_UP_STEPS):
            step(*next(batches))
        start = time.perf_counter()
        for _ in range(steps):
            step(*next(batches))
        rates[workers] = steps * batch / (time.perf_counter() - start)
        del batches  # ends its workers
    best = max(rates, key=rates.__getitem__)
    return {"images_per_second": rates[best], "workers": best}


def lightly_step(peer: Peer, config: PretrainConfig) -> Callable[[Tensor, Tensor], None]:
    """One step as lightly's SimCLR example has it: each view forward, NTXentLoss, backward, optimiser."""
    import torch
    from lightly.loss import NTXentLoss
    from lightly.models.modules import SimCLRProjectionHead
    from torch import nn
    from torchvision.models import resnet18

    from models.system.device import autocast

    width = config.encoder.width  # 64, as torchvision's
    backbone = resnet18()
    backbone.conv1 = nn.Conv2d(peer.channels, width, 7, stride=2, padding=3, bias=False)
    backbone.fc = nn.Identity()
    head = SimCLRProjectionHead(8 * width, config.projection_hidden, config.projection_outputs)
    layout = torch.channels_last if peer.half else torch.contiguous_format
    model = nn.Sequential(backbone, head).to(memory_format=layout).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay)
    criterion = NTXentLoss(temperature=config.temperature)

    def step(view0: Tensor, view1: Tensor) -> None:
        with autocast(torch.device("cpu"), enabled=peer.half):
            loss = criterion(model(view0.to(memory_format=layout)), model(view1.to(memory_format=layout)))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step
