"""Which images an encoder has looked at: kept in its file, so that none of them judges it in another project either."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import torch
from torch import Tensor

from models.storage.checkpoint import load_weights

SEEN = "seen"  # the tensor's name in an encoder file
DIGEST_BYTES = 8  # of 37 million pools of a million images, one has two alike


def digests(hashes: Iterable[str]) -> list[int]:
    """Short forms of content hashes, as they fit into int64."""
    short = (hashlib.blake2b(each.encode(), digest_size=DIGEST_BYTES).digest() for each in hashes)
    return [int.from_bytes(each, "little", signed=True) for each in short]


def with_seen(seen: Tensor, hashes: Sequence[str]) -> Tensor:
    """Digests (M,) int64, in rising order, with those of more images."""
    return torch.cat([seen, torch.tensor(digests(hashes), dtype=torch.int64)]).unique()


def seen_by(path: Path) -> Tensor:
    """Digests (M,) int64 of the images that an encoder file's weights were trained on; none in files without them.

    Raises:
        KnownError: no encoder file.
    """
    tensors, _ = load_weights(path, kind="encoder")
    return tensors.get(SEEN, torch.zeros(0, dtype=torch.int64))
