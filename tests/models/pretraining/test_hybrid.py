"""The hybrid objective is its two parts."""

from __future__ import annotations

import pytest
import torch

from models.pretraining.hybrid import Hybrid
from models.pretraining.simclr import SimCLR


@pytest.fixture
def contrast(encoder) -> SimCLR:
    return SimCLR(encoder.train(), projection_hidden=16, projection_outputs=8)


def views() -> torch.Tensor:
    return torch.randn(2, 6, 1, 32, 32, generator=torch.Generator().manual_seed(0))


def test_without_texture_it_is_simclr(encoder, contrast):
    loss, features = Hybrid(encoder, contrast, texture_weight=0.0)(views(), torch.Generator())
    expected, expected_features = contrast(views(), torch.Generator())
    torch.testing.assert_close(loss, expected)
    torch.testing.assert_close(features, expected_features)


def test_the_texture_part_grows_with_its_weight(encoder, contrast):
    torch.manual_seed(0)
    objective = Hybrid(encoder, contrast, texture_weight=1.0)
    once, _ = objective(views(), torch.Generator())
    objective.texture_weight = 3.0
    thrice, _ = objective(views(), torch.Generator())
    error = (thrice - once) / 2
    torch.testing.assert_close(once - error, contrast(views(), torch.Generator())[0])
    assert 0.5 < error.item() < 3.0  # a guess of standardised numbers misses by about their variance


def test_both_heads_and_the_encoder_learn(encoder, contrast):
    objective = Hybrid(encoder, contrast)
    loss, features = objective(views(), torch.Generator())
    loss.backward()
    assert not features.requires_grad
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in objective.parameters())


def test_equal_crops_have_a_finite_loss(encoder, contrast):
    loss, _ = Hybrid(encoder, contrast)(torch.full((2, 4, 1, 32, 32), 0.5), torch.Generator())
    assert loss.isfinite()


def test_the_texture_of_a_batch_can_be_learnt_by_heart(encoder, contrast):
    torch.manual_seed(0)
    objective = Hybrid(encoder, contrast)
    optimizer = torch.optim.Adam(objective.parameters(), lr=3e-3)
    losses = []
    for _ in range(40):
        loss, _ = objective(views(), torch.Generator())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.3 * losses[0]
