"""Weight files that are data: safetensors with JSON in the header, written whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from models.errors import KnownError
from models.files import write_atomically
from models.model_header import FORMAT_KEY


def save_weights(path: Path, tensors: dict[str, Tensor], *, kind: str, metadata: dict[str, Any]) -> None:
    """Write tensors and JSON metadata as one safetensors file of a `kind` ('encoder', 'checkpoint', 'model').

    Raises:
        KnownError: it could not be written; what was there before is untouched.
    """
    header = {FORMAT_KEY: json.dumps({"kind": kind, "format": 1, **metadata})}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise KnownError(f"The folder {path.parent} cannot be made: {error.strerror or error}.") from error
    plain = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}
    write_atomically(path, save(plain, header))


def load_weights(path: Path, *, kind: str) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Read what `save_weights` wrote: tensors and metadata.

    Raises:
        KnownError: missing, truncated, not a safetensors file (a pickle with its name changed is one of those), of
            another kind or of a newer format.
    """
    if not path.is_file():
        raise KnownError(f"{path} is no file; name a weight file that Inspector wrote (.safetensors).")
    try:
        with safe_open(path, framework="pt") as file:
            header = json.loads((file.metadata() or {}).get(FORMAT_KEY, "{}"))
            _check_header(path, header, kind)
            return {name: file.get_tensor(name).clone() for name in file.keys()}, header  # noqa: SIM118
    except (SafetensorError, json.JSONDecodeError, OSError) as error:
        raise KnownError(f"{path} is damaged or no safetensors file: it cannot be loaded ({error}).") from error


def _check_header(path: Path, header: Any, kind: str) -> None:
    found = header.get("kind") if isinstance(header, dict) else None
    if found is None:
        raise KnownError(f"{path} was not written by Inspector: it says nothing of what its weights are.")
    if found != kind:
        raise KnownError(f"{path} holds {_article(found)}, but {_article(kind)} is needed here.")
    if header.get("format") != 1:
        raise KnownError(f"{path} was written by a newer version of Inspector; update to read it.")


def _article(kind: str) -> str:
    return {"encoder": "an encoder", "model": "a trained classifier"}.get(kind, f"a {kind}")


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
