"""Encoders against their references: torchvision's ResNet-18 and the sine-cosine positions of the papers."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from models.encoders.architectures import build_encoder, parameter_count, sincos_positions, take_tokens
from models.encoders.spec import EncoderSpec

SMALL_VIT = EncoderSpec(kind="vit", width=16, patch_px=8, depth=2, heads=2, tile_px=32)


def images(batch: int, channels: int, side: int) -> torch.Tensor:
    return torch.randn(batch, channels, side, side, generator=torch.Generator().manual_seed(0))


def test_torchvisions_weights_give_torchvisions_features():
    from torchvision.models import resnet18

    torch.manual_seed(0)
    reference = resnet18(weights=None).eval()
    encoder = build_encoder(EncoderSpec(channels=3, width=64)).eval()
    encoder.load_state_dict({k: v for k, v in reference.state_dict().items() if not k.startswith("fc.")})
    reference.fc = torch.nn.Identity()
    with torch.inference_mode():
        torch.testing.assert_close(encoder(images(2, 3, 64)), reference(images(2, 3, 64)))


@pytest.mark.parametrize(
    ("spec", "parameters"),
    [
        (EncoderSpec(channels=3, width=64), 11_176_512),  # torchvision's, less fc
        (EncoderSpec(channels=1, width=64), 11_170_240),
        (EncoderSpec(channels=1, width=32), 2_795_744),
    ],
)
def test_parameter_counts(spec, parameters):
    assert parameter_count(build_encoder(spec)) == parameters


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("spec", [EncoderSpec(width=4), SMALL_VIT])
def test_features_are_the_mean_of_the_map(spec, channels):
    encoder = build_encoder(replace(spec, channels=channels)).eval()
    batch = images(2, channels, 64)
    values = encoder.forward_map(batch)
    assert values.shape[:2] == (2, encoder.features)
    torch.testing.assert_close(encoder(batch), values.mean((2, 3)))


def test_the_resnets_map_is_a_32nd_of_the_image(encoder):
    assert encoder.forward_map(torch.zeros(1, 1, 64, 96)).shape == (1, 32, 2, 3)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "vgg"}, "vgg"),
        ({"width": 0}, "width"),
        ({"kind": "vit", "width": 18, "heads": 3}, "multiple of 4"),
        ({"kind": "vit", "width": 16, "heads": 3}, "heads"),
        ({"kind": "vit", "width": 12, "tile_px": 20}, "cannot be cut"),
    ],
)
def test_an_impossible_encoder_is_refused(changes, words):
    with pytest.raises(ValueError, match=words):
        build_encoder(replace(EncoderSpec(), **changes))


def test_one_tile_is_read_whole_and_four_one_by_one(vit):
    quarters = images(4, 1, 32)
    whole = torch.cat([torch.cat([*quarters[:2]], dim=2), torch.cat([*quarters[2:]], dim=2)], dim=1)[None]
    with torch.inference_mode():
        maps = vit.forward_map(quarters)
        joined = vit.forward_map(whole)
    assert joined.shape == (1, 16, 8, 8)
    torch.testing.assert_close(joined[0, :, :4, 4:], maps[1])
    torch.testing.assert_close(joined[0, :, 4:, :4], maps[2])


def test_the_vits_map_lies_as_the_image_does(vit):
    values = vit._as_map(vit.forward_tokens(torch.zeros(1, 1, 32, 16)), 32, 16)
    assert values.shape == (1, 16, 4, 2)
    tokens = torch.arange(8.0).view(1, 8, 1)
    assert vit._as_map(tokens, 32, 16)[0, 0].tolist() == [[0, 1], [2, 3], [4, 5], [6, 7]]


def test_all_visible_patches_are_as_no_mask(vit):
    batch = images(2, 1, 32)
    everything = torch.arange(16).expand(2, -1)
    torch.testing.assert_close(vit.forward_tokens(batch, everything), vit.forward_tokens(batch))


def test_hidden_patches_are_not_looked_at(vit):
    batch, visible = images(1, 1, 32), torch.tensor([[0, 5, 15]])
    changed = batch.clone()
    changed[:, :, :8, 8:16] += 10  # patch 1
    assert vit.forward_tokens(batch, visible).shape == (1, 3, 16)
    torch.testing.assert_close(vit.forward_tokens(batch, visible), vit.forward_tokens(changed, visible))
    assert not torch.allclose(vit.forward_tokens(batch), vit.forward_tokens(changed))


def test_tokens_are_taken_by_index():
    tokens = torch.arange(12.0).view(2, 3, 2)
    taken = take_tokens(tokens, torch.tensor([[2, 0], [1, 1]]))
    assert taken.tolist() == [[[4, 5], [0, 1]], [[8, 9], [8, 9]]]


def test_positions_are_sines_and_cosines_of_row_and_column():
    positions = sincos_positions(3, 5, 8).view(3, 5, 8)
    expected = [math.sin(2), math.sin(2 / 100), math.cos(2), math.cos(2 / 100)]  # frequencies 1 and 10,000^-1/2
    torch.testing.assert_close(positions[2, 0, :4], torch.tensor(expected))
    torch.testing.assert_close(positions[0, 2, 4:], torch.tensor(expected))
    assert len(positions.flatten(0, 1).unique(dim=0)) == 15
