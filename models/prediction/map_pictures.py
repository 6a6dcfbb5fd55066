"""Pictures of where a decision comes from: the heat of a map laid over its image, as PNG files beside the results."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from models.errors import KnownError
from models.storage.file_names import fitting
from models.storage.files import write_atomically
from models.storage.system_path import system_path

HEAT_RGB = (255, 106, 0)
FAINTEST = 0.15  # heat below which nothing is laid over the image
OPACITY = 0.65  # where the heat is 1
OUTLINED = 0.5  # share of the map's maximum at which its outline is drawn


def laid_over(image: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """An image (C, H, W) uint8 under its heat (H, W), 0 to 1: (H, W, 3) uint8 RGB."""
    planes = image if len(image) == 3 else np.repeat(image[:1], 3, axis=0)
    pixels = planes.transpose(1, 2, 0).astype(np.float32)
    opacity = np.where(heat < FAINTEST, 0, OPACITY * heat)[:, :, None]
    mixed = pixels * (1 - opacity) + np.float32(HEAT_RGB) * opacity
    picture = np.ascontiguousarray(np.clip(np.rint(mixed), 0, 255).astype(np.uint8))
    if heat.max() >= FAINTEST:
        pointed = (heat >= OUTLINED * heat.max()).astype(np.uint8)
        outlines, _ = cv2.findContours(pointed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(picture, outlines, -1, HEAT_RGB, 1)
    return picture


def as_png(picture: np.ndarray) -> bytes:
    """(H, W, 3) uint8 RGB -> the bytes of a PNG file."""
    _, data = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    return data.tobytes()


class MapPictures:
    """Writes pictures below a folder, each under its image's own relative path with '.map.png' added,
    shortened where that would be too long a name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, name: str, image: np.ndarray, heat: np.ndarray) -> None:
        """Write the picture of the image of that relative path; what an earlier run wrote is replaced.

        Raises:
            KnownError: it cannot be written, such as on a full disk.
        """
        named = self._folder / name
        path = named.with_name(fitting(named.name, ".map.png"))
        try:
            system_path(path.parent).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise KnownError(f"The folder {path.parent} for the maps cannot be made: {error.strerror}.") from error
        write_atomically(path, as_png(laid_over(image, heat)))
