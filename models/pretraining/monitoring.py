"""What is looked at beside the training: embeddings, kNN score, pictures, and where the encoder stands.

Touches neither the weights nor the run's random state.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from models.encoders.architectures import Encoder
from models.errors import KnownError
from models.events import Embedding, Reconstruction, Views
from models.features.extraction import BATCH, EncoderFeatures, reading_scale
from models.features.health import effective_rank, knn_accuracy
from models.images.augment import Standardiser, augment
from models.images.pixels import Pixels
from models.pretraining.more_time import Standing, mistaken_share
from models.pretraining.trainer import Trainer

LOOK_IMAGES = 600
PICTURES = 6
DIVERGED = "Training has diverged: the loss is no number any more. Start again with a lower learning rate (--lr)."


def look(
    trainer: Trainer, views: Tensor, labels: dict[int, int], metrics: dict[str, float]
) -> Iterator[Embedding | Reconstruction | Views]:
    """Embeddings, health and pictures between two epochs; figures go into `metrics`."""
    objective, standardiser = trainer.objective, trainer.standardiser
    generator = torch.Generator().manual_seed(trainer.config.seed)
    objective.eval()
    try:
        positions = _look_positions(trainer.pixels, labels, generator)
        vectors = _embedded(trainer, objective.encoder, positions)
        metrics["effective_rank"] = effective_rank(vectors)
        score, images = _knn_score(vectors, positions, labels)
        if score is not None:
            metrics["knn_accuracy"] = score
            metrics["knn_images"] = float(images)
        if score is not None and (start := trainer.standings.get("start")) is not None:
            before, _ = _knn_score(start.vectors, start.positions, labels)
            metrics |= {} if before is None else {"knn_start": before}
        yield Embedding(trainer.position.epoch, positions.numpy(), vectors.numpy())
        crops = views[:, :PICTURES]  # (V, n, C, S, S)
        if objective.reconstructs:
            with torch.inference_mode():
                masked, rebuilt = objective.reconstruct(crops[0], generator)
            pictures = [_pictures(standardiser, x) for x in (crops[0], masked, rebuilt)]
            yield Reconstruction(trainer.position.epoch, *pictures)
        else:
            shown = torch.stack([torch.from_numpy(_pictures(standardiser, view)) for view in crops], dim=1)
            yield Views(trainer.position.epoch, shown.numpy())
    finally:
        objective.train()


def standing(trainer: Trainer, encoder: Encoder, labels: dict[int, int], positions: Tensor | None = None) -> Standing:
    """How an encoder of the run does on the images at `positions` (n,), by default those that looks show.

    The crops are the same whenever it is asked.

    Raises:
        KnownError: its embeddings are no numbers.
    """
    generator = torch.Generator().manual_seed(trainer.config.seed)
    if positions is None:
        positions = _look_positions(trainer.pixels, labels, generator)
    generator.manual_seed(trainer.config.seed + 1)
    was_training = encoder.training
    encoder.eval()
    try:
        first, second = _crop_features(trainer, encoder, positions, generator)
        return Standing(positions, _embedded(trainer, encoder, positions), mistaken_share(first, second))
    finally:
        encoder.train(was_training)


@torch.inference_mode()
def _crop_features(
    trainer: Trainer, encoder: Encoder, positions: Tensor, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Features (n, D) of two crops of each image, drawn as in training."""
    made: list[list[Tensor]] = [[], []]
    for part in positions.split(BATCH):
        images = trainer.pixels.windows(part, generator).float()
        for features in made:
            crops = augment(images, trainer.standardiser, trainer.config.augment, generator)
            features.append(encoder(crops).float().cpu())
    return torch.cat(made[0]), torch.cat(made[1])


def _knn_score(vectors: Tensor, positions: Tensor, labels: dict[int, int]) -> tuple[float | None, int]:
    """The score of embeddings (n, D) of the images at positions (n,), if it can be told, and on how many labels."""
    known = [i for i, position in enumerate(positions.tolist()) if position in labels]
    classes = torch.tensor([labels[int(positions[i])] for i in known])
    return (knn_accuracy(vectors[known], classes) if known else None), len(known)


def _embedded(trainer: Trainer, encoder: Encoder, positions: Tensor) -> Tensor:
    """(n, D) of the images at positions (n,)."""
    scale = reading_scale(trainer.pixels.window_shape)
    embed = EncoderFeatures(encoder, trainer.standardiser, scale, flips=False, right_angles=False)
    vectors = torch.empty(len(positions), encoder.features)
    for places, images in trainer.pixels.batches(BATCH, among=positions):
        vectors[places] = embed(images)["encoder_mean"].cpu()
    if not vectors.isfinite().all():
        raise KnownError(DIVERGED)
    return vectors


def _look_positions(pixels: Pixels, labels: dict[int, int], generator: torch.Generator) -> Tensor:
    """Labelled images first, then others at random, at most LOOK_IMAGES in all."""
    labelled = torch.tensor(sorted(labels), dtype=torch.int64)
    labelled = labelled[torch.randperm(len(labelled), generator=generator)[:LOOK_IMAGES]]
    others = torch.randperm(len(pixels), generator=generator)
    others = others[~torch.isin(others, labelled)][: LOOK_IMAGES - len(labelled)]
    return torch.cat([labelled, others.sort().values])


def _pictures(standardiser: Standardiser, images: Tensor) -> np.ndarray:
    return standardiser.inverse(images.float()).permute(0, 2, 3, 1).cpu().numpy()
