"""NT-Xent against a slow loop, the textbook's formula and a value in closed form."""

from __future__ import annotations

import math

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from models.pretraining.simclr import ProjectionHead, SimCLR, nt_xent


def embeddings(views: int, images: int, dim: int = 6) -> Tensor:
    return torch.randn(views * images, dim, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def slow_nt_xent(z: Tensor, views: int, temperature: float) -> float:
    """Every pair of views of an image against all views of the other images, one term after the other."""
    images = len(z) // views
    terms = []
    for image in range(images):
        for first in range(views):
            for second in set(range(views)) - {first}:
                anchor, positive = z[first * images + image], z[second * images + image]
                negatives = [z[v * images + other] for v in range(views) for other in range(images) if other != image]
                scores = [F.cosine_similarity(anchor, x, dim=0) / temperature for x in (positive, *negatives)]
                terms.append(-scores[0] + torch.stack(scores).logsumexp(0))
    return torch.stack(terms).mean().item()


@pytest.mark.parametrize("temperature", [0.07, 0.5])
@pytest.mark.parametrize(("views", "images"), [(2, 2), (2, 5), (3, 4), (4, 3)])
def test_loss_is_that_of_the_slow_loop(views, images, temperature):
    z = embeddings(views, images)
    expected = slow_nt_xent(z, views, temperature)
    assert nt_xent(z, views=views, temperature=temperature).item() == pytest.approx(expected, rel=1e-4)


def test_two_views_give_the_textbooks_cross_entropy():
    z = F.normalize(embeddings(2, 7).float(), dim=1)
    logits = (z @ z.T / 0.5).fill_diagonal_(-torch.inf)
    partner = torch.arange(14).roll(7)
    torch.testing.assert_close(nt_xent(z, views=2, temperature=0.5), F.cross_entropy(logits, partner))


@pytest.mark.parametrize(("views", "images", "temperature"), [(2, 4, 0.5), (3, 5, 0.2)])
def test_orthogonal_images_with_equal_views_have_a_closed_form(views, images, temperature):
    z = torch.eye(images).repeat(views, 1)
    negatives = views * (images - 1)
    expected = math.log(1 + negatives * math.exp(-1 / temperature))
    assert nt_xent(z, views=views, temperature=temperature).item() == pytest.approx(expected, rel=1e-4)


def test_equal_embeddings_of_all_images_are_chance():
    loss = nt_xent(torch.ones(2 * 5, 3), views=2, temperature=0.2)
    assert loss.item() == pytest.approx(math.log(1 + 2 * 4), rel=1e-4)


@pytest.mark.parametrize("views", [2, 3])
def test_neither_the_order_of_views_nor_of_images_nor_the_length_matters(views):
    z = embeddings(views, 4).view(views, 4, 6)
    loss = nt_xent(z.flatten(0, 1), views=views, temperature=0.3)
    for same in (z.flip(0), z[:, [2, 0, 3, 1]], 5 * z):
        torch.testing.assert_close(nt_xent(same.flatten(0, 1), views=views, temperature=0.3), loss)


def test_half_precision_embeddings_are_compared_in_float32():
    z = embeddings(2, 8).bfloat16()
    with torch.autocast("cpu", torch.bfloat16):
        loss = nt_xent(z, views=2, temperature=0.05)
    assert loss.dtype == torch.float32
    torch.testing.assert_close(loss, nt_xent(z.float(), views=2, temperature=0.05))


@pytest.mark.parametrize(
    ("count", "views", "temperature", "words"),
    [(8, 1, 0.2, "1 views"), (3, 2, 0.2, "3 embeddings"), (8, 2, 0.0, "not 0"), (8, 2, -1.0, "not -1")],
)
def test_what_cannot_be_contrasted_is_refused(count, views, temperature, words):
    with pytest.raises(ValueError, match=words):
        nt_xent(torch.ones(count, 4), views=views, temperature=temperature)


def test_one_view_is_refused_at_once(encoder):
    with pytest.raises(ValueError, match="not 1"):
        SimCLR(encoder, views=1)


@pytest.mark.parametrize("batch_norm", [True, False])
def test_the_projection_is_the_papers_with_or_without_a_norm(batch_norm):
    head = ProjectionHead(8, hidden=16, outputs=4, batch_norm=batch_norm)
    assert head(torch.randn(5, 8)).shape == (5, 4)
    assert any(isinstance(layer, torch.nn.BatchNorm1d) for layer in head) is batch_norm
    assert (head[0].bias is None) is batch_norm  # the norm has a bias of its own


def test_every_weight_learns_and_the_features_are_cut_off(encoder):
    objective = SimCLR(encoder.train(), views=3, projection_hidden=16, projection_outputs=8)
    loss, features = objective(torch.randn(3, 4, 1, 32, 32), torch.Generator())
    loss.backward()
    assert features.shape == (4, encoder.features)
    assert not features.requires_grad
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in objective.parameters())


def test_a_small_batch_can_be_learnt_by_heart(encoder):
    torch.manual_seed(0)
    objective = SimCLR(encoder.train(), projection_hidden=32, projection_outputs=16)
    views = torch.randn(1, 6, 1, 32, 32) + 0.3 * torch.randn(2, 6, 1, 32, 32)
    optimizer = torch.optim.Adam(objective.parameters(), lr=3e-3)
    losses = []
    for _ in range(25):
        loss, _ = objective(views, torch.Generator())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.1 * losses[0]
