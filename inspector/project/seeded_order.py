"""Drawing images by chance so that the draw depends on their content and a seed alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def seeded_order(content_hashes: Iterable[str], *, seed: int) -> list[str]:
    """The hashes in a random order that is the same whatever order they come in.

    Whether one image comes before another does not depend on which others there are: with the same seed a smaller
    draw is part of a larger one, and importing more images moves none that were drawn.
    """

    def rank(content_hash: str) -> bytes:
        return hashlib.sha256(f"{seed}:{content_hash}".encode()).digest()

    return sorted(content_hashes, key=rank)
