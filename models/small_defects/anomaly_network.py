"""A network that says for every place of an image how likely a defect is there, and what it looks like.

A ResNet-18 whose second, third and fourth stage are joined by a feature pyramid (Lin et al., 2017) on the grid of the
second: one cell for 8 x 8 px, with the surroundings in view. Dimensions: B images, C channels, h x w cells.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.encoders.architectures import ResNet18
from models.encoders.spec import EncoderSpec
from models.images.windows import mirrored
from models.small_defects.synthetic_anomalies import SHAPES

CELL_PX = 8  # side of what one cell of the map stands for
PYRAMID_FEATURES = 64
RARE = -4.0  # first logit of every cell: few hold a defect


@dataclass(frozen=True)
class CellOutputs:
    """What the network says of each cell.

    Attributes:
        logits: (B, h, w) of an anomaly.
        pyramid: (B, 64, h, w) features.
        deep: (B, D, h / 4, w / 4) features of the last stage, rounded up.
        shapes: (B, 4, h, w) logits of the synthetic shape.
    """

    logits: Tensor
    pyramid: Tensor
    deep: Tensor
    shapes: Tensor


class AnomalyNetwork(nn.Module):
    """ResNet-18, feature pyramid and a linear layer on each of its cells.

    Attributes:
        spec: of the ResNet.
        features: number of features of a place, see `pooled`.
    """

    def __init__(self, spec: EncoderSpec) -> None:
        super().__init__()
        self.spec = spec
        self.encoder = ResNet18(spec)
        self.features = PYRAMID_FEATURES + self.encoder.features
        self.lateral = nn.ModuleList(nn.Conv2d(spec.width * k, PYRAMID_FEATURES, 1) for k in (2, 4, 8))
        self.smooth = nn.Sequential(
            nn.Conv2d(PYRAMID_FEATURES, PYRAMID_FEATURES, 3, padding=1, bias=False),
            nn.BatchNorm2d(PYRAMID_FEATURES),
            nn.ReLU(inplace=True),
        )
        self.anomaly = nn.Conv2d(PYRAMID_FEATURES, 1, 1)
        self.shape = nn.Conv2d(PYRAMID_FEATURES, len(SHAPES), 1)
        nn.init.constant_(self.anomaly.bias, RARE)

    def forward(self, images: Tensor) -> CellOutputs:
        """Standardised images (B, C, H, W), H and W multiples of 8 -> what is said of each cell of 8 x 8 px."""
        _, second, third, deep = self.encoder.stages(images)
        coarse = self.lateral[1](third) + _enlarged(self.lateral[2](deep), third)
        pyramid = self.smooth(self.lateral[0](second) + _enlarged(coarse, second))
        return CellOutputs(self.anomaly(pyramid)[:, 0], pyramid, deep, self.shape(pyramid))


def _enlarged(values: Tensor, like: Tensor) -> Tensor:
    return F.interpolate(values, size=like.shape[-2:], mode="bilinear")


def pooled(outputs: CellOutputs, weights: Tensor) -> Tensor:
    """Features (B, 64 + D) averaged over the cells by `weights` (B, h, w), which sum to 1 in each image."""
    deep = _enlarged(outputs.deep.float(), outputs.pyramid)
    weights = weights[:, None]
    means = [(values * weights).sum((2, 3)) for values in (outputs.pyramid.float(), deep)]
    return torch.cat(means, dim=1)


def padded(images: Tensor) -> Tensor:
    """Images (B, C, H, W) continued by mirroring to whole cells, channels last."""
    height, width = (-(-side // CELL_PX) * CELL_PX for side in images.shape[-2:])
    return mirrored(images, height=height, width=width).contiguous(memory_format=torch.channels_last)
