"""Memory that runs out over one image: that image's error, not the end of what reads thousands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import cv2

from models.errors import ImageError


def is_out_of_memory(error: Exception) -> bool:
    """Whether that is what Python or OpenCV, which has no exception of its own for it, means."""
    return isinstance(error, MemoryError) or (isinstance(error, cv2.error) and error.code == cv2.Error.StsNoMem)


@contextmanager
def memory_for_one_image() -> Iterator[None]:
    """What needs more memory than is free is refused as an image.

    Raises:
        ImageError: with that reason.
    """
    try:
        yield
    except (MemoryError, cv2.error) as error:
        if is_out_of_memory(error):
            raise ImageError("needs more memory than is free") from error
        raise
