"""Windows cut out of images at their own resolution, and the mirrored margins of images that are too small for one."""

from __future__ import annotations

import torch
from torch import Tensor


def cut_window(image: Tensor, shape: tuple[int, int], *, at: tuple[float, float]) -> Tensor:
    """A window (C, height, width) of an image (C, H, W): a view of it, mirrored along an axis that is too short.

    Args:
        at: how far down and right the window lies, each 0 to below 1 of the way that there is.
    """
    for axis, (side, share) in enumerate(zip(shape, at, strict=True), start=1):
        room = image.shape[axis] - side
        if room > 0:
            image = image.narrow(axis, int(share * (room + 1)), side)
    return mirrored(image, height=shape[0], width=shape[1])


def mirrored(images: Tensor, *, height: int, width: int) -> Tensor:
    """Continue images (..., H, W) by mirroring, at the bottom and at the right, until they are at least this large."""
    for axis, side in ((-2, height), (-1, width)):
        length = images.shape[axis]
        if length < side:
            period = max(1, 2 * (length - 1))  # there and back, the edges once
            steps = torch.arange(side, device=images.device) % period
            images = images.index_select(axis, torch.minimum(steps, period - steps))
    return images
