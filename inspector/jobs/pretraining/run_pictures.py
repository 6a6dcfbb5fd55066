"""What a run's network saw last, kept in the run's folder: to be shown when the run is looked at again."""

from __future__ import annotations

import io
import zipfile
from dataclasses import fields
from pathlib import Path

import numpy as np

from models.events import Reconstruction, Views
from models.storage.files import write_atomically

PICTURES = "pictures.npz"


def save_pictures(folder: Path, event: Views | Reconstruction) -> None:
    """Keep these in place of those before them; a few hundred kB.

    Raises:
        KnownError: the file cannot be written.
    """
    content = io.BytesIO()
    np.savez_compressed(content, **{field.name: getattr(event, field.name) for field in fields(event)})
    write_atomically(folder / PICTURES, content.getvalue())


def load_pictures(folder: Path) -> Views | Reconstruction | None:
    """What was kept last; None if nothing was, or if it is damaged: it can be done without."""
    try:
        content = io.BytesIO((folder / PICTURES).read_bytes())  # np.load leaves a damaged file open
        with np.load(content, allow_pickle=False) as kept:
            arrays = {name: kept[name] for name in kept.files}
        epoch = int(arrays.pop("epoch"))
        return Views(epoch, **arrays) if "pixels" in arrays else Reconstruction(epoch, **arrays)
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        return None
