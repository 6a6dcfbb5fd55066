"""An encoder with a linear layer on top."""

from __future__ import annotations

import pytest
import torch

from models.encoders.architectures import Encoder
from models.encoders.network import ClassifierNetwork
from models.images.augment import Standardiser


def build(encoder: Encoder, standardiser: Standardiser, *, norm: bool = False) -> ClassifierNetwork:
    return ClassifierNetwork(encoder, standardiser, classes=3, size_px=32, norm=norm)


def test_images_of_any_size_become_logits(encoder, standardiser):
    network = build(encoder, standardiser)
    images = torch.randint(0, 256, (2, 1, 40, 60), dtype=torch.uint8)
    logits = network.predict(images)
    assert logits.shape == (2, 3)
    assert logits.dtype == torch.float32
    assert network.prepare(images).shape == (2, 1, 32, 32)


def test_preparing_standardises(encoder, standardiser):
    grey = torch.full((1, 1, 32, 32), 168, dtype=torch.uint8)
    torch.testing.assert_close(build(encoder, standardiser).prepare(grey), torch.ones(1, 1, 32, 32))


def test_an_answer_does_not_depend_on_the_other_images(encoder, standardiser):
    network = build(encoder, standardiser).train()
    images = torch.randint(0, 256, (4, 1, 32, 32), dtype=torch.uint8)
    torch.testing.assert_close(network.predict(images)[:1], network.predict(images[:1]))


@pytest.mark.parametrize("norm", [True, False])
def test_the_norm_takes_the_features_scale_away(encoder, standardiser, norm):
    network = build(encoder, standardiser, norm=norm)
    features = torch.randn(2, encoder.features, generator=torch.Generator().manual_seed(0))
    unchanged = torch.allclose(network.head(features), network.head(10 * features), atol=1e-3)
    assert unchanged is norm
