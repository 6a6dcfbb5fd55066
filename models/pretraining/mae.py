"""Masked autoencoder: from a few visible patches, predict something of the others (He et al., 2022).

Dimensions: B images, N patches, n visible ones, P patch side, D token width, T numbers of one patch's target.
A mask says True where a patch is hidden from the encoder.
"""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from models.encoders.architectures import Block, ViT, initialise_transformer, sincos_positions
from models.features.texture import cells, patch_spectrum
from models.pretraining.objective import Objective

TARGETS = ("pixels", "normalised", "texture")
DECODERS = ("attention", "mlp")
LOSSES = ("masked", "visible", "all")


def patchify(images: Tensor, patch_px: int) -> Tensor:
    """Images (B, C, H, W) -> patches (B, N, C, P, P), row by row."""
    windows = images.unfold(2, patch_px, patch_px).unfold(3, patch_px, patch_px)  # (B, C, rows, columns, P, P)
    return windows.permute(0, 2, 3, 1, 4, 5).flatten(1, 2)


def unpatchify(patches: Tensor, height: int, width: int) -> Tensor:
    """Patches (B, N, C, P, P) -> images (B, C, height, width): the opposite of `patchify`."""
    B, _, C, P, _ = patches.shape
    grid = patches.reshape(B, height // P, width // P, C, P, P)
    return grid.permute(0, 3, 1, 4, 2, 5).reshape(B, C, height, width)


def random_masking(batch: int, patches: int, ratio: float, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Draw which patches stay visible.

    Returns:
        Indices of the visible patches (B, n) in rising order, and the mask (B, N), True where hidden. At least one
        patch is visible and, of two or more, one hidden.
    """
    hidden = min(max(round(ratio * patches), 1), patches - 1)
    order = torch.rand(batch, patches, generator=generator).argsort(1)
    visible = order[:, hidden:].sort(1).values
    mask = torch.ones(batch, patches, dtype=torch.bool).scatter(1, visible, False)
    return visible, mask


def patch_targets(patches: Tensor, target: str) -> Tensor:
    """What is predicted of patches (B, N, C, P, P) -> (B, N, T).

    'pixels': the pixels. 'normalised': each patch's pixels with its own mean and deviation removed (He et al., 2022,
    section 4.1). 'texture': its spectrum (`models.features.texture`), each number standardised over the batch.
    """
    if target == "texture":
        spectrum = patch_spectrum(patches.float()).flatten(2)  # (B, N, C * K)
        centred = spectrum - spectrum.mean((0, 1))
        return centred / centred.square().mean((0, 1)).sqrt().clamp(min=1e-3)
    pixels = patches.flatten(2)
    if target == "normalised":
        centred = pixels - pixels.mean(-1, keepdim=True)
        return centred / (centred.var(-1, keepdim=True) + 1e-6).sqrt()
    return pixels


class AttentionDecoder(nn.Module):
    """Mask tokens attend to the visible ones, so what is predicted of a hidden patch depends on the encoder."""

    def __init__(self, inputs: int, outputs: int, *, width: int, depth: int, heads: int) -> None:
        super().__init__()
        self.width = width
        self.project = nn.Linear(inputs, width)
        self.mask_token = nn.Parameter(torch.randn(1, 1, width) * 0.02)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(depth))
        self.norm = nn.LayerNorm(width)
        self.predict = nn.Linear(width, outputs)
        initialise_transformer(self)

    def forward(self, tokens: Tensor, visible: Tensor, grid: tuple[int, int]) -> Tensor:
        """Visible tokens (B, n, D) at indices (B, n) of a (rows, columns) grid -> predictions (B, N, T)."""
        tokens = self.project(tokens)
        index = visible[..., None].expand(-1, -1, self.width)
        count = grid[0] * grid[1]
        every = self.mask_token.to(tokens.dtype).expand(len(tokens), count, -1).scatter(1, index, tokens)
        every = every + sincos_positions(*grid, self.width).to(tokens)
        for block in self.blocks:
            every = block(every)
        return self.predict(self.norm(every))


class MLPDecoder(nn.Module):
    """The paper's decoder: each token alone, linear -> ReLU -> pixels.

    A hidden patch is predicted from the mask token and nothing else, so its loss sends the encoder no gradient at all:
    what trains is an autoencoder of the visible patches (`tests/models/pretraining/test_mae.py` shows both).
    """

    def __init__(self, inputs: int, outputs: int, *, hidden: int = 256) -> None:
        super().__init__()
        self.mask_token = nn.Parameter(torch.randn(1, 1, inputs) * 0.02)
        self.layers = nn.Sequential(nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, outputs))

    def forward(self, tokens: Tensor, visible: Tensor, grid: tuple[int, int]) -> Tensor:
        """As `AttentionDecoder.forward`."""
        index = visible[..., None].expand(-1, -1, tokens.shape[-1])
        every = self.mask_token.to(tokens.dtype).expand(len(tokens), grid[0] * grid[1], -1).scatter(1, index, tokens)
        return self.layers(every)


class MAE(Objective):
    """ViT encoder of the visible patches, a decoder, and the mean squared error of what it predicts.

    Args:
        target: 'pixels', 'normalised' or 'texture'.
        decoder: 'attention' or 'mlp'.
        loss_on: 'masked' (He et al., 2022), 'all' (the paper's loss with the `mlp` decoder), or 'visible': the control
            that predicts nothing it has not seen.
    """

    reconstructs: ClassVar[bool] = True

    def __init__(
        self,
        encoder: ViT,
        *,
        mask_ratio: float = 0.9,
        target: str = "texture",
        decoder: str = "attention",
        decoder_width: int = 128,
        decoder_depth: int = 1,
        decoder_heads: int = 4,
        loss_on: str = "masked",
    ) -> None:
        super().__init__()
        if not 0 < mask_ratio < 1:
            raise ValueError(f"the share of masked patches must lie between 0 and 1, not {mask_ratio}")
        if loss_on not in LOSSES:
            raise ValueError(f"the loss is taken on one of {', '.join(LOSSES)}, not {loss_on!r}")
        if target not in TARGETS:
            raise ValueError(f"target must be one of {', '.join(TARGETS)}, not {target!r}")
        self.encoder = encoder
        self.views = 1
        self.mask_ratio = mask_ratio
        self.target = target
        self.loss_on = loss_on
        self.patch_px = encoder.spec.patch_px
        channels = encoder.spec.channels
        outputs = channels * (cells(self.patch_px) if target == "texture" else self.patch_px**2)
        if decoder == "attention":
            self.decoder: nn.Module = AttentionDecoder(
                encoder.features, outputs, width=decoder_width, depth=decoder_depth, heads=decoder_heads
            )
        elif decoder == "mlp":
            self.decoder = MLPDecoder(encoder.features, outputs)
        else:
            raise ValueError(f"decoder must be one of {', '.join(DECODERS)}, not {decoder!r}")

    def forward(self, views: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        images = views[0]
        tokens, prediction, mask = self.predict(images, generator)
        with torch.no_grad(), torch.autocast(images.device.type, enabled=False):
            target = patch_targets(patchify(images, self.patch_px), self.target)
        error = (prediction.float() - target.float()).square().mean(-1)  # (B, N)
        weight = {"masked": mask, "visible": ~mask, "all": torch.ones_like(mask)}[self.loss_on].float()
        return (error * weight).sum() / weight.sum(), tokens.detach().mean(1)

    def predict(self, images: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """Images (B, C, H, W) -> visible tokens (B, n, D), predictions (B, N, T) and the mask (B, N)."""
        grid = (images.shape[2] // self.patch_px, images.shape[3] // self.patch_px)
        visible, mask = random_masking(len(images), grid[0] * grid[1], self.mask_ratio, generator)
        visible, mask = visible.to(images.device), mask.to(images.device)
        tokens = self.encoder.forward_tokens(images, visible)
        return tokens, self.decoder(tokens, visible, grid), mask

    def reconstruct(self, views: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """As `Objective.reconstruct`. A texture target has no phases: it is drawn as each patch's brightness."""
        patches = patchify(views, self.patch_px)
        _, prediction, mask = self.predict(views, generator)
        hidden = mask[:, :, None, None, None]
        predicted = self._as_pixels(prediction.float(), patches)
        masked = unpatchify(patches.masked_fill(hidden, 0.0), *views.shape[2:])
        return masked, unpatchify(torch.where(hidden, predicted, patches), *views.shape[2:])

    def _as_pixels(self, prediction: Tensor, patches: Tensor) -> Tensor:
        """Predictions (B, N, T) -> pixels shaped like `patches` (B, N, C, P, P)."""
        if self.target == "texture":
            spectrum = patch_spectrum(patches.float())  # (B, N, C, K); its constant is P times the mean
            centre, scale = spectrum[..., 0].mean((0, 1)), spectrum[..., 0].std((0, 1), correction=0)
            constant = prediction.unflatten(2, (patches.shape[2], -1))[..., 0] * scale + centre
            return (constant / self.patch_px)[..., None, None].expand_as(patches)
        pixels = prediction.view_as(patches)
        if self.target == "normalised":
            flat = patches.flatten(2)
            deviation, mean = torch.std_mean(flat, dim=-1, keepdim=True)
            return (pixels.flatten(2) * deviation + mean).view_as(patches)
        return pixels
