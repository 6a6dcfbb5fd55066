"""File names that fit: what is added to the name of an image may make it longer than a file system takes."""

from __future__ import annotations

import hashlib
import os

MAX_NAME_BYTES = 255  # Linux counts bytes, the others characters, which are never more
_DIGEST_BYTES = 4


def fitting(stem: str, suffix: str) -> str:
    """`stem` + `suffix`; a stem that is too long ends early, in a digest that keeps it apart from others like it."""
    encoded = os.fsencode(stem)
    room = MAX_NAME_BYTES - len(os.fsencode(suffix))
    if len(encoded) <= room:
        return stem + suffix
    digest = "~" + hashlib.blake2b(encoded, digest_size=_DIGEST_BYTES).hexdigest()
    return first_bytes(stem, room - len(digest)) + digest + suffix


def first_bytes(name: str, count: int) -> str:
    """As many whole characters of a name as fit into that many bytes."""
    return os.fsencode(name)[: max(count, 0)].decode("utf-8", "ignore")
