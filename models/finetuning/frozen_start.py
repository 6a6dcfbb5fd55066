"""Where fine-tuning starts: the network answers as a linear head on its frozen encoder does, not at random.

A head with random weights sends meaningless gradients through the encoder until it has learned something itself, and
spoils what pretraining has learned (Kumar et al., 2022, 'Fine-tuning can distort pretrained features').
"""

from __future__ import annotations

import numpy as np
import torch

from models.classification.classifier import stratified_folds
from models.classification.heads import LinearHead, fit_lda
from models.encoders.network import ClassifierNetwork
from models.evaluation.calibration import match_confidence, smoothed_share
from models.images.pixels import Pixels

BATCH = 64
HEAD_LEARNING_RATE = 5e-4  # at 3e-3, which suits a random head, the start is unlearned before the encoder has moved
UNSURE = 0.5  # mean confidence of a head that nothing can be held out for


def start_from_frozen_head(
    network: ClassifierNetwork, pixels: Pixels, positions: np.ndarray, labels: np.ndarray, *, seed: int = 0
) -> LinearHead:
    """Fit a linear head on what the network's linear layer reads, and make it that layer; returns the head.

    Args:
        network: on the device of `pixels`; only its linear layer changes.
        positions: (n,) of the images to fit on, none of which may judge the network later.
        labels: (n,) class indices.
    """
    batches = torch.from_numpy(positions).split(BATCH)
    features = torch.cat([network.embed(pixels.whole(batch)).cpu() for batch in batches]).numpy()
    head = frozen_head(features, labels, network.linear.out_features, seed=seed)
    with torch.no_grad():
        network.linear.weight.copy_(torch.from_numpy(head.weight))
        network.linear.bias.copy_(torch.from_numpy(head.bias))
    return head


def frozen_head(features: np.ndarray, labels: np.ndarray, classes: int, *, seed: int = 0) -> LinearHead:
    """A discriminant on features (n, D), as sure as it is right out of fold: an overconfident one would learn nothing.

    The features are standardised for the fit, since its covariance is shrunk towards one of equal scales.
    """
    mean, scale = features.mean(0), features.std(0) + 1e-6
    standardised = (features - mean) / scale
    counts = np.bincount(labels, minlength=classes)
    prior = (counts > 0) / np.count_nonzero(counts)
    head = fit_lda(standardised, labels, classes, prior=prior)
    temperature = _temperature(standardised, labels, head, prior, seed=seed)
    weight = head.weight / scale / temperature
    return LinearHead(weight.astype(np.float32), (head.bias / temperature - weight @ mean).astype(np.float32))


def _temperature(features: np.ndarray, labels: np.ndarray, head: LinearHead, prior: np.ndarray, *, seed: int) -> float:
    folds = stratified_folds(labels, seed=seed)
    judged = folds >= 0
    if not judged.any():
        return match_confidence(head.logits(features), UNSURE)
    logits = np.zeros((len(labels), len(prior)), dtype=np.float32)
    for fold in np.unique(folds[judged]):
        inside = folds == fold
        logits[inside] = fit_lda(features[~inside], labels[~inside], len(prior), prior=prior).logits(features[inside])
    right = np.count_nonzero(logits[judged].argmax(1) == labels[judged])
    return match_confidence(logits[judged], smoothed_share(right, np.count_nonzero(judged)))
