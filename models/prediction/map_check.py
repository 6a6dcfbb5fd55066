"""Whether a model's maps can be believed: two tests that a map must pass before anybody is shown one.

Deletion (Petsiuk et al., 2018): painting over what a map points at must take away the evidence for a defect, and more
than painting over as much elsewhere does. Randomisation (Adebayo et al., 2018): a model with shuffled weights must give
another map.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from models.evaluation.calibration import Calibration
from models.small_defects.anomaly_network import CELL_PX
from models.small_defects.multiple_instance import MultipleInstanceModel

POINTED = 0.5  # share of a map's maximum from which it points at a pixel
LEAST_FALL = 0.2  # of the probability of a defect, beyond what painting elsewhere costs
MOST_LIKENESS = 0.5  # rank correlation with the map of a model with shuffled weights
INPAINTING_RADIUS_PX = 3


@dataclass(frozen=True)
class MapCheck:
    """What the tests found, as means over `images`.

    Attributes:
        fall: of the probability that the image shows a defect, when what the map points at is painted over.
        fall_elsewhere: when the same shape is painted over at the opposite end of the image.
        likeness: rank correlation with the map of shuffled weights.
    """

    images: int
    fall: float
    fall_elsewhere: float
    likeness: float

    @property
    def is_reliable(self) -> bool:
        """Whether the maps pass."""
        return self.fall - self.fall_elsewhere >= LEAST_FALL and self.likeness <= MOST_LIKENESS

    def to_json(self) -> dict[str, Any]:
        """For a model file."""
        return {**asdict(self), "reliable": self.is_reliable}


def check_maps(
    model: MultipleInstanceModel, images: Sequence[Tensor], *, calibration: Calibration, seed: int = 0
) -> MapCheck | None:
    """Test the maps on images (C, H, W) uint8 with a defect; None without an image or without a background class."""
    if model.background is None or not images:
        return None
    shuffled = with_shuffled_weights(model, seed=seed)
    falls, elsewhere, likeness = [], [], []
    for image in images:
        heat = model.maps(image[None])[0]
        pointed = pointed_at(heat)
        before = _defect_probability(model, image, calibration)
        falls.append(before - _defect_probability(model, painted_over(image, pointed), calibration))
        moved = np.roll(pointed, (pointed.shape[0] // 2, pointed.shape[1] // 2), axis=(0, 1))
        elsewhere.append(before - _defect_probability(model, painted_over(image, moved), calibration))
        likeness.append(rank_correlation(heat, shuffled.maps(image[None])[0]))
    return MapCheck(len(images), float(np.mean(falls)), float(np.mean(elsewhere)), float(np.mean(likeness)))


def pointed_at(heat: np.ndarray) -> np.ndarray:
    """The pixels that a map (H, W) points at, a cell wider on each side: bool (H, W)."""
    pointed = (heat >= POINTED * heat.max()).astype(np.uint8)
    return cv2.dilate(pointed, np.ones((2 * CELL_PX + 1, 2 * CELL_PX + 1), np.uint8)).astype(bool)


def painted_over(image: Tensor, where: np.ndarray) -> Tensor:
    """The image (C, H, W) uint8 with the pixels `where` (H, W) filled in from around them (Telea, 2004)."""
    mask = where.astype(np.uint8)
    planes = [cv2.inpaint(plane, mask, INPAINTING_RADIUS_PX, cv2.INPAINT_TELEA) for plane in image.cpu().numpy()]
    return torch.from_numpy(np.stack(planes)).to(image.device)


def with_shuffled_weights(model: MultipleInstanceModel, *, seed: int = 0) -> MultipleInstanceModel:
    """The same model with the numbers of each weight tensor in another order."""
    generator = torch.Generator().manual_seed(seed)
    detector = copy.deepcopy(model.detector)
    network = copy.deepcopy(model.network)
    _shuffle(detector.network, generator)
    _shuffle(network, generator)
    return replace(model, detector=detector, network=network)


@torch.no_grad()
def _shuffle(module: nn.Module, generator: torch.Generator) -> None:
    for parameter in module.parameters():
        order = torch.randperm(parameter.numel(), generator=generator).to(parameter.device)
        parameter.copy_(parameter.flatten()[order].view_as(parameter))


def _defect_probability(model: MultipleInstanceModel, image: Tensor, calibration: Calibration) -> float:
    return float(1 - calibration.probabilities(model.logits(image[None]))[0, model.background])


def rank_correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Spearman's rank correlation of two maps (H, W), by one value a cell."""
    from scipy.stats import rankdata

    ranks = [rankdata(heat[::CELL_PX, ::CELL_PX].ravel()) for heat in (first, second)]
    if min(r.std() for r in ranks) == 0:
        return 0.0
    return float(np.corrcoef(*ranks)[0, 1])
