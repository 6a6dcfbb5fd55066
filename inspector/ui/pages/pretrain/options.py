"""Every option of a pretraining run: what it is called, in which bounds it lies, for which methods it counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from inspector.jobs.pretraining.request import PretrainRequest
from models.images.augment_config import LARGEST_PX

ALL = ("simclr", "mae", "hybrid")
CONTRAST = ("simclr", "hybrid")
MASKING = ("mae", "hybrid")
REQUEST_FIELDS = ("size_px", "width", "flips", "right_angles")  # the others are overrides of PretrainConfig


@dataclass(frozen=True)
class Option:
    """One option. `kind` is 'int', 'float', 'flag' or 'choice'; `special` is what the lowest value means.

    `text` stands beside a flag whose label does not say enough.
    """

    name: str
    label: str
    kind: str
    tip: str
    methods: tuple[str, ...] = ALL
    low: float = 0
    high: float = 1_000_000
    decimals: int = 4
    choices: tuple[str, ...] = ()
    special: str = ""
    text: str = ""


OPTIONS = (
    Option("epochs", "Epochs", "int", "How often every image is seen.", high=100_000, special="by the preset"),
    Option("size_px", "Crop size", "int", "Side of the crops that the network sees, in px.", low=16, high=LARGEST_PX),
    Option(
        "batch_size",
        "Batch",
        "int",
        "Images a step. Lower it when the graphics card's memory is full.",
        low=2,
        high=8192,
    ),
    Option("views", "Views", "int", "Crops of each image that are pulled together.", CONTRAST, low=2, high=16),
    Option("width", "Encoder width", "int", "Channels of the first stage, or of a token.", low=8, high=1024),
    Option("learning_rate", "Learning rate", "float", "Its peak, after the warm-up.", low=0.000001, high=1, decimals=6),
    Option("warmup", "Warm-up", "float", "Share of the steps in which the rate rises.", high=0.9, decimals=2),
    Option("weight_decay", "Weight decay", "float", "How strongly weights are pulled to zero.", high=1, decimals=5),
    Option("clip_norm", "Clip gradients", "float", "Longest gradient.", high=1000, decimals=1, special="off"),
    Option(
        "temperature",
        "Temperature",
        "float",
        "Of NT-Xent; lower separates harder.",
        CONTRAST,
        low=0.01,
        high=5,
        decimals=2,
    ),
    Option(
        "projection_hidden", "Projection hidden", "int", "Units in the projection head.", CONTRAST, low=8, high=8192
    ),
    Option("projection_outputs", "Projection output", "int", "Numbers that are compared.", CONTRAST, low=8, high=8192),
    Option("projection_batch_norm", "Projection norm", "flag", "Batch norm in the projection head.", CONTRAST),
    Option(
        "mask_ratio",
        "Hidden share",
        "float",
        "Share of the patches that are hidden.",
        MASKING,
        low=0.1,
        high=0.95,
        decimals=2,
    ),
    Option(
        "target",
        "Target",
        "choice",
        "What is predicted of hidden patches.",
        MASKING,
        choices=("texture", "pixels", "normalised"),
    ),
    Option("decoder", "Decoder", "choice", "What fills in.", MASKING, choices=("attention", "mlp")),
    Option("loss_on", "Loss on", "choice", "Which patches count.", MASKING, choices=("masked", "visible", "all")),
    Option(
        "texture_weight",
        "Texture weight",
        "float",
        "Of the masked part beside the contrast.",
        ("hybrid",),
        high=100,
        decimals=2,
    ),
    Option("flips", "Flips", "flag", "Off where left and right, or up and down, make a class."),
    Option("right_angles", "Right angles", "flag", "Off where the rolling direction makes a class."),
    Option(
        "small_defects",
        "Small defects",
        "flag",
        "Also learn to spot small defects: takes about as long again as the encoder, and is needed for maps and for "
        "finding rare defects.",
        text="Also learn to spot",
    ),
    Option("amp", "Half precision", "flag", "Faster where the device has it, at equal accuracy."),
    Option("seed", "Seed", "int", "The same seed gives the same run.", high=2**31 - 1),
)


def options_for(method: str) -> list[Option]:
    """The options that count for a method."""
    return [option for option in OPTIONS if method in option.methods]


def request_of(
    method: str,
    preset: str,
    values: Mapping[str, Any],
    defaults: Mapping[str, Any],
    *,
    minutes: float = 0.0,
    start_from: str = "random",
    device: str = "auto",
) -> PretrainRequest:
    """The request that says what differs from the preset; `minutes` 0: as many epochs as set."""
    counted = {option.name for option in options_for(method)}
    changed = {name: value for name, value in values.items() if name in counted and value != defaults.get(name)}
    overrides = {name: value for name, value in changed.items() if name not in REQUEST_FIELDS}
    return PretrainRequest(
        method=method,
        preset=preset,
        overrides=overrides or None,
        size_px=changed.get("size_px"),
        width=changed.get("width"),
        flips=bool(values.get("flips", True)),
        right_angles=bool(values.get("right_angles", True)),
        minutes=minutes or None,
        start_from=start_from,
        device=device,
    )
