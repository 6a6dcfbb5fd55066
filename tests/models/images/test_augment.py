"""Views of images: where they are cut, what they keep, and that a seed repeats them."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F

from models.images.augment import Standardiser, augment, crop_matrices, dihedral_views, sampling_grid
from models.images.augment_config import AugmentConfig

PLAIN = AugmentConfig(size_px=16, contrast=0.0, brightness=0.0)
IDENTITY = Standardiser((0.0,), (1.0,))


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def ramp(count: int, *, height: int = 32, width: int = 48) -> torch.Tensor:
    """Images that grow brighter from left to right, 0 to 255."""
    return torch.linspace(0, 255, width).expand(count, 1, height, width)


def test_views_have_the_size_asked_for_and_repeat_with_the_seed():
    images = torch.rand(5, 3, 32, 48) * 255
    standardiser = Standardiser((100.0,) * 3, (50.0,) * 3)
    config = AugmentConfig(size_px=24, noise=0.1)
    views = augment(images, standardiser, config, seeded())
    assert views.shape == (5, 3, 24, 24)
    assert torch.equal(views, augment(images, standardiser, config, seeded()))
    assert not torch.equal(views, augment(images, standardiser, config, seeded(1)))


@pytest.mark.parametrize("size", [8, 15])
def test_the_grid_is_torchs_own(size):
    theta = crop_matrices(6, 32, 48, PLAIN, seeded())
    expected = F.affine_grid(theta, [6, 1, size, size], align_corners=False)
    torch.testing.assert_close(sampling_grid(theta, size), expected)


def test_crops_lie_inside_the_image():
    theta = crop_matrices(2_000, 32, 48, AugmentConfig(), seeded())
    corners = sampling_grid(theta, 64)[:, [0, 0, -1, -1], [0, -1, 0, -1]]
    assert corners.abs().max() <= 1.0


def test_crops_cover_the_shares_of_the_area_that_were_asked_for():
    config = replace(PLAIN, area_min=0.2, area_max=0.6)
    theta = crop_matrices(2_000, 40, 40, config, seeded())
    area = theta[:, :, :2].det().abs()
    assert area.min() == pytest.approx(0.2, abs=0.01)
    assert area.max() == pytest.approx(0.6, abs=0.01)
    assert area.mean() == pytest.approx(0.4, abs=0.01)


def test_a_square_images_crops_keep_their_aspect_within_bounds():
    theta = crop_matrices(2_000, 40, 40, replace(PLAIN, area_max=0.5), seeded())
    aspect = torch.log(theta[:, 0, :2].abs().sum(1) / theta[:, 1, :2].abs().sum(1))
    assert aspect.abs().max() <= PLAIN.log_aspect + 1e-4
    assert aspect.abs().max() > 0.9 * PLAIN.log_aspect


def test_without_flips_and_turns_a_gradient_keeps_its_direction():
    views = augment(ramp(64), IDENTITY, replace(PLAIN, flips=False, right_angles=False), seeded())
    assert (views.diff(dim=3) > 0).all()
    assert views.diff(dim=2).abs().max() < 1e-2


@pytest.mark.parametrize(
    ("flips", "right_angles", "directions"),
    [(True, False, {"+x", "-x"}), (False, True, {"+x", "-x", "+y", "-y"}), (True, True, {"+x", "-x", "+y", "-y"})],
)
def test_flips_and_turns_give_these_directions(flips, right_angles, directions):
    views = augment(ramp(64), IDENTITY, replace(PLAIN, flips=flips, right_angles=right_angles), seeded())
    along_x, along_y = views.diff(dim=3).mean((1, 2, 3)), views.diff(dim=2).mean((1, 2, 3))
    seen = {
        ("+" if max(x, y, key=abs) > 0 else "-") + ("x" if abs(x) > abs(y) else "y")
        for x, y in zip(along_x.tolist(), along_y.tolist(), strict=True)
    }
    assert seen == directions


@pytest.mark.parametrize(("flips", "handedness"), [(False, {1.0}), (True, {1.0, -1.0})])
def test_turns_alone_never_mirror(flips, handedness):
    theta = crop_matrices(64, 32, 32, replace(PLAIN, flips=flips), seeded())
    assert set(theta[:, :, :2].det().sign().tolist()) == handedness


def test_nothing_is_padded():
    views = augment(torch.full((64, 1, 20, 30), 200.0), IDENTITY, PLAIN, seeded())
    torch.testing.assert_close(views, torch.full_like(views, 200.0))
    views = augment(ramp(64), IDENTITY, PLAIN, seeded())
    assert 0 <= views.min() < views.max() <= 255


def test_contrast_and_brightness_act_about_the_crops_mean():
    config = replace(PLAIN, contrast=0.4, brightness=0.3, flips=False, right_angles=False)
    plain = augment(ramp(200), IDENTITY, replace(config, contrast=0.0, brightness=0.0), seeded())
    views = augment(ramp(200), IDENTITY, config, seeded())
    gain = views.std((1, 2, 3)) / plain.std((1, 2, 3))
    shift = (views - plain).mean((1, 2, 3))
    assert 0.6 <= gain.min() < 0.65 < 1.35 < gain.max() <= 1.4001
    assert -0.3 <= shift.min() + 1e-3 < -0.25 < 0.25 < shift.max() - 1e-3 <= 0.3


def test_each_channel_of_a_colour_image_is_changed_by_itself():
    standardiser = Standardiser((100.0,) * 3, (50.0,) * 3)
    images = ramp(200).repeat(1, 3, 1, 1)
    cut = augment(images, standardiser, PLAIN, seeded())
    assert torch.equal(cut[:, 0], cut[:, 2])
    views = augment(images, standardiser, replace(PLAIN, contrast=0.4, brightness=0.4), seeded())
    shift = views.mean((2, 3)) - cut.mean((2, 3))
    assert shift.abs().max() <= 0.4 + 1e-4
    assert torch.corrcoef(shift.T)[0, 1:].abs().max() < 0.2  # a crop's tint does not tell its image
    gain = views.std((2, 3)) / cut.std((2, 3))
    assert gain.min() >= 0.6 - 1e-3
    assert gain.max() <= 1.4 + 1e-3
    assert torch.corrcoef(gain.T)[0, 1:].abs().max() < 0.2


def test_noise_has_the_deviation_asked_for():
    views = augment(torch.zeros(20, 1, 16, 16), IDENTITY, replace(PLAIN, noise=0.5), seeded())
    assert views.std().item() == pytest.approx(0.5, rel=0.05)


def test_standardising_is_undone_by_its_inverse():
    images = torch.randint(0, 256, (2, 3, 4, 4), dtype=torch.uint8)
    standardiser = Standardiser((10.0, 120.0, 250.0), (3.0, 40.0, 7.0))
    assert torch.equal(standardiser.inverse(standardiser(images)), images)
    assert standardiser.inverse(torch.full((1, 3, 1, 1), 1e6)).tolist() == [[[[255]], [[255]], [[255]]]]


@pytest.mark.parametrize("changes", [{"area_min": 0.0}, {"area_min": 0.5, "area_max": 0.4}, {"area_max": 1.1}])
def test_impossible_areas_are_refused(changes):
    with pytest.raises(ValueError, match="areas"):
        AugmentConfig(**changes)


def test_tiny_views_are_refused():
    with pytest.raises(ValueError, match="not 4"):
        AugmentConfig(size_px=4)


@pytest.mark.parametrize(
    ("flips", "right_angles", "count"), [(True, True, 8), (True, False, 4), (False, True, 4), (False, False, 1)]
)
def test_the_dihedral_views_differ_and_begin_with_the_image(flips, right_angles, count):
    image = torch.arange(9.0).view(1, 1, 3, 3)
    views = dihedral_views(image, flips=flips, right_angles=right_angles)
    assert torch.equal(views[0], image)
    assert len({tuple(view.flatten().tolist()) for view in views}) == len(views) == count


def test_turned_views_without_mirrors_are_torchs_rotations():
    image = torch.arange(6.0).view(1, 1, 2, 3)
    views = {tuple(view.flatten().tolist()) for view in dihedral_views(image, flips=False)}
    assert views == {tuple(image.rot90(k, (2, 3)).flatten().tolist()) for k in range(4)}


def test_flips_alone_keep_a_strip_level():
    strip = torch.zeros(1, 1, 2, 6)
    assert [tuple(view.shape[2:]) for view in dihedral_views(strip, right_angles=False)] == [(2, 6)] * 4
    assert [tuple(view.shape[2:]) for view in dihedral_views(strip)] == [(2, 6)] * 4 + [(6, 2)] * 4
