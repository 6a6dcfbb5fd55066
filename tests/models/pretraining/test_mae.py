"""The masked autoencoder: patches out and back, what is hidden, and where gradients go."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.features.texture import cells
from models.pretraining.mae import DECODERS, MAE, TARGETS, patch_targets, patchify, random_masking, unpatchify

PATCHES = 16  # of 8 px in an image of 32 px


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def images(batch: int = 4) -> torch.Tensor:
    return torch.randn(batch, 1, 32, 32, generator=seeded())


@given(
    rows=st.integers(1, 4), columns=st.integers(1, 4), channels=st.sampled_from([1, 3]), patch=st.sampled_from([2, 8])
)
@settings(max_examples=20, deadline=None)
def test_unpatchify_undoes_patchify(rows, columns, channels, patch):
    batch = torch.rand(2, channels, rows * patch, columns * patch, generator=seeded())
    patches = patchify(batch, patch)
    assert patches.shape == (2, rows * columns, channels, patch, patch)
    assert torch.equal(unpatchify(patches, rows * patch, columns * patch), batch)


def test_patches_are_counted_row_by_row():
    numbers = torch.arange(6.0).view(1, 1, 2, 3).repeat_interleave(4, 2).repeat_interleave(4, 3)
    assert patchify(numbers, 4)[0, :, 0, 0, 0].tolist() == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("patches", "ratio", "hidden"), [(16, 0.75, 12), (16, 0.9, 14), (16, 0.99, 15), (16, 0.01, 1), (2, 0.5, 1)]
)
def test_masks_hide_the_share_asked_for_and_never_all_or_none(patches, ratio, hidden):
    visible, mask = random_masking(5, patches, ratio, seeded())
    assert mask.sum(1).tolist() == [hidden] * 5
    assert visible.shape == (5, patches - hidden)
    assert not mask.gather(1, visible).any()
    assert (visible.diff(dim=1) > 0).all()


def test_masks_differ_from_image_to_image_and_repeat_with_the_seed():
    _, mask = random_masking(6, PATCHES, 0.5, seeded())
    assert len(mask.unique(dim=0)) == 6
    assert torch.equal(mask, random_masking(6, PATCHES, 0.5, seeded())[1])


def test_normalised_targets_have_no_mean_and_unit_deviation():
    target = patch_targets(patchify(5 + 3 * images(), 8), "normalised")
    torch.testing.assert_close(target.mean(-1), torch.zeros(4, PATCHES), atol=1e-5, rtol=0)
    torch.testing.assert_close(target.std(-1), torch.ones(4, PATCHES), atol=1e-4, rtol=0)


def test_texture_targets_are_standardised_over_the_batch():
    target = patch_targets(patchify(images(8), 8), "texture")
    assert target.shape == (8, PATCHES, cells(8))
    torch.testing.assert_close(target.mean((0, 1)), torch.zeros(cells(8)), atol=1e-4, rtol=0)
    torch.testing.assert_close(target.std((0, 1), correction=0), torch.ones(cells(8)), atol=1e-3, rtol=0)


def test_constant_images_have_finite_targets():
    patches = patchify(torch.full((2, 1, 32, 32), 0.7), 8)
    assert all(patch_targets(patches, target).isfinite().all() for target in TARGETS)


@pytest.mark.parametrize("loss_on", ["masked", "visible", "all"])
@pytest.mark.parametrize("decoder", DECODERS)
@pytest.mark.parametrize("target", TARGETS)
def test_every_combination_has_a_finite_loss_that_trains(vit, target, decoder, loss_on):
    objective = MAE(vit, target=target, decoder=decoder, loss_on=loss_on, decoder_width=16, decoder_heads=2)
    loss, features = objective(images()[None], seeded())
    loss.backward()
    assert loss.isfinite()
    assert features.shape == (4, vit.features)
    assert not features.requires_grad
    gradients = torch.cat([p.grad.flatten() for p in objective.parameters() if p.grad is not None])
    assert gradients.isfinite().all()
    assert gradients.abs().sum() > 0


def gradient_of_masked_loss(vit, decoder: str) -> tuple[torch.Tensor, torch.Tensor]:
    """d(loss on hidden patches) / d(pixels of each patch), summed, and the mask: each (B, N)."""
    batch = images().requires_grad_()
    objective = MAE(vit, decoder=decoder, target="pixels", loss_on="masked", mask_ratio=0.5)
    _, prediction, mask = objective.predict(batch, seeded())
    target = patchify(batch.detach(), 8).flatten(2)
    error = (prediction - target).square().mean(-1)
    (error * mask).sum().backward()
    return patchify(batch.grad, 8).abs().flatten(2).sum(-1), mask


def test_attention_lets_the_loss_on_hidden_patches_reach_the_visible_ones(vit):
    gradient, mask = gradient_of_masked_loss(vit, "attention")
    assert (gradient[~mask] > 0).all()
    assert (gradient[mask] == 0).all()  # what is hidden is not looked at


def test_the_papers_decoder_learns_nothing_from_hidden_patches(vit):
    """The paper's MLP reads each token alone: a hidden patch is the mask token and nothing else.

    So its prediction is the same for every image, d(loss on masked) / d(visible pixels) is zero, and what trains the
    encoder is the loss on visible patches: a plain autoencoder of single patches.
    """
    gradient, mask = gradient_of_masked_loss(vit, "mlp")
    assert (gradient == 0).all()
    _, prediction, mask = MAE(vit, decoder="mlp", mask_ratio=0.5).predict(images(), seeded())
    torch.testing.assert_close(prediction[mask], prediction[mask][:1].expand_as(prediction[mask]))


@pytest.mark.parametrize(("loss_on", "learns"), [("masked", False), ("visible", True), ("all", True)])
def test_with_the_papers_decoder_only_visible_patches_train_the_encoder(vit, loss_on, learns):
    loss, _ = MAE(vit, decoder="mlp", loss_on=loss_on)(images()[None], seeded())
    loss.backward()
    gradient = vit.embed.weight.grad
    assert bool(gradient is not None and gradient.abs().sum() > 0) is learns


@pytest.mark.parametrize("loss_on", ["masked", "visible", "all"])
def test_the_loss_counts_the_patches_that_it_says(vit, loss_on):
    objective = MAE(vit, target="pixels", loss_on=loss_on, mask_ratio=0.75)
    loss, _ = objective(images()[None], seeded())
    _, prediction, mask = objective.predict(images(), seeded())
    error = (prediction - patchify(images(), 8).flatten(2)).square().mean(-1)
    counted = {"masked": mask, "visible": ~mask, "all": torch.ones_like(mask)}[loss_on]
    torch.testing.assert_close(loss, error[counted].mean())


@pytest.mark.parametrize("target", ["normalised", "texture"])
def test_a_small_batch_can_be_learnt_by_heart(vit, target):
    torch.manual_seed(0)
    ramp = torch.linspace(-1, 1, 32)
    tilted = torch.stack([a * ramp[None, :] + b * ramp[:, None] for a, b in [(1, 0), (0, 1), (-1, 1), (1, 2)]])[:, None]
    objective = MAE(vit.train(), target=target, mask_ratio=0.5, decoder_width=32, decoder_heads=2)
    optimizer = torch.optim.Adam(objective.parameters(), lr=3e-3)
    losses = []
    for _ in range(80):
        loss, _ = objective(tilted[None], seeded())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.1 * losses[0]


@pytest.mark.parametrize("target", TARGETS)
def test_a_reconstruction_keeps_what_was_visible(vit, target):
    masked, rebuilt = MAE(vit, target=target, mask_ratio=0.5).reconstruct(images(), seeded())
    _, mask = random_masking(4, PATCHES, 0.5, seeded())
    original, masked, rebuilt = (patchify(x, 8) for x in (images(), masked, rebuilt))
    assert torch.equal(masked[~mask], original[~mask])
    assert torch.equal(rebuilt[~mask], original[~mask])
    assert (masked[mask] == 0).all()
    assert not torch.equal(rebuilt[mask], original[mask])
    assert rebuilt.isfinite().all()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"mask_ratio": 0.0}, "not 0.0"),
        ({"mask_ratio": 1.0}, "not 1.0"),
        ({"target": "edges"}, "not 'edges'"),
        ({"decoder": "linear"}, "not 'linear'"),
    ],
)
def test_an_impossible_setting_is_refused(vit, changes, words):
    with pytest.raises(ValueError, match=words):
        MAE(vit, **changes)


def test_an_unknown_part_for_the_loss_is_refused(vit):
    with pytest.raises(ValueError, match="hidden"):
        MAE(vit, loss_on="hidden")
