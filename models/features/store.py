"""Features of a pool of images in one file, by content hash: computed once, reused, rebuilt when it is gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from models.errors import KnownError
from models.features.power_transform import Blocks
from models.storage.checkpoint import load_weights, save_weights, under_prefix, with_prefix

KIND = "features"


@dataclass
class FeatureStore:
    """Blocks (N, D) of the images named by `hashes`, and what the part that made them had measured on its pool.

    Args:
        state: tensors of that part (the texture spectrum's deviations).
        facts: JSON values of it (its pixel statistics).
    """

    hashes: list[str] = field(default_factory=list)
    blocks: Blocks = field(default_factory=dict)
    state: dict[str, Tensor] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    def missing(self, hashes: Sequence[str]) -> list[str]:
        """Those that are not stored yet, in order."""
        known = set(self.hashes)
        return [name for name in hashes if name not in known]

    def add(self, hashes: Sequence[str], blocks: Blocks) -> None:
        """Take in features of more images."""
        self.blocks = {
            name: np.concatenate([self.blocks[name], values]) if self.blocks else values
            for name, values in blocks.items()
        }
        self.hashes = [*self.hashes, *hashes]

    def select(self, hashes: Sequence[str]) -> Blocks:
        """Blocks of the images named, in that order. KeyError with the hash of one that is missing."""
        row = {name: i for i, name in enumerate(self.hashes)}
        rows = np.array([row[name] for name in hashes], dtype=np.int64)
        return {name: values[rows] for name, values in self.blocks.items()}

    def save(self, path: Path) -> None:
        """Write the whole store; KnownError if the disk is full."""
        hashes = np.frombuffer(bytes.fromhex("".join(self.hashes)), dtype=np.uint8).reshape(len(self.hashes), -1)
        tensors = with_prefix("blocks", {name: torch.from_numpy(values) for name, values in self.blocks.items()})
        tensors |= with_prefix("state", self.state) | {"hashes": torch.from_numpy(hashes.copy())}
        save_weights(path, tensors, kind=KIND, metadata={"facts": self.facts})

    @classmethod
    def load(cls, path: Path) -> FeatureStore:
        """Read a store; an empty one where there is none or it is damaged, since it can be computed again."""
        if not path.is_file():
            return cls()
        try:
            tensors, metadata = load_weights(path, kind=KIND)
        except KnownError:
            return cls()
        if "hashes" not in tensors or "facts" not in metadata:
            return cls()
        blocks = {name: values.numpy() for name, values in under_prefix("blocks", tensors).items()}
        hashes = [bytes(row).hex() for row in tensors["hashes"].numpy()]
        return cls(hashes, blocks, under_prefix("state", tensors), metadata["facts"])
