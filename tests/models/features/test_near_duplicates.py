"""Copies are found however they were saved; other images of one texture are no copies."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from models.features.image_signatures import Signatures
from models.features.near_duplicates import pairs_between, pairs_within
from models.stages import returned

IMAGES = 12


def texture(seed: int) -> np.ndarray:
    """(1, 128, 128) uint8 of one kind of surface."""
    noise = np.random.default_rng(seed).standard_normal((140, 140))
    grains = cv2.GaussianBlur(noise, (0, 0), 3)
    return (128 + 40 * grains / grains.std()).clip(0, 255).astype(np.uint8)[None, :128, :128]


def as_jpeg(image: np.ndarray) -> np.ndarray:
    encoded = cv2.imencode(".jpg", image[0], [cv2.IMWRITE_JPEG_QUALITY, 60])[1]
    return cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE)[None]


COPIES = {
    "encoded again": as_jpeg,
    "brighter": lambda image: (image * 1.02).clip(0, 255).astype(np.uint8),
    "shifted by 2 px": lambda image: np.roll(image, (2, 2), (1, 2)),
    "a crop": lambda image: image[:, :122, :122],
    "half the size": lambda image: cv2.resize(image[0], (64, 64), interpolation=cv2.INTER_AREA)[None],
    "as it was": lambda image: image,
}


@pytest.fixture(scope="module")
def textures():
    return [texture(seed) for seed in range(IMAGES)]


@pytest.mark.parametrize("change", COPIES.values(), ids=COPIES)
def test_finds_every_copy_and_nothing_else(textures, change):
    copies = Signatures.of([change(image) for image in textures])
    assert returned(pairs_between(copies, Signatures.of(textures))) == [(i, i) for i in range(IMAGES)]


def test_images_of_one_texture_are_no_copies(textures):
    assert returned(pairs_within(Signatures.of(textures))) == []


def test_a_pair_is_named_once(textures):
    assert returned(pairs_within(Signatures.of([*textures[:3], as_jpeg(textures[1])]))) == [(1, 3)]


def test_images_without_structure_are_no_copies_of_each_other():
    flat = [np.full((1, 50, 50), grey, dtype=np.uint8) for grey in (0, 90, 90)]
    assert returned(pairs_within(Signatures.of(flat))) == []


def test_two_images_alone_are_enough(textures):
    assert returned(pairs_within(Signatures.of([textures[0], as_jpeg(textures[0])]))) == [(0, 1)]


def test_no_images_have_no_pairs():
    assert returned(pairs_within(Signatures.of([]))) == []
