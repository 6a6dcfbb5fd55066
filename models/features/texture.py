"""The texture spectrum: an untrained descriptor of surfaces.

Log energies of DCT bands of small patches. It serves four ends: a control that stands beside every encoder (nothing
learnt is worth selling that does not beat it), a partner whose blocks are fused with an encoder's, a target for
masked autoencoders, and the features that suggestions and guesses read before any pretraining.

Dimensions: B images, C channels, N patches, P patch side, K band cells of one patch.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

import torch
from torch import Tensor

from models.images.augment import Standardiser
from models.images.windows import mirrored

VERSION = 2  # raise it when the same images give other blocks
PATCH_SIZES = (8, 16, 32)
ENERGY_FLOOR = 1e-3  # below this a band is empty: sensor noise of a standardised 8-bit image lies above it
UNUSUAL_SHARE = 0.02  # a small defect covers a few per cent of the picture
DISTANCE_QUANTILES = (0.5, 0.9, 0.99, 1.0)


@cache
@torch.inference_mode(False)  # cached tensors must serve a loss too, whoever asks for them first
def dct_matrix(size: int) -> Tensor:
    """Orthonormal DCT-II matrix (size, size): row k holds the basis of frequency k (Ahmed et al., 1974, eq. 1)."""
    frequency = torch.arange(size, dtype=torch.float64)[:, None]
    position = torch.arange(size, dtype=torch.float64)[None, :]
    basis = torch.cos(math.pi * (position + 0.5) * frequency / size) * math.sqrt(2 / size)
    basis[0] /= math.sqrt(2)
    return basis.float()


@cache
@torch.inference_mode(False)
def band_matrix(size: int) -> Tensor:
    """Averaging matrix (size, bands) of the octave bands {0}, {1}, {2-3}, {4-7}, ... of one axis."""
    edges = [0, 1, *(2**k for k in range(1, size.bit_length()))]
    bands = torch.zeros(size, len(edges) - 1)
    for band, (low, high) in enumerate(pairwise(edges)):
        bands[low:high, band] = 1 / (high - low)
    return bands


def cells(patch_size: int) -> int:
    """Numbers that describe one patch: bands squared (16, 25, 36 for 8, 16, 32)."""
    return band_matrix(patch_size).shape[1] ** 2


def patch_spectrum(patches: Tensor) -> Tensor:
    """Band log energies of patches: (..., P, P) -> (..., K). The constant coefficient is kept signed, not squared."""
    size = patches.shape[-1]
    dct = dct_matrix(size).to(patches)
    return _band_log_energy(dct @ patches @ dct.T)


def _band_log_energy(coefficients: Tensor) -> Tensor:
    """(..., P, P) DCT coefficients -> (..., K) log energies."""
    bands = band_matrix(coefficients.shape[-1]).to(coefficients)
    both_axes = torch.kron(bands, bands)  # (P * P, K): one product of two plain matrices, not one a patch
    spectrum = torch.log(coefficients.square().flatten(-2) @ both_axes + ENERGY_FLOOR)
    spectrum[..., 0] = coefficients[..., 0, 0]
    return spectrum


def patch_grid_spectrum(images: Tensor, patch_size: int) -> Tensor:
    """Spectra of all patches at stride P/2: (B, C, H, W) -> (B, C, rows, columns, K). Images below P are refused.

    Separable: the DCT along rows is shared by all patches that overlap vertically.

    Raises:
        ValueError: the image is smaller than a patch.
    """
    if min(images.shape[-2:]) < patch_size:
        raise ValueError(f"images of {tuple(images.shape[-2:])} are smaller than a patch of {patch_size}")
    dct = dct_matrix(patch_size).to(images)
    stride = patch_size // 2
    along_width = images.unfold(-1, patch_size, stride).contiguous() @ dct.T  # (B, C, H, columns, P)
    windows = along_width.unfold(2, patch_size, stride)  # (B, C, rows, columns, P frequencies, P rows)
    return _band_log_energy(windows.contiguous() @ dct.T)  # horizontal frequency first: the cells come transposed


def global_block(grid: Tensor) -> Tensor:
    """Mean and deviation over the non-overlapping patches: (B, C, rows, columns, K) -> (B, 2CK)."""
    patches = grid[:, :, ::2, ::2].flatten(2, 3)  # (B, C, N, K)
    return torch.cat([patches.mean(2), patches.std(2, correction=0)], dim=-1).flatten(1)


def local_residual(grid: Tensor) -> Tensor:
    """What each patch has that its image's median patch has not: (B, C, rows, columns, K) -> (B, N, CK)."""
    patches = grid.flatten(2, 3).transpose(1, 2).flatten(2)  # (B, N, CK)
    return patches - patches.median(1, keepdim=True).values


def local_block(residual: Tensor, deviation: Tensor) -> Tensor:
    """What is unusual within its own image: (B, N, CK) residuals and their pool's deviation (CK,) -> (B, 3CK + 4).

    Mean of the farthest 2 % of the patches, largest and smallest value of each coefficient, quantiles of the distance
    (root mean square over coefficients).
    """
    scaled = residual / deviation.clamp(min=1e-6)
    distance = scaled.square().mean(-1).sqrt()  # (B, N)
    count = max(1, round(UNUSUAL_SHARE * distance.shape[1]))
    farthest = distance.topk(count, dim=1).indices[..., None].expand(-1, -1, scaled.shape[-1])
    quantiles = torch.quantile(distance, distance.new_tensor(DISTANCE_QUANTILES), dim=1).T
    return torch.cat([scaled.gather(1, farthest).mean(1), scaled.amax(1), scaled.amin(1), quantiles], dim=1)


@dataclass
class TextureSpectrum:
    """The whole descriptor, global and local, at several patch sizes: uint8 images -> blocks.

    Args:
        standardiser: the pool's pixel statistics.
        deviations: what `fit` measures: patch size -> the pool's deviation of each local coefficient (CK,).
    """

    standardiser: Standardiser
    deviations: dict[int, Tensor] = field(default_factory=dict)

    @classmethod
    @torch.inference_mode()
    def fit(cls, batches: Iterable[Tensor], standardiser: Standardiser) -> TextureSpectrum:
        """Measure the pool from batches of uint8 images (B, C, H, W), whose sizes may differ from batch to batch.

        Patches larger than half of the images are left out.
        """
        squares: dict[int, Tensor] = {}
        patches: dict[int, int] = {}
        large_enough: dict[int, int] = {}
        images_seen = 0
        for images in batches:
            standard = standardiser(images)
            images_seen += len(images)
            for size in (size for size in PATCH_SIZES if size <= min(images.shape[-2:])):
                residual = local_residual(patch_grid_spectrum(standard, size)).flatten(0, 1).double()
                squares[size] = squares.get(size, 0) + residual.square().sum(0)
                patches[size] = patches.get(size, 0) + len(residual)
                large_enough[size] = large_enough.get(size, 0) + len(images)
        kept = [size for size in PATCH_SIZES if 2 * large_enough.get(size, 0) >= images_seen]
        return cls(standardiser, {size: (squares[size] / patches[size]).sqrt().float() for size in kept})

    @torch.inference_mode()
    def __call__(self, images: Tensor) -> dict[str, Tensor]:
        """Describe uint8 images (B, C, H, W): block name ('global8', 'local8', ...) -> (B, D) float32.

        Images smaller than a patch are continued by mirroring, so that every image has every block.
        """
        standard = self.standardiser(images)
        blocks = {}
        for size, deviation in self.deviations.items():
            grid = patch_grid_spectrum(mirrored(standard, height=size, width=size), size)
            blocks[f"global{size}"] = global_block(grid)
            blocks[f"local{size}"] = local_block(local_residual(grid), deviation.to(standard))
        return blocks

    def state(self) -> dict[str, Tensor]:
        """What `fit` measured, as tensors for a weight file."""
        return {str(size): deviation for size, deviation in self.deviations.items()}

    @classmethod
    def from_state(cls, state: dict[str, Tensor], standardiser: Standardiser) -> TextureSpectrum:
        """The opposite of `state`."""
        return cls(standardiser, {int(size): state[size] for size in sorted(state, key=int)})
