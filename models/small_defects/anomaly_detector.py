"""Where an image is unusual: maps, and the few places that stand out most.

Dimensions: B images, C channels, P places an image, h x w cells of CELL_PX.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from models.encoders.spec import EncoderSpec
from models.errors import KnownError
from models.images.augment import Standardiser
from models.small_defects.anomaly_network import CELL_PX, AnomalyNetwork, CellOutputs, padded, pooled
from models.storage.checkpoint import load_into, load_weights, save_weights, under_prefix, with_prefix
from models.system.device import autocast

PLACES = 8  # an image; the ninth held a defect that the others did not in one image of a hundred
APART_CELLS = 4  # two places are at least so many cells apart: crops around them overlap by half at most
NEAR_CELLS = 6  # a place is described by the anomalous cells around it, up to so many away
LEAST_WINDOWS = 5_000  # below, places are little better than chance
READ_PIXELS = 1 << 21  # go through the network at a time


@dataclass(frozen=True)
class Places:
    """The places of B images that stand out most, the most unusual first.

    Attributes:
        centres: (B, P, 2), y and x in px.
        logits: (B, P) of an anomaly.
    """

    centres: Tensor
    logits: Tensor


@dataclass
class AnomalyDetector:
    """A trained anomaly network and the pixel statistics of the images that it was trained on.

    Args:
        flips, right_angles: which turns leave a defect what it is, for whoever learns from its places.
        windows: how many it was trained on.
    """

    network: AnomalyNetwork
    standardiser: Standardiser
    flips: bool = True
    right_angles: bool = True
    windows: int = 0

    @property
    def has_learned(self) -> bool:
        """Whether it was trained for long enough that what it finds means something."""
        return self.windows >= LEAST_WINDOWS

    def logits(self, images: Tensor) -> Tensor:
        """uint8 (B, C, H, W) -> logits (B, h, w) of each cell that holds a part of the image."""
        return torch.cat([self._run(part)[0] for part in self._parts(images)])

    def places(self, images: Tensor) -> Places:
        """The PLACES places of each of uint8 images (B, C, H, W) that stand out most."""
        return find_places(self.logits(images))

    @torch.inference_mode()
    def __call__(self, images: Tensor) -> dict[str, Tensor]:
        """Describe uint8 images (B, C, H, W) by their most unusual place and by how unusual their places are.

        Blocks: 'anomaly_features' (B, 64 + D) of the most unusual place, 'anomaly_logits' (B, P), and 'anomaly_centres'
        (B, 2 P), y and x in px, which are no features but kept with them.
        """
        blocks: dict[str, list[Tensor]] = {}
        for part in self._parts(images):
            logits, outputs = self._run(part)
            places = find_places(logits)
            features = pooled(outputs, _around(logits, places, outputs.logits.shape))
            found = {
                "anomaly_features": features,
                "anomaly_logits": places.logits,
                "anomaly_centres": places.centres.flatten(1),
            }
            for name, values in found.items():
                blocks.setdefault(name, []).append(values.float())
        return {name: torch.cat(values) for name, values in blocks.items()}

    def map(self, images: Tensor) -> Tensor:
        """How likely an anomaly is at each pixel: uint8 (B, C, H, W) -> (B, H, W), 0 to 1."""
        return torch.sigmoid(enlarged(self.logits(images), images.shape[-2:]))

    def state(self) -> dict[str, Tensor]:
        """The weights."""
        return dict(self.network.state_dict())

    def to_json(self) -> dict[str, Any]:
        """All but the weights, for a weight file's header."""
        return {
            "spec": self.network.spec.to_json(),
            "standardiser": asdict(self.standardiser),
            "flips": self.flips,
            "right_angles": self.right_angles,
            "windows": self.windows,
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> AnomalyDetector:
        """The opposite of `to_json`, with random weights. KeyError, TypeError or ValueError if something is missing."""
        network = AnomalyNetwork(EncoderSpec(**values["spec"])).eval()
        standardiser = Standardiser.from_json(values["standardiser"])
        return cls(network, standardiser, bool(values["flips"]), bool(values["right_angles"]), int(values["windows"]))

    def save(self, path: Path) -> None:
        """Write a weight file; KnownError where that is not possible."""
        save_weights(path, with_prefix("network", self.state()), kind="anomaly detector", metadata=self.to_json())

    @classmethod
    def load(cls, path: Path, *, device: torch.device) -> AnomalyDetector:
        """Read what `save` wrote.

        Raises:
            KnownError: missing, damaged, foreign, or of another kind.
        """
        tensors, metadata = load_weights(path, kind="anomaly detector")
        try:
            detector = cls.from_json(metadata)
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            raise KnownError(f"{path} does not say how its network is built: {error}.") from error
        load_into(detector.network, under_prefix("network", tensors), source=path)
        detector.network.to(device, memory_format=torch.channels_last)
        return detector

    def _parts(self, images: Tensor) -> tuple[Tensor, ...]:
        height, width = images.shape[-2:]
        return images.split(max(1, READ_PIXELS // (height * width)))

    @torch.inference_mode()
    def _run(self, images: Tensor) -> tuple[Tensor, CellOutputs]:
        """Logits (B, h, w) of the image's own cells, and all that the network says of them and of the padding."""
        height, width = (-(-side // CELL_PX) for side in images.shape[-2:])
        with autocast(images.device):
            outputs = self.network(padded(self.standardiser(images)))
        return outputs.logits[:, :height, :width].float(), outputs


def find_places(logits: Tensor, *, count: int = PLACES) -> Places:
    """The highest peaks of logits (B, h, w), none within APART_CELLS of a higher one.

    Where the image is too small for so many, the last ones have the logit -inf and lie where the first lies.
    """
    width = logits.shape[2]
    left = logits.clone()
    centres, values = [], []
    for _ in range(count):
        value, index = left.flatten(1).max(1)
        y, x = index // width, index % width
        empty = torch.isinf(value)
        if centres:
            y, x = torch.where(empty, centres[0][0], y), torch.where(empty, centres[0][1], x)
        centres.append((y, x))
        values.append(value)
        left.masked_fill_(_near(logits, y, x, cells=APART_CELLS), -torch.inf)
    px = torch.stack([torch.stack(pair, dim=1) for pair in centres], dim=1) * CELL_PX + CELL_PX // 2
    return Places(px, torch.stack(values, dim=1))


def enlarged(cells: Tensor, shape: tuple[int, int]) -> Tensor:
    """Values of cells (B, h, w) -> of the pixels (B, H, W) of images of `shape`, bilinear between cell centres."""
    height, width = (side * CELL_PX for side in cells.shape[-2:])
    large = F.interpolate(cells[:, None], size=(height, width), mode="bilinear", align_corners=False)[:, 0]
    return large[:, : shape[0], : shape[1]]


def _around(logits: Tensor, places: Places, grid: tuple[int, ...]) -> Tensor:
    """Weights (B, h, w) of the anomalous cells around the most unusual place, which sum to 1, on the padded `grid`."""
    _, height, width = grid
    y, x = (places.centres[:, 0].div(CELL_PX, rounding_mode="floor")).unbind(1)
    weights = torch.sigmoid(logits) * _near(logits, y, x, cells=NEAR_CELLS)
    weights = weights * (weights >= 0.3 * weights.amax((1, 2), keepdim=True))
    weights = weights / weights.sum((1, 2), keepdim=True).clamp(min=1e-12)
    return F.pad(weights, (0, width - logits.shape[2], 0, height - logits.shape[1]))


def _near(logits: Tensor, y: Tensor, x: Tensor, *, cells: int) -> Tensor:
    """Which cells of (B, h, w) lie within so many cells of (y, x), each (B,): bool (B, h, w)."""
    rows = torch.arange(logits.shape[1], device=logits.device)
    columns = torch.arange(logits.shape[2], device=logits.device)
    return ((rows - y[:, None]).abs() <= cells)[:, :, None] & ((columns - x[:, None]).abs() <= cells)[:, None]
