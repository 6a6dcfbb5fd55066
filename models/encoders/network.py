"""An encoder with a linear layer on top: what fine-tuning trains, and the paper's own frozen classifier."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from models.encoders.architectures import Encoder
from models.images.augment import Standardiser
from models.images.pixels import resize_batch


class ClassifierNetwork(nn.Module):
    """uint8 images -> logits.

    Args:
        size_px: side of the square that images are resized to.
        norm: a LayerNorm between the mean of the map and the linear layer, as the paper has it for its MAE.
    """

    def __init__(self, encoder: Encoder, standardiser: Standardiser, *, classes: int, size_px: int, norm: bool) -> None:
        super().__init__()
        self.encoder = encoder
        self.standardiser = standardiser
        self.size_px = size_px
        self.norm = nn.LayerNorm(encoder.features) if norm else nn.Identity()
        self.linear = nn.Linear(encoder.features, classes)

    def prepare(self, images: Tensor) -> Tensor:
        """uint8 (B, C, H, W) -> standardised (B, C, size_px, size_px)."""
        return resize_batch(self.standardiser(images), height=self.size_px, width=self.size_px)

    def forward(self, images: Tensor) -> Tensor:
        """Standardised (B, C, S, S) -> logits (B, K)."""
        return self.head(self.encoder(images))

    def head(self, features: Tensor) -> Tensor:
        """Features (B, D) -> logits (B, K)."""
        return self.linear(self.norm(features.float()))

    @torch.inference_mode()
    def predict(self, images: Tensor) -> Tensor:
        """uint8 (B, C, H, W) -> logits (B, K) float32, in evaluation mode."""
        self.eval()
        return self(self.prepare(images)).float()

    @torch.inference_mode()
    def embed(self, images: Tensor) -> Tensor:
        """uint8 (B, C, H, W) -> what the linear layer reads, (B, D) float32, in evaluation mode."""
        self.eval()
        return self.norm(self.encoder(self.prepare(images)).float())
