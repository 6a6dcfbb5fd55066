"""The header of a weight file: what the weights are and what belongs to them, read without them and without torch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from models.errors import KnownError

FORMAT_KEY = "inspector"
FORMAT = 1
KIND_NAMES = {"encoder": "an encoder", "model": "a trained classifier"}


def header_text(kind: str, metadata: dict[str, Any]) -> dict[str, str]:
    """What safetensors stores beside the weights of a `kind` ('encoder', 'checkpoint', 'model')."""
    return {FORMAT_KEY: json.dumps({"kind": kind, "format": FORMAT, **metadata})}


def read_header(path: Path, *, kind: str) -> dict[str, Any]:
    """The metadata that weights of this kind were saved with.

    Raises:
        KnownError: missing, truncated, not a safetensors file (a pickle with its name changed is one of those), of
            another kind or of a newer format.
    """
    if not path.is_file():
        raise KnownError(f"{path} is no file; name a weight file that Inspector wrote (.safetensors).")
    try:
        with safe_open(path, framework="np") as file:
            header = json.loads((file.metadata() or {}).get(FORMAT_KEY, "{}"))
    except (SafetensorError, json.JSONDecodeError, OSError) as error:
        raise damaged(path, error) from error
    _check(path, header, kind)
    return header


def damaged(path: Path, error: Exception) -> KnownError:
    """What is said of a file that cannot be read."""
    return KnownError(f"{path} is damaged or no safetensors file: it cannot be loaded ({error}).")


def _check(path: Path, header: Any, kind: str) -> None:
    found = header.get("kind") if isinstance(header, dict) else None
    if found is None:
        raise KnownError(f"{path} was not written by Inspector: it says nothing of what its weights are.")
    if found != kind:
        raise KnownError(f"{path} holds {_with_article(found)}, but {_with_article(kind)} is needed here.")
    if header.get("format") != FORMAT:
        raise KnownError(f"{path} was written by a newer version of Inspector; update to read it.")


def _with_article(kind: str) -> str:
    return KIND_NAMES.get(kind, f"a {kind}")
