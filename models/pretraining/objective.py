"""What the pretraining loop asks of an objective, and nothing more."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from models.encoders.architectures import Encoder


class Objective(nn.Module):
    """An encoder with the heads and the loss that train it.

    Attributes:
        encoder: what is kept when the run ends.
        views: how many augmented views of each image a step takes.
    """

    encoder: Encoder
    views: int
    reconstructs: ClassVar[bool] = False

    def forward(self, views: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Views (V, B, C, S, S) -> the loss (scalar) and the features of the first views (B, D), detached.

        Whatever is random in here (masks) draws from `generator`, on the CPU, whose state checkpoints hold.
        """
        raise ValueError(f"{type(self).__name__} has no loss")

    def reconstruct(self, views: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Views (B, C, S, S) -> the masked input and its reconstruction, both of that shape, standardised."""
        raise ValueError(f"{type(self).__name__} reconstructs nothing")
