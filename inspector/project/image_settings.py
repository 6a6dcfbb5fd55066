"""The project's image settings: fixed by its first images, then kept, so that everything learned stays valid."""

from __future__ import annotations

import math
from typing import Any

from inspector.project.database import Database
from inspector.project.settings import set_setting, setting
from models.errors import KnownError
from models.images.reading import DEFAULT_MAX_PIXELS
from models.images.settings import ImageSettings, Scaling
from models.images.shapes import MAX_WORKING_AREA

MAX_COLOUR_SHARE = 0.05  # stray colour images, such as screenshots, don't make a grey project one of colour
OUTLIER_SHARE = 0.01  # of images whose darkest and brightest values don't count for the common range

_KEY = "image_settings"
_SCALED_DEPTHS = ("uint16", "float32")


def image_settings(database: Database) -> ImageSettings:
    """The project's settings; they are derived from its images and stored when first asked for.

    A value range that a later import was the first to need is added; what is set never changes.

    Raises:
        KnownError: if the project has no images yet.
    """
    stored: dict[str, Any] | None = setting(database, _KEY)
    settings: dict[str, Any] = stored or _derived(database)
    ranges: dict[str, Any] = dict(settings.get("scaling", {}))
    depths = {depth for (depth,) in database.query("SELECT DISTINCT depth FROM images")}
    for depth in depths.intersection(_SCALED_DEPTHS):
        if not ranges.get(depth):
            ranges[depth] = _common_range(database, depth)
    settings = {**settings, "scaling": ranges}
    if settings != stored and not database.read_only:
        set_setting(database, _KEY, settings)
    return ImageSettings(
        channels=settings["channels"],
        max_area=settings["max_area"],
        scaling=Scaling.from_json(ranges),
        max_pixels=max_pixels(database),
    )


def max_pixels(database: Database) -> int:
    """The largest number of pixels that an image may have."""
    return int(setting(database, "max_pixels", DEFAULT_MAX_PIXELS))


def _derived(database: Database) -> dict[str, int]:
    total, colour = database.query("SELECT count(*), coalesce(sum(mode = 'colour'), 0) FROM images")[0]
    if total == 0:
        raise KnownError(f"The project {database.path.parent} has no images yet: import a folder first.")
    return {"channels": 3 if colour > MAX_COLOUR_SHARE * total else 1, "max_area": MAX_WORKING_AREA}


def _common_range(database: Database, depth: str) -> tuple[float, float]:
    """The range that holds the values of nearly all images of this depth; of all of them where they are few."""
    rows = database.query("SELECT low, high FROM images WHERE depth = ?", (depth,))
    lows, highs = sorted(low for low, _ in rows), sorted(high for _, high in rows)
    outliers = math.floor(OUTLIER_SHARE * (len(rows) - 1))
    return lows[outliers], highs[-1 - outliers]
