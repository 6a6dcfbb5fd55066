"""Images by position, in memory or batch by batch."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from models.images import pixels as module
from models.images.pixels import resize_batch


def seeded() -> torch.Generator:
    return torch.Generator().manual_seed(1)


@pytest.fixture(params=["resident", "streamed"])
def pixels(request, monkeypatch, pixels_of):
    """Six images of 2 channels, 4 x 5 px; image i all of value 10 i + channel."""
    if request.param == "streamed":
        monkeypatch.setattr(module, "RESIDENT_BYTES", 0)
    values = 10 * np.arange(6)[:, None] + np.arange(2)
    return pixels_of(np.broadcast_to(values[..., None, None], (6, 2, 4, 5)).astype(np.uint8))


@pytest.fixture(params=["resident", "streamed"])
def unequal(request, monkeypatch, pixels_of, draw_unequal):
    """Five images of noise, two of them of one shape, and their pixels."""
    if request.param == "streamed":
        monkeypatch.setattr(module, "RESIDENT_BYTES", 0)
    images = draw_unequal([(140, 150), (140, 150), (130, 400), (300, 200), (40, 30)])
    return pixels_of(images), images


def test_batches_hold_the_images_at_their_positions(pixels):
    batch = pixels.whole(torch.tensor([4, 0, 4]))
    assert batch.dtype == torch.uint8
    assert batch.shape == (3, 2, 4, 5)
    assert batch[:, :, 0, 0].tolist() == [[40, 41], [0, 1], [40, 41]]


def test_all_batches_together_are_all_images_in_order(pixels):
    positions, batches = zip(*pixels.batches(4), strict=True)
    assert torch.cat(positions).tolist() == [0, 1, 2, 3, 4, 5]
    assert [len(batch) for batch in batches] == [4, 2]
    assert torch.cat(batches)[:, 0, 0, 0].tolist() == [0, 10, 20, 30, 40, 50]
    assert (len(pixels), pixels.channels, pixels.shapes.tolist()) == (6, 2, [[4, 5]] * 6)


def test_some_images_alone_are_told_by_their_place_among_them(pixels):
    ((places, images),) = pixels.batches(4, among=torch.tensor([5, 1]))
    assert places.tolist() == [0, 1]
    assert images[:, 1, 0, 0].tolist() == [51, 11]


def test_windows_of_images_of_one_shape_are_the_images(pixels):
    generator = seeded()
    windows = pixels.windows(torch.tensor([4, 0, 4]), generator)
    assert torch.equal(windows, pixels.whole(torch.tensor([4, 0, 4])))
    assert torch.equal(generator.get_state(), seeded().get_state())  # nothing was drawn


def test_unequal_images_come_in_batches_of_one_shape(unequal):
    pixels, images = unequal
    found = {}
    for positions, batch in pixels.batches(2):
        assert len(batch) <= 2
        found |= dict(zip(positions.tolist(), batch, strict=True))
    assert sorted(found) == list(range(5))
    assert all(np.array_equal(found[i], image) for i, image in enumerate(images))
    assert all(np.array_equal(pixels.image(i), image) for i, image in enumerate(images))


def test_windows_of_unequal_images_are_cut_at_native_resolution(unequal):
    pixels, images = unequal
    windows = pixels.windows(torch.tensor([0, 2, 0, 0]), seeded())
    assert windows.shape == (4, 1, *pixels.window_shape) == (4, 1, 128, 128)
    found = [np.lib.stride_tricks.sliding_window_view(images[i][0], (128, 128)) for i in (0, 2, 0, 0)]
    assert all((places == window[0].numpy()).all((2, 3)).any() for places, window in zip(found, windows, strict=True))
    assert not torch.equal(windows[0], windows[2])


def test_an_image_smaller_than_the_window_is_mirrored(unequal):
    pixels, images = unequal
    window = pixels.windows(torch.tensor([4]), seeded())[0, 0].numpy()
    assert np.array_equal(window, np.pad(images[4][0], ((0, 88), (0, 98)), "reflect"))


def test_whole_images_are_stretched_to_the_common_shape(unequal):
    pixels, images = unequal
    whole = pixels.whole(torch.tensor([0, 3]))
    assert whole.shape == (2, 1, *pixels.common_shape) == (2, 1, 140, 150)
    assert np.array_equal(whole[0], images[0])
    assert float(whole[1].float().mean()) == pytest.approx(images[3].mean(), abs=1)


def test_pixels_of_unequal_images_count_alike(unequal):
    pixels, images = unequal
    every = np.concatenate([image.ravel() for image in images])
    assert pixels.standardiser().mean == pytest.approx((every.mean(),))
    assert pixels.standardiser().deviation == pytest.approx((every.std(),))


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
