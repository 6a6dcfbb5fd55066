"""What is said, and tried next, where the graphics card's memory is too small for a batch."""

from __future__ import annotations

from models.errors import KnownError

MIN_BATCH = 2  # images; contrast needs another image


def halved_text(batch: int) -> str:
    """That the batch was halved."""
    return f"The graphics card ran out of memory. The batch is now {batch // 2} instead of {batch}."


def far_too_small(batch: int) -> KnownError:
    """Where no smaller batch is tried."""
    return KnownError(
        f"The graphics card's memory is too small even for batches of {batch} images; lower the image size, the "
        "width or the number of views, or compute on the CPU."
    )
