"""How an encoder is built, as numbers: apart from the networks, so that settings can be read without torch."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

IMAGENET_WIDTH = 64  # of torchvision's ResNet-18, the one whose ImageNet weights are published


@dataclass(frozen=True)
class EncoderSpec:
    """All that is needed to build an encoder again before its weights are loaded."""

    kind: str = "resnet18"  # 'resnet18' or 'vit'
    channels: int = 1
    width: int = 32  # ResNet: channels of the first stage; ViT: token width D
    patch_px: int = 8  # ViT only
    depth: int = 6  # ViT only
    heads: int = 3  # ViT only
    tile_px: int = 0  # ViT only: side of the images that it was trained on; larger ones are read tile by tile

    @property
    def words(self) -> str:
        """For a sentence to a user."""
        images = "grey" if self.channels == 1 else "colour"
        if self.kind == "vit":
            return f"vision transformer of width {self.width} for {images} crops of {self.tile_px} px"
        return f"ResNet-18 of width {self.width} for {images} images"

    def to_json(self) -> dict[str, Any]:
        return asdict(self)
