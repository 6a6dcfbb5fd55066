"""What a pretraining run can be told, and the presets."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from models.encoders.spec import EncoderSpec
from models.images.augment_config import AugmentConfig

METHOD_NAMES = {"simclr": "SimCLR", "mae": "MAE", "hybrid": "Hybrid"}
METHODS = tuple(METHOD_NAMES)
DEFAULT_METHOD = "hybrid"  # a step costs 3 % more than SimCLR's; what it brought: docs/measurements.md
PRESETS = ("quick", "balanced", "best", "paper")
# How many augmented crops a preset draws in all: what was measured is a number of crops, not of epochs.
CROP_BUDGETS = {"quick": 260_000, "balanced": 1_000_000, "best": 4_000_000}
# Minutes that a preset takes at most on a laptop of two cores, the anomaly detector included.
PROMISED_MINUTES = {"quick": 10, "balanced": 25, "best": 90}
# Windows that the anomaly detector learns from after it: for each crop of the encoder's, and at most in a preset.
# Beyond about 100,000 it learns the pool's real defects by heart, as background.
ANOMALY_WINDOWS_PER_CROP = 0.29
ANOMALY_WINDOWS = {"quick": 75_000, "balanced": 100_000, "best": 100_000, "paper": 0}
MIN_EPOCHS = 4  # below this a large project's schedule is all warm-up


@dataclass(frozen=True)
class PretrainConfig:
    """Options of one run; the defaults were chosen on steel (docs/measurements.md says how)."""

    method: str = "simclr"
    preset: str = "quick"
    encoder: EncoderSpec = field(default_factory=EncoderSpec)
    augment: AugmentConfig = field(default_factory=AugmentConfig)
    epochs: int = 0  # 0: as many as the preset's budget of crops gives
    batch_size: int = 128  # images a step
    views: int = 4  # of each image (contrast only); 4 gain 3 to 6 points over 2 at one label a class, at equal crops
    learning_rate: float = 3e-3
    weight_decay: float = 1e-4
    betas: tuple[float, float] = (0.9, 0.999)
    warmup: float = 0.1  # share of the steps
    clip_norm: float = 0.0  # 0: no clipping
    temperature: float = 0.2
    projection_hidden: int = 512
    projection_outputs: int = 128
    projection_batch_norm: bool = True
    mask_ratio: float = 0.9
    target: str = "texture"
    decoder: str = "attention"
    loss_on: str = "masked"
    texture_weight: float = 2.0  # hybrid
    small_defects: bool = True  # whether an anomaly detector is trained afterwards
    amp: bool = True  # bfloat16 where the processor has it, float16/bfloat16 on CUDA
    seed: int = 0

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ValueError(f"method must be one of {', '.join(METHODS)}, not {self.method!r}")
        crop_px, patch_px = self.augment.size_px, max(self.encoder.patch_px, 1)
        if self.method == "mae" and crop_px % patch_px:
            raise ValueError(f"crops of {crop_px} px are not whole patches of {patch_px} px")
        if self.method == "mae" and crop_px == patch_px:
            raise ValueError(f"crops of {crop_px} px are a single patch, from which no other can be predicted")
        if self.epochs < 0 or self.batch_size < 2 or self.learning_rate <= 0:
            raise ValueError("epochs must not be negative, batches at least 2 images, the learning rate positive")

    def epochs_for(self, images: int) -> int:
        """Epochs over `images` images: as told, or as the preset's budget of crops gives."""
        if self.epochs:
            return self.epochs
        return max(MIN_EPOCHS, round(CROP_BUDGETS[self.preset] / self._crops_per_epoch(images)))

    def anomaly_windows(self, images: int) -> int:
        """Windows for the anomaly detector after `epochs_for` as many images; 0 for none."""
        if not self.small_defects:
            return 0
        crops = self.epochs_for(images) * self._crops_per_epoch(images)
        return min(round(ANOMALY_WINDOWS_PER_CROP * crops), ANOMALY_WINDOWS[self.preset])

    def _crops_per_epoch(self, images: int) -> int:
        batch = min(self.batch_size, max(images, 1))
        return max(images, 1) // batch * batch * (1 if self.method == "mae" else self.views)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> PretrainConfig:
        """The opposite of `to_json`."""
        values = dict(values)
        values["encoder"] = EncoderSpec(**values["encoder"])
        values["augment"] = AugmentConfig(**values["augment"])
        values["betas"] = tuple(values["betas"])
        return cls(**values)


def preset(method: str, name: str = "quick", *, channels: int = 1) -> PretrainConfig:
    """The settings of a preset.

    Raises:
        ValueError: no such method or preset.
    """
    if name not in PRESETS:
        raise ValueError(f"preset must be one of {', '.join(PRESETS)}, not {name!r}")
    config = PretrainConfig(method=method, preset=name)
    if name == "paper":
        return _paper(config, channels)
    if method == "mae":
        return replace(
            config,
            encoder=EncoderSpec(kind="vit", channels=channels, width=192, patch_px=8, depth=6, heads=3, tile_px=64),
            augment=AugmentConfig(area_min=0.1, area_max=0.6, contrast=0.0, brightness=0.0),
            learning_rate=1e-3,
            weight_decay=0.05,
            betas=(0.9, 0.95),
            clip_norm=3.0,
        )
    return replace(config, encoder=EncoderSpec(channels=channels))


def _paper(config: PretrainConfig, channels: int) -> PretrainConfig:
    """The paper's values: 224 px, batch 64, 50 epochs, Adam at 1e-3 without schedule details that it does not give."""
    common = {
        "epochs": 50,
        "batch_size": 64,
        "views": 2,
        "learning_rate": 1e-3,
        "weight_decay": 0.0,
        "temperature": 0.5,
        "projection_batch_norm": False,
        "mask_ratio": 0.75,
        "target": "pixels",
        "decoder": "mlp",
        "loss_on": "all",
        "augment": AugmentConfig(size_px=224, brightness=0.4),
    }
    if config.method == "mae":
        spec = EncoderSpec(kind="vit", channels=channels, width=512, patch_px=16, depth=6, heads=8, tile_px=224)
    else:
        spec = EncoderSpec(channels=channels, width=64)
    return replace(config, encoder=spec, **common)
