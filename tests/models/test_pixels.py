"""Images by position, in memory or batch by batch."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from models import pixels as module
from models.pixels import resize_batch


def seeded() -> torch.Generator:
    return torch.Generator().manual_seed(1)


@pytest.fixture(params=["resident", "streamed"])
def pixels(request, monkeypatch, pixels_of):
    """Six images of 2 channels, 4 x 5 px; image i all of value 10 i + channel."""
    if request.param == "streamed":
        monkeypatch.setattr(module, "RESIDENT_BYTES", 0)
    values = 10 * np.arange(6)[:, None] + np.arange(2)
    return pixels_of(np.broadcast_to(values[..., None, None], (6, 2, 4, 5)).astype(np.uint8))


def test_batches_hold_the_images_at_their_positions(pixels):
    batch = pixels.batch(torch.tensor([4, 0, 4]))
    assert batch.dtype == torch.uint8
    assert batch.shape == (3, 2, 4, 5)
    assert batch[:, :, 0, 0].tolist() == [[40, 41], [0, 1], [40, 41]]


def test_all_batches_together_are_all_images_in_order(pixels):
    batches = list(pixels.batches(4))
    assert [len(batch) for batch in batches] == [4, 2]
    assert torch.cat(batches)[:, 0, 0, 0].tolist() == [0, 10, 20, 30, 40, 50]
    assert len(pixels) == 6
    assert pixels.shape == (2, 4, 5)


def test_the_standardiser_knows_each_channels_mean_and_deviation(pixels):
    standardiser = pixels.standardiser()
    assert standardiser.mean == pytest.approx((25.0, 26.0))
    assert standardiser.deviation == pytest.approx((np.std([0, 10, 20, 30, 40, 50]),) * 2)


def test_a_black_pool_divides_by_one(pixels_of):
    assert pixels_of(np.zeros((3, 1, 4, 4), np.uint8)).standardiser().deviation == (1.0,)


def test_a_sample_is_distinct_sorted_and_repeatable(pixels):
    drawn = pixels.sample(4, seeded()).tolist()
    assert drawn == sorted(set(drawn))
    assert len(drawn) == 4
    assert drawn == pixels.sample(4, seeded()).tolist()
    assert pixels.sample(9, seeded()).tolist() == list(range(6))


def test_resizing_to_the_same_size_copies_nothing():
    images = torch.rand(1, 1, 4, 6)
    assert resize_batch(images, height=4, width=6) is images


def test_shrinking_averages():
    checks = (torch.arange(64).view(1, 1, 8, 8) + torch.arange(8).view(1, 1, 8, 1)).remainder(2).float()
    small = resize_batch(checks, height=2, width=4)
    assert small.shape == (1, 1, 2, 4)
    torch.testing.assert_close(small, torch.full_like(small, 0.5), atol=0.06, rtol=0)
