"""Batched augmentation on the device: per-sample parameters, one resampling a view.

Crop with scale, flips, right-angle rotations, contrast, brightness and noise for grey and colour alike. Contrast and
brightness change in each channel by itself: the tint of an image, left alone, would tell its crops from all others, and
nothing else would be learned (Chen et al., 2020, section 3.1). Where a tint is evidence, the texture spectrum keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from models.images.augment_config import AugmentConfig


@dataclass(frozen=True)
class Standardiser:
    """Pixels (uint8) to zero mean and unit deviation, by the project's own statistics of each channel."""

    mean: tuple[float, ...]
    deviation: tuple[float, ...]

    @classmethod
    def from_json(cls, values: dict[str, list[float]]) -> Standardiser:
        """From `dataclasses.asdict` after a trip through JSON."""
        return cls(tuple(values["mean"]), tuple(values["deviation"]))

    def __call__(self, images: Tensor) -> Tensor:
        """(B, C, H, W) of 0..255, uint8 or float -> float32."""
        mean = images.new_tensor(self.mean, dtype=torch.float32).view(1, -1, 1, 1)
        deviation = images.new_tensor(self.deviation, dtype=torch.float32).view(1, -1, 1, 1)
        return (images.float() - mean) / deviation

    def inverse(self, images: Tensor) -> Tensor:
        """(B, C, H, W) standardised -> uint8."""
        mean = images.new_tensor(self.mean).view(1, -1, 1, 1)
        deviation = images.new_tensor(self.deviation).view(1, -1, 1, 1)
        return (images * deviation + mean).round().clamp(0, 255).to(torch.uint8)


def _uniform(count: int, low: float, high: float, generator: torch.Generator) -> Tensor:
    return torch.rand(count, generator=generator) * (high - low) + low


def crop_matrices(count: int, height: int, width: int, config: AugmentConfig, generator: torch.Generator) -> Tensor:
    """Draw affine maps (count, 2, 3) from the view's square [-1, 1]^2 to the image's, for `affine_grid`.

    The crop's area is a share of the image's and its sides differ up to `log_aspect`; where such a crop is longer than
    the image, it ends at the image's sides. It lies wholly inside; flips and right-angle turns are part of the map.
    """
    area = _uniform(count, config.area_min, config.area_max, generator) * (height * width)
    aspect = torch.exp(_uniform(count, -config.log_aspect, config.log_aspect, generator))
    crop_width = (area * aspect).sqrt().clamp(max=width) / width  # shares of the image's sides
    crop_height = (area / aspect).sqrt().clamp(max=height) / height
    centre_x = _uniform(count, -1, 1, generator) * (1 - crop_width)
    centre_y = _uniform(count, -1, 1, generator) * (1 - crop_height)
    turned = torch.randint(0, 2, (count,), generator=generator).bool() & config.right_angles
    sign_x, sign_y = torch.randint(0, 2, (2, count), generator=generator) * 2 - 1
    if not config.flips:  # a turn without a mirror: the map's determinant stays positive
        sign_x = sign_x if config.right_angles else torch.ones_like(sign_x)
        sign_y = torch.where(turned, -sign_x, sign_x)
    crop_width, crop_height = crop_width * sign_x, crop_height * sign_y
    theta = torch.zeros(count, 2, 3)
    theta[:, 0, 2], theta[:, 1, 2] = centre_x, centre_y
    theta[:, 0, 0] = torch.where(turned, 0, crop_width)
    theta[:, 0, 1] = torch.where(turned, crop_width, 0)
    theta[:, 1, 0] = torch.where(turned, crop_height, 0)
    theta[:, 1, 1] = torch.where(turned, 0, crop_height)
    return theta


def sampling_grid(theta: Tensor, size: int) -> Tensor:
    """Affine maps (B, 2, 3) -> where each pixel of a (size, size) view is read: (B, size, size, 2), x then y.

    As `affine_grid`, without its matrix product over every pixel, which costs as much as the sampling. A point is added
    as one complex number: over an axis of two, x and y, a sum of shapes takes seven times as long.
    """
    centres = (torch.arange(size, device=theta.device, dtype=theta.dtype) * 2 + 1) / size - 1
    along_x = theta[:, None, :, 0] * centres[None, :, None] + theta[:, None, :, 2]  # (B, size, 2)
    along_y = theta[:, None, :, 1] * centres[None, :, None]
    points = torch.view_as_complex(along_y)[:, :, None] + torch.view_as_complex(along_x)[:, None]
    return torch.view_as_real(points)


def augment(images: Tensor, standardiser: Standardiser, config: AugmentConfig, generator: torch.Generator) -> Tensor:
    """Draw one view of each image: pixels 0..255 as float32 (B, C, H, W) -> standardised (B, C, size_px, size_px).

    Args:
        generator: on the CPU, whatever the device, so that a seed means the same views everywhere.
    """
    B, C, H, W = images.shape
    theta = crop_matrices(B, H, W, config, generator).to(images.device, non_blocking=True)
    grid = sampling_grid(theta, config.size_px)
    views = F.grid_sample(images, grid, mode="bilinear", padding_mode="border", align_corners=False)
    views = standardiser(views)  # after sampling: a view has a tenth of the image's pixels
    gain = _uniform(B * C, 1 - config.contrast, 1 + config.contrast, generator).to(images.device).view(B, C, 1, 1)
    shift = _uniform(B * C, -config.brightness, config.brightness, generator).to(images.device).view(B, C, 1, 1)
    mean = views.mean((2, 3), keepdim=True)
    views = torch.addcmul(mean * (1 - gain) + shift, views, gain)
    if config.noise:
        views += config.noise * torch.randn(views.shape, generator=generator).to(images.device)
    return views


def dihedral_views(images: Tensor, *, flips: bool = True, right_angles: bool = True) -> list[Tensor]:
    """What flips and right-angle turns make of images (B, C, H, W), the images themselves first: 1, 4 or 8 views."""
    if not flips and not right_angles:
        return [images]
    turned = images.transpose(2, 3)
    upright = [images, images.flip((2, 3))]
    mirrored = [images.flip(3), images.flip(2)]
    quarter = [turned.flip(2), turned.flip(3)]
    quarter_mirrored = [turned, turned.flip((2, 3))]
    return [
        *upright,
        *(mirrored if flips else []),
        *(quarter if right_angles else []),
        *(quarter_mirrored if flips and right_angles else []),
    ]
