"""The encoder as a run of half the length would have left it: the mean of the weights just before the middle.

A run ends with a learning rate of zero, which flattens every curve; whether twice the time would pay is told only by
two ends. The mean of weights along a path at a high rate stands for the end that such a rate has annealed to (Izmailov
et al., 2018; Sandler et al., 2023), and costs no step. docs/measurements.md compares it with runs of half the length.
"""

from __future__ import annotations

import copy
import math

import torch
from torch import Tensor

from models.encoders.architectures import Encoder
from models.storage.checkpoint import under_prefix, with_prefix

WINDOW = 0.25  # of the first half of the steps: its last part, of which the weights' mean is taken


class HalfwayEncoder:
    """Follows an encoder through the first half of `steps` steps."""

    def __init__(self, steps: int) -> None:
        self.last = steps // 2
        self.first = self.last - max(1, math.floor(WINDOW * self.last)) + 1
        self._mean: dict[str, Tensor] = {}
        self._count = 0

    @torch.no_grad()
    def follow(self, encoder: Encoder, step: int) -> None:
        """Take in the weights after a step (from 1); outside the window nothing happens."""
        if not self.first <= step <= self.last:
            return
        self._count += 1
        for name, value in encoder.state_dict().items():
            if name not in self._mean:
                self._mean[name] = value.detach().clone()
            elif value.is_floating_point():
                self._mean[name] += (value - self._mean[name]) / self._count
            else:
                self._mean[name].copy_(value)

    def is_whole(self, step: int) -> bool:
        """Whether `step` is the middle, and none of the window was missed."""
        return step == self.last and self._count == self.last - self.first + 1

    def taken_from(self, encoder: Encoder) -> Encoder:
        """A copy of the encoder with the mean weights, which are forgotten here."""
        made = copy.deepcopy(encoder)
        made.load_state_dict(self._mean)
        self._mean = {}
        return made

    def tensors(self) -> dict[str, Tensor]:
        """What a checkpoint needs of it."""
        return {"count": torch.tensor(self._count), **with_prefix("mean", self._mean)}

    def load(self, tensors: dict[str, Tensor], *, device: torch.device) -> None:
        """The opposite of `tensors`."""
        self._count = int(tensors["count"])
        self._mean = {name: value.to(device) for name, value in under_prefix("mean", tensors).items()}
