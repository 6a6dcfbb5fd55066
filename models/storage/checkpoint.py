"""Weight files that are data: safetensors with JSON in the header, written whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from models.errors import KnownError
from models.storage.files import write_atomically
from models.storage.weight_header import damaged, header_text, read_header


def save_weights(path: Path, tensors: dict[str, Tensor], *, kind: str, metadata: dict[str, Any]) -> None:
    """Write tensors and JSON metadata as one safetensors file of a `kind` ('encoder', 'checkpoint', 'model').

    Raises:
        KnownError: it could not be written; what was there before is untouched.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise KnownError(f"The folder {path.parent} cannot be made: {error.strerror or error}.") from error
    plain = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}
    write_atomically(path, save(plain, header_text(kind, metadata)))


def load_weights(path: Path, *, kind: str) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Read what `save_weights` wrote: tensors and metadata.

    Raises:
        KnownError: missing, truncated, not a safetensors file (a pickle with its name changed is one of those), of
            another kind or of a newer format.
    """
    header = read_header(path, kind=kind)
    try:
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name).clone() for name in file.keys()}, header  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise damaged(path, error) from error


def load_into(module: torch.nn.Module, tensors: dict[str, Tensor], *, source: Path) -> None:
    """Load a state dict strictly.

    Raises:
        KnownError: names or shapes do not fit the architecture.
    """
    try:
        module.load_state_dict(tensors)
    except RuntimeError as error:
        first = str(error).split("\n")[1].strip() if "\n" in str(error) else str(error)
        raise KnownError(f"The weights in {source} do not fit the network that they name: {first}") from error


def with_prefix(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Add `prefix.` to every name."""
    return {f"{prefix}.{name}": tensor for name, tensor in tensors.items()}


def under_prefix(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Those whose name starts with `prefix.`, without it."""
    start = prefix + "."
    return {name.removeprefix(start): tensor for name, tensor in tensors.items() if name.startswith(start)}
