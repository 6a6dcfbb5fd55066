"""The project's image settings: fixed by its first images, then kept, so that everything learned stays valid."""

from __future__ import annotations

import math
from typing import Any

from inspector.project.database import Database
from inspector.project.settings import set_setting, setting
from models.errors import KnownError
from models.image_settings import ImageSettings
from models.images import DEFAULT_MAX_PIXELS, Scaling

MAX_WORKING_PIXELS = 256 * 256  # of a working image; what encoders here are trained on
MIN_WORKING_SIDE = 32  # px; below it nothing is left after an encoder's four halvings
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
    settings: dict[str, Any] = stored or _derived_shape(database)
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
        height=settings["height"],
        width=settings["width"],
        scaling=Scaling.from_json(ranges),
        max_pixels=max_pixels(database),
    )


def max_pixels(database: Database) -> int:
    """The largest number of pixels that an image may have."""
    return int(setting(database, "max_pixels", DEFAULT_MAX_PIXELS))


def working_size(*, height: int, width: int) -> tuple[int, int]:
    """(height, width) scaled down to at most `MAX_WORKING_PIXELS`, keeping the aspect, each side at least 32 px."""
    scale = min(1.0, math.sqrt(MAX_WORKING_PIXELS / (height * width)))
    longest = MAX_WORKING_PIXELS // MIN_WORKING_SIDE

    def scaled(side: int) -> int:
        return min(max(int(side * scale), MIN_WORKING_SIDE), longest)

    return scaled(height), scaled(width)


def _derived_shape(database: Database) -> dict[str, int]:
    total, colour = database.query("SELECT count(*), coalesce(sum(mode = 'colour'), 0) FROM images")[0]
    if total == 0:
        raise KnownError(f"The project {database.path.parent} has no images yet: import a folder first.")
    height, width = database.query(
        "SELECT height, width FROM images GROUP BY height, width ORDER BY count(*) DESC, height * width DESC LIMIT 1"
    )[0]
    height, width = working_size(height=height, width=width)
    return {"channels": 3 if colour > MAX_COLOUR_SHARE * total else 1, "height": height, "width": width}


def _common_range(database: Database, depth: str) -> tuple[float, float]:
    """The range that holds the values of nearly all images of this depth; of all of them where they are few."""
    rows = database.query("SELECT low, high FROM images WHERE depth = ?", (depth,))
    lows, highs = sorted(low for low, _ in rows), sorted(high for _, high in rows)
    outliers = math.floor(OUTLIER_SHARE * (len(rows) - 1))
    return lows[outliers], highs[-1 - outliers]
