"""What is said of images unlike all that a model learned from, by command line, reports and window alike."""

from __future__ import annotations

CAUSES = "another surface, light, focus or kind of defect?"


def unlike(images: int) -> str:
    """'3 images are unlike all that the model learned from (another surface, ...?)'."""
    which = "1 image is" if images == 1 else f"{images:,} images are"
    return f"{which} unlike all that the model learned from ({CAUSES})"
