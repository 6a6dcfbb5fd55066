"""What a pretraining run can be told, and what each preset says: for whoever offers the options."""

from __future__ import annotations

from dataclasses import fields

from models.pretraining.config import METHODS, PRESETS, PretrainConfig, preset

Value = int | float | bool | str


def pretrain_defaults() -> dict[tuple[str, str], dict[str, Value]]:
    """By (method, preset): every option's value, the names being PretrainConfig's, and 'size_px' and 'width'."""
    return {(method, name): _values(preset(method, name)) for method in METHODS for name in PRESETS}


def _values(config: PretrainConfig) -> dict[str, Value]:
    kept = {field.name: getattr(config, field.name) for field in fields(config)}
    values = {
        name: value for name, value in kept.items() if isinstance(value, Value) and name not in ("method", "preset")
    }
    augment = {name: value for name, value in vars(config.augment).items() if name in ("flips", "right_angles")}
    return {**values, **augment, "size_px": config.augment.size_px, "width": config.encoder.width}
