"""Windows cut out of images, and margins by mirroring."""

from __future__ import annotations

import pytest
import torch

from models.images.windows import cut_window, mirrored


def ramp(height: int, width: int) -> torch.Tensor:
    return torch.arange(height * width, dtype=torch.uint8).view(1, height, width)


@pytest.mark.parametrize(("at", "first"), [((0.0, 0.0), 0), ((0.99, 0.0), 12), ((0.0, 0.99), 3), ((0.5, 0.5), 8)])
def test_a_window_lies_where_it_is_asked_for(at, first):
    window = cut_window(ramp(4, 6), (2, 3), at=at)
    assert torch.equal(window, torch.stack([torch.arange(first, first + 3), torch.arange(first + 6, first + 9)])[None])


def test_a_window_of_the_images_own_shape_is_the_image():
    image = ramp(4, 6)
    assert cut_window(image, (4, 6), at=(0.9, 0.9)) is image


def test_an_axis_that_is_too_short_is_mirrored_without_its_edge():
    assert mirrored(ramp(1, 3), height=2, width=8).tolist() == [[[0, 1, 2, 1, 0, 1, 2, 1]] * 2]


def test_images_large_enough_come_back_as_they_are():
    images = ramp(4, 6)
    assert mirrored(images, height=2, width=6) is images
