"""What the header of a model file says, read without its weights and without torch."""

from __future__ import annotations

import json
from pathlib import Path

from safetensors import SafetensorError, safe_open

from models.errors import KnownError
from models.image_settings import ImageSettings

FORMAT_KEY = "inspector"


def image_settings_of(path: Path) -> ImageSettings:
    """How a model file's classifier turns image files into pixels.

    Raises:
        KnownError: it is gone, damaged or no model of Inspector.
    """
    if not path.is_file():
        raise KnownError(f"{path} is no file; name a model file that Inspector wrote (.safetensors).")
    try:
        with safe_open(path, framework="np") as file:
            header = json.loads((file.metadata() or {})[FORMAT_KEY])
        return ImageSettings.from_json(header["image_settings"])
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        raise KnownError(f"{path} is damaged or no model of Inspector: it cannot be read ({error}).") from error
