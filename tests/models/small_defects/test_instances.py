"""models.small_defects.instances: crops around unusual places, and how they are moved."""

from __future__ import annotations

import numpy as np
import torch

from models.small_defects.anomaly_detector import PLACES, Places
from models.small_defects.instances import CUT_PX, INSTANCE_PX, cut, gather_bags, instances_of, moved


def test_a_crop_is_mirrored_beyond_the_edge():
    image = torch.arange(50 * 40).remainder(251).to(torch.uint8).view(1, 50, 40)
    corner, beyond = cut(image, torch.tensor([[0, 0], [52, 44]]), side_px=30)
    assert torch.equal(corner[:, 15:, 15:], image[:, :15, :15])
    assert torch.equal(corner[:, 1:15, 15:], image[:, 1:15, :15].flip(1))
    assert torch.equal(beyond[:, :13, :11], image[:, -13:, -11:])
    assert torch.equal(beyond[:, 13:, :11], image[:, 49 - 17 : 49, -11:].flip(1))


def test_an_image_smaller_than_a_crop_is_mirrored_again_and_again():
    image = torch.tensor([[[1, 2, 3]]], dtype=torch.uint8)
    (crop,) = cut(image, torch.tensor([[0, 0]]), side_px=10)
    assert crop[0, 0].tolist() == [2, 1, 2, 3, 2, 1, 2, 3, 2, 1]
    assert (crop == crop[:, :1]).all()


def test_a_crop_shows_what_lies_there():
    image = torch.arange(60 * 80).remainder(251).to(torch.uint8).view(1, 60, 80)
    (crop,) = cut(image, torch.tensor([[30, 40]]), side_px=20)
    assert torch.equal(crop, image[:, 20:40, 30:50])


def test_instances_are_those_of_the_first_places():
    images = torch.randint(256, (2, 3, 100, 120), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
    centres = torch.tensor([[[50, 60], [4, 4], [92, 12]]]).repeat(2, 1, 1)
    crops = instances_of(images, Places(centres, torch.zeros(2, 3)), count=2)
    assert crops.shape == (2, 2, 3, INSTANCE_PX, INSTANCE_PX)
    assert torch.equal(crops[1, 0], images[1, :, 14:86, 24:96])


def test_bags_stand_in_the_order_of_the_positions(detector, draw_unequal, pixels_of, finish):
    images = draw_unequal([(64, 40), (32, 32), (64, 40), (5, 90), (120, 130)])
    positions = np.array([4, 1, 3, 0, 2])
    bags = finish(gather_bags(pixels_of(images), positions, detector))
    assert bags.crops.shape == (5, PLACES + 1, 1, CUT_PX, CUT_PX)
    for crops, logits, position in zip(bags.crops, bags.logits, positions, strict=True):
        image = torch.from_numpy(images[position])
        places = detector.places(image[None])
        torch.testing.assert_close(logits, places.logits[0], atol=0.1, rtol=0.05)
        assert torch.equal(crops[0], cut(image, places.centres[0, :1], side_px=CUT_PX)[0])


def test_an_image_too_small_for_all_places_has_a_bag_as_well(detector, draw_unequal, pixels_of, finish):
    bags = finish(gather_bags(pixels_of(draw_unequal([(1, 1), (7, 30)])), np.arange(2), detector))
    assert len(bags) == 2
    assert torch.isfinite(bags.logits).sum(1).tolist() == [1, 1]
    assert (bags.crops[:, 1:PLACES] == bags.crops[:, :1]).all()


def spiral(count: int) -> torch.Tensor:
    """Crops (count, 1, CUT_PX, CUT_PX): bright at the right of the centre, half as bright below it."""
    crops = torch.zeros(count, 1, CUT_PX, CUT_PX, dtype=torch.uint8)
    crops[..., 50:58, 64:76] = 240
    crops[..., 64:76, 50:58] = 120
    return crops


def handedness(crops: torch.Tensor) -> torch.Tensor:
    """Sign (n,) of the turn from the bright spot to the dim one: 1 as drawn, -1 mirrored."""
    return torch.sign(
        torch.linalg.det(torch.stack([_direction(crops > 180), _direction((crops > 60) & (crops < 180))], 1))
    )


def _direction(where: torch.Tensor) -> torch.Tensor:
    """From the centre of crops (n, 1, S, S) to the mean of the pixels, (n, 2) as x and y."""
    ramp = torch.arange(INSTANCE_PX) - (INSTANCE_PX - 1) / 2
    count = where.sum((1, 2, 3)).clamp(min=1)
    x, y = (where * ramp).sum((1, 2, 3)) / count, (where * ramp[:, None]).sum((1, 2, 3)) / count
    return torch.stack([x, y], dim=1)


def test_crops_are_mirrored_only_where_that_leaves_a_defect_what_it_is():
    crops = spiral(60)
    with_flips = moved(crops, torch.Generator().manual_seed(0), flips=True, right_angles=True)
    without = moved(crops, torch.Generator().manual_seed(0), flips=False, right_angles=True)
    assert with_flips.shape == (60, 1, INSTANCE_PX, INSTANCE_PX)
    assert 15 < (handedness(with_flips) < 0).sum() < 45
    assert (handedness(without) > 0).all()


def test_crops_are_turned_only_where_that_leaves_a_defect_what_it_is():
    crops = spiral(60)
    turned, upright = (
        _direction(moved(crops, torch.Generator().manual_seed(0), flips=False, right_angles=allowed) > 180)
        for allowed in (True, False)
    )
    assert (upright[:, 0] > 0).all()
    for axis in (0, 1):
        assert turned[:, axis].min() < -5
        assert turned[:, axis].max() > 5


def test_moving_leaves_the_crops_and_takes_its_numbers_from_the_generator():
    crops = spiral(4)
    first, again = (moved(crops, torch.Generator().manual_seed(1), flips=True, right_angles=True) for _ in range(2))
    assert torch.equal(first, again)
    assert torch.equal(crops, spiral(4))
    assert len(first.flatten(1).unique(dim=0)) == 4
