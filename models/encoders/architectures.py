"""Encoders: images (B, C, H, W) -> a map (B, D, h, w) and features (B, D).

Two of them, one interface (`Encoder`): a ResNet-18 whose width is free, and a vision transformer. Neither knows the
objective that trains it.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.encoders.spec import EncoderSpec

NARROW_PX = 48  # below, the last stage of a ResNet reads a map that is two wide or less


class Encoder(nn.Module):
    """What every encoder offers.

    Attributes:
        spec: how to build it again.
        features: D, the number of features of an image.
    """

    spec: EncoderSpec
    features: int

    def forward_map(self, images: Tensor) -> Tensor:
        """Images (B, C, H, W) -> the last map (B, D, h, w)."""
        raise ValueError(f"{type(self).__name__} has no map")

    def forward(self, images: Tensor) -> Tensor:
        """Images (B, C, H, W) -> features (B, D): the mean of the last map."""
        return self.forward_map(images).flatten(2).mean(2)


def build_encoder(spec: EncoderSpec) -> Encoder:
    """Build an encoder with random weights.

    Raises:
        ValueError: the spec names no known encoder or an impossible size.
    """
    if spec.kind == "resnet18":
        return ResNet18(spec)
    if spec.kind == "vit":
        return ViT(spec)
    raise ValueError(f"no encoder is called {spec.kind!r}")


class ResNet18(Encoder):
    """ResNet-18 (He et al., 2016, table 1) of torchvision's own blocks, with a free width.

    At width 64 and 3 channels torchvision's state dict fits, its classifier `fc` left out.
    """

    def __init__(self, spec: EncoderSpec) -> None:
        super().__init__()
        if spec.width < 1:
            raise ValueError(f"width must be at least 1, not {spec.width}")
        self.spec = spec
        width = spec.width
        self.features = 8 * width
        self.conv1 = nn.Conv2d(spec.channels, width, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.layer1 = _stage(width, width, stride=1)
        self.layer2 = _stage(width, 2 * width, stride=2)
        self.layer3 = _stage(2 * width, 4 * width, stride=2)
        self.layer4 = _stage(4 * width, 8 * width, stride=2)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward_map(self, images: Tensor) -> Tensor:
        return self.stages(images)[-1]

    def stages(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Images (B, C, H, W) -> the map of each stage, at a 4th, 8th, 16th and 32nd of their size."""
        height, width = images.shape[-2:]
        if images.device.type == "cpu" and width < NARROW_PX and height > width:
            # oneDNN's bfloat16 convolution of stride 2 reads memory that nobody wrote where its input is tall and at
            # most two wide: the features were garbage.
            with torch.autocast("cpu", enabled=False):
                return self._stages(images.float())
        return self._stages(images)

    def _stages(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        stem = F.max_pool2d(F.relu(self.bn1(self.conv1(images)), inplace=True), 3, stride=2, padding=1)
        first = self.layer1(stem)
        second = self.layer2(first)
        third = self.layer3(second)
        return first, second, third, self.layer4(third)


def _stage(inputs: int, outputs: int, *, stride: int) -> nn.Sequential:
    from torchvision.models.resnet import BasicBlock  # its import costs seconds: only a learning job pays it

    downsample = None
    if stride != 1 or inputs != outputs:
        downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))
    return nn.Sequential(BasicBlock(inputs, outputs, stride, downsample), BasicBlock(outputs, outputs))


class ViT(Encoder):
    """Vision transformer (Dosovitskiy et al., 2021): pre-LN blocks, fixed sine-cosine positions, no class token."""

    def __init__(self, spec: EncoderSpec) -> None:
        super().__init__()
        if spec.width % spec.heads or spec.width % 4:
            raise ValueError(f"width {spec.width} must be a multiple of 4 and of the number of heads, {spec.heads}")
        if spec.tile_px % spec.patch_px:
            raise ValueError(f"tiles of {spec.tile_px} px cannot be cut into patches of {spec.patch_px} px")
        self.spec = spec
        self.features = spec.width
        self.embed = nn.Conv2d(spec.channels, spec.width, spec.patch_px, stride=spec.patch_px)
        self.blocks = nn.ModuleList(Block(spec.width, spec.heads) for _ in range(spec.depth))
        self.norm = nn.LayerNorm(spec.width)
        initialise_transformer(self)

    def forward_tokens(self, images: Tensor, visible: Tensor | None = None) -> Tensor:
        """Images (B, C, H, W) -> tokens (B, N, D); with `visible` (B, n) indices only those patches are looked at."""
        embedded = self.embed(images)  # (B, D, h, w)
        positions = sincos_positions(embedded.shape[2], embedded.shape[3], self.features).to(embedded)
        tokens = embedded.flatten(2).transpose(1, 2) + positions  # (B, N, D)
        if visible is not None:
            tokens = take_tokens(tokens, visible)
        for block in self.blocks:
            tokens = block(tokens)
        return self.norm(tokens)

    def forward_map(self, images: Tensor) -> Tensor:
        """As `Encoder.forward_map`; images larger than the training tiles are read tile by tile and joined.

        Positions that training never saw cost up to 7 points, tiles none.
        """
        tile = self.spec.tile_px
        B, C, H, W = images.shape
        if not tile or (H == W == tile) or H % tile or W % tile:
            return self._as_map(self.forward_tokens(images), H, W)
        rows, columns = H // tile, W // tile
        tiles = images.reshape(B, C, rows, tile, columns, tile).permute(0, 2, 4, 1, 3, 5).reshape(-1, C, tile, tile)
        side = tile // self.spec.patch_px
        maps = self.forward_tokens(tiles).reshape(B, rows, columns, side, side, self.features)
        return maps.permute(0, 5, 1, 3, 2, 4).reshape(B, self.features, rows * side, columns * side)

    def _as_map(self, tokens: Tensor, height: int, width: int) -> Tensor:
        grid = (height // self.spec.patch_px, width // self.spec.patch_px)
        return tokens.transpose(1, 2).unflatten(2, grid)


class Block(nn.Module):
    """Pre-LN transformer block: attention and a GELU MLP four times as wide, both residual."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, tokens: Tensor) -> Tensor:
        """Tokens (B, N, D) -> tokens (B, N, D)."""
        q, k, v = self.qkv(self.norm1(tokens)).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        mixed = _attention(q, k, v).transpose(1, 2).flatten(2)
        tokens = tokens + self.proj(mixed)
        return tokens + self.mlp(self.norm2(tokens))


def _attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Scaled dot-product attention, each (B, heads, N, d).

    Written out on the CPU, where the fused kernel's backward in bfloat16 is five to seven times slower.
    """
    if q.is_cuda:
        return F.scaled_dot_product_attention(q, k, v)
    return torch.softmax(q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5, dim=-1) @ v


def take_tokens(tokens: Tensor, indices: Tensor) -> Tensor:
    """Pick tokens (B, N, D) at indices (B, n) -> (B, n, D)."""
    return tokens.gather(1, indices[..., None].expand(-1, -1, tokens.shape[-1]))


def sincos_positions(height: int, width: int, dim: int) -> Tensor:
    """Fixed 2-D sine-cosine positions (height * width, dim), half for each axis (He et al., 2022, appendix A.1)."""
    frequency = 10_000 ** (-torch.arange(dim // 4, dtype=torch.float64) / (dim // 4))

    def axis(length: int) -> Tensor:
        angle = torch.arange(length, dtype=torch.float64)[:, None] * frequency
        return torch.cat([angle.sin(), angle.cos()], dim=1)  # (length, dim / 2)

    rows = axis(height)[:, None].expand(height, width, -1)
    columns = axis(width)[None].expand(height, width, -1)
    return torch.cat([rows, columns], dim=-1).flatten(0, 1).float()


def initialise_transformer(module: nn.Module) -> None:
    """Xavier-uniform weights and zero biases for every linear layer and the patch embedding (He et al., 2022)."""
    for layer in module.modules():
        if isinstance(layer, nn.Linear | nn.Conv2d):
            nn.init.xavier_uniform_(layer.weight.flatten(1))
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


def parameter_count(module: nn.Module) -> int:
    """Number of trained numbers."""
    return sum(math.prod(p.shape) for p in module.parameters())
