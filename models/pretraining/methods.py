"""From a configuration to the objective that it names."""

from __future__ import annotations

from typing import cast

from models.encoders.architectures import Encoder, ViT, build_encoder
from models.pretraining.config import PretrainConfig
from models.pretraining.hybrid import Hybrid
from models.pretraining.mae import MAE
from models.pretraining.objective import Objective
from models.pretraining.simclr import SimCLR


def build_objective(config: PretrainConfig) -> Objective:
    """Build the encoder and heads with random weights, drawn from torch's global generator.

    Raises:
        ValueError: the encoder does not suit the method.
    """
    encoder = build_encoder(config.encoder)
    if config.method == "mae":
        return _mae(cast(ViT, encoder), config)
    contrast = SimCLR(
        encoder,
        views=config.views,
        temperature=config.temperature,
        projection_hidden=config.projection_hidden,
        projection_outputs=config.projection_outputs,
        projection_batch_norm=config.projection_batch_norm,
    )
    if config.method == "hybrid":
        return Hybrid(encoder, contrast, texture_weight=config.texture_weight)
    return contrast


def _mae(encoder: Encoder, config: PretrainConfig) -> MAE:
    if not isinstance(encoder, ViT):
        raise ValueError(f"a masked autoencoder needs a vision transformer, not {config.encoder.kind}")
    return MAE(
        encoder,
        mask_ratio=config.mask_ratio,
        target=config.target,
        decoder=config.decoder,
        loss_on=config.loss_on,
    )
