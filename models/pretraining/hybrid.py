"""Hybrid: SimCLR, whose features must also tell the texture spectrum of the crop that they came from.

Contrast alone may drop whatever two views of an image do not share; the regression keeps the surface's texture in.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from models.encoders.architectures import Encoder
from models.features.texture import cells, global_block, patch_grid_spectrum
from models.pretraining.objective import Objective
from models.pretraining.simclr import SimCLR

TEXTURE_PATCH_PX = 8


class Hybrid(Objective):
    """SimCLR plus `texture_weight` times the squared error of a linear regression of each crop's texture spectrum."""

    def __init__(self, encoder: Encoder, contrast: SimCLR, *, texture_weight: float = 2.0) -> None:
        super().__init__()
        self.encoder = encoder
        self.contrast = contrast
        self.views = contrast.views
        self.texture_weight = texture_weight
        self.regression = nn.Linear(encoder.features, 2 * encoder.spec.channels * cells(TEXTURE_PATCH_PX))

    def forward(self, views: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        crops = views.flatten(0, 1)  # (V * B, C, S, S)
        features = self.encoder(crops)
        with torch.no_grad(), torch.autocast(crops.device.type, enabled=False):
            target = global_block(patch_grid_spectrum(crops.float(), TEXTURE_PATCH_PX))
            target = (target - target.mean(0)) / target.std(0, correction=0).clamp(min=1e-3)
        error = (self.regression(features).float() - target).square().mean()
        return self.contrast.loss(features) + self.texture_weight * error, features[: views.shape[1]].detach()
