"""What the header of a model file says, read without its weights and without torch."""

from __future__ import annotations

from pathlib import Path

from models.errors import KnownError
from models.images.settings import ImageSettings
from models.storage.weight_header import read_header


def image_settings_of(path: Path) -> ImageSettings:
    """How a model file's classifier turns image files into pixels.

    Raises:
        KnownError: it is gone, damaged or no model of Inspector.
    """
    header = read_header(path, kind="model")
    try:
        return ImageSettings.from_json(header["image_settings"])
    except (KeyError, TypeError, ValueError) as error:
        raise KnownError(f"{path} is damaged: it does not say how it reads images ({error}).") from error
