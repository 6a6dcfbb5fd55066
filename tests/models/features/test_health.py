"""How an embedding does: known ranks, known neighbours."""

from __future__ import annotations

import pytest
import torch

from models.features.health import effective_rank, is_collapsed, knn_accuracy


def noise(count: int, dim: int) -> torch.Tensor:
    return torch.randn(count, dim, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("rank", [1, 2, 5])
def test_directions_of_equal_strength_are_counted(rank):
    directions = torch.linalg.qr(noise(8, 8)).Q[:rank]
    embeddings = torch.cat([directions, -directions])
    assert effective_rank(embeddings) == pytest.approx(rank, abs=1e-3)


def test_rank_ignores_scale_and_offset():
    embeddings = noise(50, 6)
    assert effective_rank(7 * embeddings + 100) == pytest.approx(effective_rank(embeddings), rel=1e-3)


def test_equal_embeddings_have_rank_one():
    assert effective_rank(torch.ones(5, 4)) == 1.0


@pytest.mark.parametrize("embeddings", [torch.ones(20, 8), 1 + 1e-5 * noise(20, 8), noise(20, 1) * torch.ones(8)])
def test_a_point_or_a_line_is_a_collapse(embeddings):
    assert is_collapsed(embeddings)


def test_a_cloud_is_no_collapse():
    assert not is_collapsed(noise(20, 8))
    assert not is_collapsed(noise(20, 8).relu())


def test_neighbours_of_the_same_class_count_as_right():
    centres = torch.eye(4)[torch.arange(20) % 2]
    assert knn_accuracy(centres + 0.1 * noise(20, 4), torch.arange(20) % 2) == 1.0


def test_no_image_votes_for_itself():
    angles = torch.tensor([0.0, 0.01, 1.5, 1.51])
    pairs = torch.stack([angles.cos(), angles.sin()], dim=1)
    assert knn_accuracy(pairs, torch.tensor([0, 1, 0, 1]), neighbours=1) == 0.0


@pytest.mark.parametrize("labels", [[0, 0, 0], [0, 1, 2]])
def test_what_cannot_be_told_is_none(labels):
    assert knn_accuracy(noise(3, 4), torch.tensor(labels)) is None
