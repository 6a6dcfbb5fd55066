"""torchvision's ImageNet weights on this machine: where they lie, and how they get there when the user asks for it.

Nothing is downloaded but by `download_weights`, which only `--download` and the window's question call.
"""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from inspector.places import cache_folder
from models.errors import KnownError
from models.events import Progress
from models.storage.files import write_atomically

IMAGENET = "imagenet"  # what --start-from and --encoder call them
FILE_NAME = "resnet18-f37072fd.pth"  # as torchvision publishes it, so that a copy from elsewhere fits too
SIZE_MB = 47
CHUNK_KB = 256
TIMEOUT_S = 30.0


@dataclass(frozen=True)
class WeightsReady:
    """The weights lie at `path` from now on."""

    path: str


def weights_folder() -> Path:
    """Where the weights are looked for."""
    return cache_folder() / "weights"


def stored_weights() -> Path | None:
    """The weights on this machine, as torchvision's file or as safetensors; None if there are none."""
    published = weights_folder() / FILE_NAME
    return next((path for path in (published, published.with_suffix(".safetensors")) if path.is_file()), None)


def find_weights(given: Path | None = None) -> Path:
    """The file that the user names, or else the stored one.

    Raises:
        KnownError: there is none.
    """
    if given is not None:
        if not given.is_file():
            raise KnownError(f"{given} is no file; name torchvision's ResNet-18 weights (.pth or .safetensors).")
        return given
    stored = stored_weights()
    if stored is None:
        raise KnownError(
            f"There are no ImageNet weights on this machine: put {FILE_NAME} into {weights_folder()}, or run "
            "'inspector pretrain' with --start-from imagenet and --download to fetch it."
        )
    return stored


def download_weights() -> Iterator[Progress | WeightsReady]:
    """Fetch torchvision's file, in thousands of bytes. Closing it before its end leaves nothing behind.

    Raises:
        KnownError: no connection, a file that is not the published one, a full disk.
    """
    from models.encoders.imagenet import is_published, published_url

    content = bytearray()
    try:
        with closing(_opened(published_url())) as response:
            total_kb = int(response.headers.get("Content-Length") or SIZE_MB * 1_000_000) // 1_000  # type: ignore[attr-defined]
            while chunk := response.read(CHUNK_KB * 1024):
                content += chunk
                done_kb = len(content) // 1_000
                yield Progress("download", done_kb, max(total_kb, done_kb), "kB")
    except (OSError, http.client.HTTPException) as error:
        raise KnownError(
            f"The ImageNet weights could not be downloaded ({error}): try again, or put {FILE_NAME} into "
            f"{weights_folder()}."
        ) from error
    if not is_published(bytes(content), FILE_NAME):
        raise KnownError("What was downloaded is not torchvision's file, so it was not kept: try again.")
    yield WeightsReady(str(_store(bytes(content), FILE_NAME)))


def keep_weights(source: Path) -> Iterator[Progress | WeightsReady]:
    """Check a file of the user's and keep a copy, so that later runs find it; the file itself stays as it is.

    Raises:
        KnownError: it is damaged or no ResNet-18 of torchvision; a full disk.
    """
    from models.encoders.imagenet import imagenet_encoder

    yield Progress("weights", 0, 1, "files")
    imagenet_encoder(source, channels=3)
    path = _store(source.read_bytes(), str(Path(FILE_NAME).with_suffix(source.suffix)))
    yield WeightsReady(str(path))


def _opened(url: str) -> IO[bytes]:
    from urllib.request import urlopen

    return urlopen(url, timeout=TIMEOUT_S)


def _store(content: bytes, name: str) -> Path:
    path = weights_folder() / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise KnownError(f"The folder {path.parent} cannot be made: {error.strerror or error}.") from error
    write_atomically(path, content)
    return path
