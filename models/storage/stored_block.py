"""Reading a block of stored features without torch, for a window that only shows it."""

from __future__ import annotations

from pathlib import Path

import numpy as np


def read_block(path: Path, name: str) -> tuple[list[str], np.ndarray]:
    """Content hashes and one block (N, D) of a store, without torch; empty where there is none or it is damaged."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="np") as file:
            hashes = [bytes(row).hex() for row in file.get_tensor("hashes")]
            return hashes, file.get_tensor(f"blocks.{name}")
    except (OSError, SafetensorError):
        return [], np.zeros((0, 0), dtype=np.float32)
