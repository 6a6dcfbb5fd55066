"""Classifying an image by its unusual places (multiple-instance learning: Dietterich et al., 1997; Ilse et al., 2018).

A detector that was trained without labels says where to look; a copy of its network, trained with labels, says what is
there. An image shows a defect if one of its places does. Dimensions: B images, P places, K classes.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from models.images.augment import dihedral_views
from models.small_defects.anomaly_detector import CELL_PX, AnomalyDetector, Places, enlarged, find_places
from models.small_defects.anomaly_network import PYRAMID_FEATURES, AnomalyNetwork, padded, pooled
from models.small_defects.instances import instances_of
from models.system.device import autocast

VIEWS = 4  # dihedral ones of each place, averaged
REACH_CELLS = 8  # how far around a place its answer counts for the map
FAR = 0.05  # what the detector alone counts for elsewhere


class InstanceNetwork(nn.Module):
    """An anomaly network with a linear layer on what it makes of one place.

    Args:
        network: copied, with what it learned without labels.
    """

    def __init__(self, network: AnomalyNetwork, *, classes: int) -> None:
        super().__init__()
        self.network = copy.deepcopy(network)
        features = network.features + PYRAMID_FEATURES + 2
        self.norm = nn.BatchNorm1d(features)
        self.linear = nn.Linear(features, classes)
        nn.init.zeros_(self.linear.weight)
        nn.init.zeros_(self.linear.bias)

    def forward(self, crops: Tensor) -> Tensor:
        """Standardised crops (n, C, S, S) -> logits (n, K) for equally common classes."""
        outputs = self.network(padded(crops))
        cells = outputs.logits.float().flatten(1)
        attention = torch.softmax(cells, dim=1).view_as(outputs.logits)
        features = [
            pooled(outputs, attention),
            outputs.pyramid.float().amax((2, 3)),
            cells.amax(1, keepdim=True),
            cells.logsumexp(1, keepdim=True),
        ]
        return self.linear(self.norm(torch.cat(features, dim=1)))


@dataclass(frozen=True)
class MultipleInstanceModel:
    """From pixels to the logits of an image.

    Attributes:
        log_prior: (K,) of the classes' shares.
        background: the class of images without a defect; None where every image has one.
        places: how many places of an image are looked at.
    """

    detector: AnomalyDetector
    network: InstanceNetwork
    log_prior: np.ndarray
    background: int | None
    places: int

    def logits(self, images: Tensor) -> np.ndarray:
        """uint8 (B, C, H, W) -> (B, K)."""
        found = self.detector.places(images)
        answers = self._answers(images, found)
        return image_logits(answers, background=self.background, places=self.places) + self.log_prior

    def maps(self, images: Tensor) -> np.ndarray:
        """Where the decision comes from: uint8 (B, C, H, W) -> (B, H, W) float32, 0 to 1.

        How likely an anomaly is at a pixel, times how likely the place nearest to it shows a defect.
        """
        cells = self.detector.logits(images)
        found = find_places(cells)
        answers = torch.from_numpy(self._answers(images, found) + self.log_prior)
        if self.background is None:
            defect = torch.ones(answers.shape[:2])
        else:
            defect = 1 - torch.softmax(answers, dim=2)[:, :, self.background]
        weights = _weights_of_cells(found, defect.to(cells.device), cells.shape)
        return enlarged(torch.sigmoid(cells) * weights, images.shape[-2:]).cpu().numpy()

    @torch.inference_mode()
    def _answers(self, images: Tensor, found: Places) -> np.ndarray:
        """Logits (B, places, K) of each place, averaged over dihedral views; of missing places those of the first."""
        crops = instances_of(images, found, count=self.places).flatten(0, 1)
        answers = place_logits(self.network, self.detector, crops).unflatten(0, (len(images), self.places))
        return answers.cpu().numpy()


@torch.inference_mode()
def place_logits(network: InstanceNetwork, detector: AnomalyDetector, crops: Tensor) -> Tensor:
    """uint8 crops (n, C, S, S) -> logits (n, K) float32, averaged over dihedral views."""
    network.eval()
    standard = detector.standardiser(crops)
    views = dihedral_views(standard, flips=detector.flips, right_angles=detector.right_angles)
    views = views[:: max(1, len(views) // VIEWS)]
    with autocast(crops.device):
        return sum(network(view.contiguous()).float() for view in views) / len(views)


def image_logits(answers: np.ndarray, *, background: int | None, places: int) -> np.ndarray:
    """Logits of places (B, P, K), the most unusual first -> of images (B, K), by the first `places` of them.

    With a background class: the strongest evidence for each other class against it, over the places. Without: what the
    most unusual place says.
    """
    if background is None:
        return answers[:, 0]
    evidence = (answers - answers[:, :, background, None])[:, :places].max(1)
    evidence[:, background] = 0
    return evidence


def _weights_of_cells(found: Places, defect: Tensor, shape: tuple[int, ...]) -> Tensor:
    """For each cell (B, h, w) how likely its nearest place shows a defect, of places (B, P)."""
    _, height, width = shape
    centres = found.centres[:, : defect.shape[1]].float() / CELL_PX  # (B, P, 2)
    rows = torch.arange(height, device=defect.device) + 0.5
    columns = torch.arange(width, device=defect.device) + 0.5
    down = (rows - centres[..., :1]).abs()  # (B, P, h)
    right = (columns - centres[..., 1:]).abs()
    distance = torch.maximum(down[:, :, :, None], right[:, :, None, :])  # (B, P, h, w)
    nearest, place = distance.min(1)
    weights = defect.gather(1, place.flatten(1)).view_as(nearest)
    return torch.where(nearest <= REACH_CELLS, weights, torch.full_like(weights, FAR).minimum(weights))
