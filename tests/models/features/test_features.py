"""What is read of an image, block by block."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import numpy as np
import pytest
import torch

from models.encoders.architectures import build_encoder
from models.encoders.spec import EncoderSpec
from models.events import Progress
from models.features.extraction import (
    EncoderFeatures,
    describe,
    extract,
    feature_size,
    joined,
    reading_scale,
    unit_blocks,
)
from models.features.texture import TextureSpectrum
from models.images.augment import Standardiser

SCALE = 4.0  # images of 32 px are read at 128 px


@pytest.fixture
def images(stripes) -> torch.Tensor:
    return torch.from_numpy(stripes(5)[0])


@pytest.fixture
def parts(images, encoder, standardiser) -> tuple[EncoderFeatures, TextureSpectrum]:
    return EncoderFeatures(encoder, standardiser, SCALE), TextureSpectrum.fit([images], standardiser)


def finished(running: Generator) -> Iterator:
    """What a generator yields, then what it returns."""
    yield (yield from running)


@pytest.mark.parametrize(
    ("spec", "size", "expected"),
    [
        (EncoderSpec(), (200, 200), (128, 128)),
        (EncoderSpec(), (100, 400), (64, 256)),
        (EncoderSpec(), (8, 2_000), (16, 2_016)),
        (EncoderSpec(kind="vit", width=12, tile_px=64), (200, 200), (128, 128)),
        (EncoderSpec(kind="vit", width=12, tile_px=64), (100, 400), (64, 256)),
        (EncoderSpec(kind="vit", width=12, tile_px=224), (100, 400), (224, 224)),
    ],
)
def test_an_encoder_reads_one_area_in_whole_tiles(spec, size, expected):
    assert feature_size(*size, build_encoder(spec), scale=reading_scale(size)) == expected


def test_images_of_any_size_are_read_at_one_scale(encoder):
    assert feature_size(640, 320, encoder, scale=0.5) == (320, 160)
    assert feature_size(40, 1_000, encoder, scale=0.5) == (16, 496)


def test_fused_features_have_the_blocks_of_both_parts(images, parts, encoder):
    blocks = describe(images, parts)
    assert sorted(blocks) == [
        *("encoder_deviation", "encoder_mean"),
        *("global16", "global32", "global8", "local16", "local32", "local8"),
    ]
    assert blocks["encoder_mean"].shape == (5, encoder.features)
    assert all(values.dtype == np.float32 and len(values) == 5 for values in blocks.values())


def test_mean_and_deviation_are_those_of_the_map(images, encoder, standardiser, monkeypatch):
    monkeypatch.setattr("models.features.extraction.autocast", lambda _: torch.no_grad())
    blocks = EncoderFeatures(encoder, standardiser, SCALE, flips=False, right_angles=False)(images)
    size = (128, 128)
    small = torch.nn.functional.interpolate(standardiser(images), size, mode="bilinear", antialias=True)
    values = encoder.forward_map(small).flatten(2)
    torch.testing.assert_close(blocks["encoder_mean"], values.mean(2))
    torch.testing.assert_close(blocks["encoder_deviation"], values.std(2, correction=0))


@pytest.mark.parametrize("turn", [lambda x: x.rot90(1, (2, 3)), lambda x: x.flip(3), lambda x: x.transpose(2, 3)])
def test_features_do_not_see_flips_and_turns(images, encoder, standardiser, turn, monkeypatch):
    monkeypatch.setattr("models.features.extraction.autocast", lambda _: torch.no_grad())
    features = EncoderFeatures(encoder, standardiser, SCALE)
    plain, turned = features(images), features(turn(images).contiguous())
    for name in plain:
        torch.testing.assert_close(plain[name], turned[name], atol=1e-4, rtol=1e-3)


def test_where_the_direction_counts_turns_are_told_apart(images, encoder, standardiser):
    features = EncoderFeatures(encoder, standardiser, SCALE, flips=False, right_angles=False)
    plain, turned = (features(x.contiguous())["encoder_mean"] for x in (images, images.rot90(1, (2, 3))))
    assert (plain - turned).abs().max() > 0.01 * plain.abs().max()


def test_an_encoder_goes_through_json_and_back_but_for_its_weights(encoder):
    features = EncoderFeatures(encoder, Standardiser((3.5,), (2.0,)), 0.7, flips=True, right_angles=False)
    restored = EncoderFeatures.from_json(features.to_json())
    assert restored.to_json() == features.to_json()
    restored.encoder.load_state_dict(encoder.state_dict())


def test_all_images_are_described_in_batches(pixels_of, stripes, parts, monkeypatch):
    monkeypatch.setattr("models.features.extraction.BATCH", 2)
    images = stripes(5)[0]
    *progress, blocks = finished(extract(pixels_of(images), parts, stage="looking"))
    assert progress == [Progress("looking", done, 5) for done in (2, 4, 5)]
    for name, values in describe(torch.from_numpy(images), parts).items():
        np.testing.assert_allclose(blocks[name], values, atol=2e-2, rtol=2e-2)  # bfloat16 rounds batches differently


def test_unequal_sizes_keep_their_order(pixels_of, parts, draw_unequal):
    images = draw_unequal([(40, 90), (64, 64), (40, 90), (33, 200), (64, 64)])
    *_, blocks = finished(extract(pixels_of(images), parts))
    for i, image in enumerate(images):
        for name, values in describe(torch.from_numpy(image[None]), parts).items():
            np.testing.assert_allclose(blocks[name][i], values[0], atol=2e-2, rtol=2e-2)


def test_large_images_are_read_a_few_at_a_time(images, encoder, standardiser, monkeypatch):
    features = EncoderFeatures(encoder, standardiser, SCALE)
    whole = features(images)
    monkeypatch.setattr("models.features.extraction.READ_PIXELS", 128 * 128)
    for name, values in features(images).items():
        torch.testing.assert_close(values, whole[name], atol=2e-2, rtol=2e-2)


def test_heads_read_all_numbers_in_the_order_of_the_names():
    blocks = {"b": np.ones((2, 3)), "a": np.zeros((2, 1))}
    assert joined(blocks).tolist() == [[0, 1, 1, 1]] * 2


def test_neighbours_read_a_weighted_mean_of_the_blocks_cosines():
    rng = np.random.default_rng(0)
    blocks = {"encoder_mean": 100 * rng.standard_normal((4, 5)), "global8": rng.standard_normal((4, 9))}
    unit = unit_blocks(blocks)
    cosines = {name: (v @ v.T) / np.outer(*[np.linalg.norm(v, axis=1)] * 2) for name, v in blocks.items()}
    expected = (cosines["encoder_mean"] + 0.7**2 * cosines["global8"]) / (1 + 0.7**2)
    np.testing.assert_allclose(unit @ unit.T, expected)


def test_an_empty_block_has_no_say():
    blocks = {"encoder_mean": np.eye(3), "global8": np.zeros((3, 4))}
    np.testing.assert_allclose(unit_blocks(blocks) @ unit_blocks(blocks).T, np.eye(3), atol=1e-9)
