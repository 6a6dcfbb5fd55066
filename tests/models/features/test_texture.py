"""The texture spectrum against what is known of the cosine transform."""

from __future__ import annotations

import math

import pytest
import torch

from models.features.texture import (
    TextureSpectrum,
    band_matrix,
    cells,
    dct_matrix,
    global_block,
    local_block,
    local_residual,
    patch_grid_spectrum,
    patch_spectrum,
)
from models.images.augment import Standardiser

BANDS = {8: 4, 16: 5, 32: 6}


def grey_noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randint(0, 256, shape, generator=torch.Generator().manual_seed(seed), dtype=torch.uint8)


@pytest.mark.parametrize("size", BANDS)
def test_the_cosine_basis_is_orthonormal(size):
    torch.testing.assert_close(dct_matrix(size) @ dct_matrix(size).T, torch.eye(size), atol=1e-5, rtol=0)


@pytest.mark.parametrize(("size", "bands"), BANDS.items())
def test_bands_are_octaves_that_average(size, bands):
    matrix = band_matrix(size)
    assert cells(size) == bands**2
    assert (matrix > 0).sum(0).tolist() == [1] + [2**k for k in range(bands - 1)]
    torch.testing.assert_close(matrix.sum(0), torch.ones(bands))


@pytest.mark.parametrize(("frequency", "band"), [(1, 1), (2, 2), (3, 2), (5, 3)])
def test_a_wave_lands_in_its_own_band(frequency, band):
    wave = torch.cos(math.pi * frequency * (torch.arange(8) + 0.5) / 8)
    upright = patch_spectrum(wave.expand(8, 8)).view(4, 4)  # changes along the width alone
    level = patch_spectrum(wave.expand(8, 8).T).view(4, 4)
    assert upright[0].argmax() == band
    assert level[:, 0].argmax() == band
    assert upright[1:].max() < math.log(1e-2)
    torch.testing.assert_close(upright[:, 1:].flatten().sort().values, level[1:].flatten().sort().values)


def test_a_constant_patch_has_its_signed_level_and_empty_bands():
    spectrum = patch_spectrum(torch.full((8, 8), -0.5))
    assert spectrum[0].item() == pytest.approx(-0.5 * 8)
    torch.testing.assert_close(spectrum[1:], torch.full((15,), math.log(1e-3)), atol=1e-3, rtol=0)


@pytest.mark.parametrize("size", BANDS)
def test_the_grid_is_the_spectrum_of_each_patch_cut_out(size):
    images = torch.randn(2, 3, 48, 64, generator=torch.Generator().manual_seed(0))
    grid = patch_grid_spectrum(images, size)
    stride, bands = size // 2, BANDS[size]
    assert grid.shape == (2, 3, (48 - size) // stride + 1, (64 - size) // stride + 1, cells(size))
    patch = patch_spectrum(images[1, 2, stride : stride + size, :size])
    transposed = grid[1, 2, 1, 0].view(bands, bands).T.flatten()  # the grid's cells are horizontal first
    torch.testing.assert_close(transposed, patch, atol=1e-3, rtol=1e-3)


def test_an_image_smaller_than_a_patch_is_refused():
    with pytest.raises(ValueError, match="smaller than a patch of 16"):
        patch_grid_spectrum(torch.zeros(1, 1, 8, 64), 16)


def test_the_global_block_does_not_see_whole_patches_move():
    images = torch.randn(1, 1, 32, 32, generator=torch.Generator().manual_seed(0))
    moved = images.roll((8, 16), dims=(2, 3))
    before, after = (global_block(patch_grid_spectrum(x, 8)) for x in (images, moved))
    torch.testing.assert_close(before, after, atol=1e-4, rtol=1e-4)
    assert before.shape == (1, 2 * cells(8))


def test_the_local_block_sees_a_spot_that_the_global_one_hardly_does():
    pool = grey_noise(24, 1, 64, 64).float().mul(0.2).add(100).byte()
    spotted = pool.clone()
    spotted[0, :, 20:26, 30:36] = 255
    texture = TextureSpectrum.fit([pool], Standardiser((128.0,), (20.0,)))
    clean, spot = texture(pool), texture(spotted)

    def unusual(block: str) -> float:
        spread = clean[block].std(0).clamp(min=1e-6)
        return ((spot[block][0] - clean[block][0]) / spread).norm().item() / math.sqrt(len(spread))

    assert unusual("local8") > 3 * unusual("global8")


def test_a_uniform_image_has_nothing_unusual():
    residual = local_residual(patch_grid_spectrum(torch.full((1, 1, 32, 32), 0.3), 8))
    assert local_block(residual, torch.ones(cells(8))).abs().max() < 1e-3


def test_only_patches_that_fit_are_used(standardiser):
    texture = TextureSpectrum.fit([grey_noise(3, 1, 16, 40)], standardiser)
    assert sorted(texture(grey_noise(2, 1, 16, 40))) == ["global16", "global8", "local16", "local8"]


def test_images_of_unequal_size_are_measured_together(standardiser):
    small, large = grey_noise(4, 1, 16, 40), grey_noise(2, 1, 64, 64)
    texture = TextureSpectrum.fit([small, large], standardiser)
    assert sorted(texture(large)) == ["global16", "global8", "local16", "local8"]  # 32 px fit into a third of them


def test_an_image_smaller_than_a_patch_has_every_block(standardiser):
    texture = TextureSpectrum.fit([grey_noise(4, 1, 64, 64)], standardiser)
    blocks = texture(grey_noise(2, 1, 5, 1))
    assert {name: values.shape for name, values in blocks.items()} == {
        name: (2, values.shape[1]) for name, values in texture(grey_noise(1, 1, 64, 64)).items()
    }
    assert all(values.isfinite().all() for values in blocks.values())


def test_fitting_does_not_depend_on_the_batches(standardiser):
    images = grey_noise(6, 1, 32, 32)
    whole = TextureSpectrum.fit([images], standardiser).state()
    parts = TextureSpectrum.fit(images.split(4), standardiser).state()
    for size, deviation in whole.items():
        torch.testing.assert_close(deviation, parts[size])


def test_colour_images_have_a_spectrum_for_each_channel():
    images = grey_noise(2, 3, 16, 16)
    texture = TextureSpectrum.fit([images], Standardiser((128.0,) * 3, (40.0,) * 3))
    assert texture(images)["global8"].shape == (2, 2 * 3 * cells(8))
    assert texture(images)["local8"].shape == (2, 3 * 3 * cells(8) + 4)


def test_a_spectrum_goes_through_its_state_and_back(standardiser):
    images = grey_noise(4, 1, 32, 32)
    texture = TextureSpectrum.fit([images], standardiser)
    restored = TextureSpectrum.from_state(texture.state(), standardiser)
    before, after = texture(images), restored(images)
    assert list(before) == list(after)
    assert all(torch.equal(before[name], after[name]) for name in before)
