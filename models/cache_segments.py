"""Files of the image cache: many images in one immutable pair of files.

`<name>.u8` holds the pixels one image after the other, `<name>.hashes` one content hash a line. The pixels are on disk
before the hashes are put in place, so that a segment exists only once it is whole, whatever dies in between.
"""

from __future__ import annotations

import errno
import mmap
import os
import re
import uuid
from contextlib import suppress
from math import prod
from pathlib import Path
from typing import BinaryIO

import numpy as np

from models.errors import KnownError

_HASH = re.compile(r"[0-9a-f]{64}")


class Segment:
    """One whole pixel file, mapped into memory at its first use; `hashes` are those of its images, in order."""

    def __init__(self, folder: Path, name: str, *, hashes: list[str], shape: tuple[int, int, int]) -> None:
        self.name = name
        self.hashes = hashes
        self._path = folder / f"{name}.u8"
        self._shape = (len(hashes), *shape)
        self._map: mmap.mmap | None = None

    @classmethod
    def find(cls, folder: Path, name: str, shape: tuple[int, int, int]) -> Segment | None:
        """The segment of that name with images of `shape` (C, H, W); None unless it is there and whole."""
        try:
            hashes = (folder / f"{name}.hashes").read_text(encoding="ascii").split("\n")[:-1]
        except (OSError, UnicodeDecodeError):
            return None
        segment = cls(folder, name, hashes=hashes, shape=shape)
        return segment if hashes and all(map(_HASH.fullmatch, hashes)) and segment.is_whole() else None

    @property
    def is_open(self) -> bool:
        """Whether it holds a memory map, and with it a file handle."""
        return self._map is not None

    def is_whole(self) -> bool:
        """Whether both files are there now, with as many pixels as there are hashes."""
        try:
            return self._path.with_suffix(".hashes").exists() and self._path.stat().st_size == prod(self._shape)
        except OSError:
            return False

    def pixels(self) -> np.ndarray:
        """View (n, C, H, W) uint8, to be dropped before `close`.

        Raises:
            OSError: the file is gone or has another length by now.
        """
        if self._map is None:
            size = prod(self._shape)
            with self._path.open("rb") as file:
                if os.fstat(file.fileno()).st_size != size:
                    raise OSError(f"{self._path} has another length")
                self._map = mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ)
        return np.frombuffer(self._map, np.uint8).reshape(self._shape)

    def close(self) -> None:
        """Let go of the file; `pixels` opens it again."""
        if self._map is not None:
            self._map.close()
            self._map = None


class SegmentWriter:
    """Writes one segment after the other; a failure to write leaves nothing of the current one.

    Both `append` and `finish` raise KnownError where the folder can't be written, such as on a full disk.
    """

    def __init__(self, folder: Path, shape: tuple[int, int, int]) -> None:
        self._folder = folder
        self._shape = shape
        self._name = ""
        self._hashes: list[str] = []
        self._file: BinaryIO | None = None

    def __len__(self) -> int:
        """Images in the current segment."""
        return len(self._hashes)

    def append(self, image_hash: str, pixels: np.ndarray) -> None:
        """Add one image (C, H, W) uint8, C-contiguous."""
        try:
            if self._file is None:
                self._name = uuid.uuid4().hex
                self._folder.mkdir(parents=True, exist_ok=True)
                self._file = self._path(".u8").open("xb")
            self._file.write(pixels.data)
        except OSError as error:
            self._discard()
            raise self._known(error) from error
        self._hashes.append(image_hash)

    def finish(self) -> Segment | None:
        """Put the current segment in place; None if nothing was appended."""
        if self._file is None:
            return None
        try:
            with self._file:
                _flush_to_disk(self._file)
            with self._path(".tmp").open("xb") as file:
                file.write("".join(f"{image_hash}\n" for image_hash in self._hashes).encode("ascii"))
                _flush_to_disk(file)
            self._path(".tmp").replace(self._path(".hashes"))
        except OSError as error:
            self._discard()
            raise self._known(error) from error
        segment = Segment(self._folder, self._name, hashes=self._hashes, shape=self._shape)
        self._hashes, self._file = [], None
        return segment

    def _path(self, suffix: str) -> Path:
        return self._folder / f"{self._name}{suffix}"

    def _discard(self) -> None:
        if self._file is not None:
            with suppress(OSError):  # closing tries once more to write what is buffered
                self._file.close()
        for suffix in (".tmp", ".u8"):
            with suppress(OSError):
                self._path(suffix).unlink()
        self._hashes, self._file = [], None

    def _known(self, error: OSError) -> KnownError:
        if error.errno == errno.ENOSPC:
            return KnownError(f"the disk is full: free some space for the image cache in {self._folder}")
        return KnownError(f"the image cache in {self._folder} can't be written: {error.strerror or error}")


def _flush_to_disk(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
