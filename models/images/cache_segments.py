"""Files of the image cache: many images in one immutable pair of files.

`<name>.u8` holds the pixels one image after the other, `<name>.hashes` a line for each: content hash, height, width.
The pixels are on disk before the hashes are put in place, so that a segment exists only once it is whole, whatever dies
in between.
"""

from __future__ import annotations

import errno
import mmap
import os
import re
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import numpy as np

from models.errors import KnownError
from models.storage.files import put_in_place

_LINE = re.compile(r"([0-9a-f]{64}) ([1-9][0-9]{0,8}) ([1-9][0-9]{0,8})")


class Segment:
    """One whole pixel file, mapped into memory at its first use.

    Attributes:
        hashes: content hashes of its n images, in order.
        shapes: (n, 2) int64, height and width of each.
    """

    def __init__(self, folder: Path, name: str, *, hashes: list[str], shapes: np.ndarray, channels: int) -> None:
        self.name = name
        self.hashes = hashes
        self.shapes = shapes
        self._path = folder / f"{name}.u8"
        self._channels = channels
        self._ends = np.cumsum(channels * shapes.prod(1))  # in bytes
        self._map: mmap.mmap | None = None

    @classmethod
    def find(cls, folder: Path, name: str, *, channels: int) -> Segment | None:
        """The segment of that name; None unless it is there and whole."""
        try:
            lines = (folder / f"{name}.hashes").read_text(encoding="ascii").split("\n")[:-1]
        except (OSError, UnicodeDecodeError):
            return None
        found = [_LINE.fullmatch(line) for line in lines]
        if not found or None in found:
            return None
        hashes = [line[1] for line in found if line]
        shapes = np.array([(int(line[2]), int(line[3])) for line in found if line], np.int64)
        segment = cls(folder, name, hashes=hashes, shapes=shapes, channels=channels)
        return segment if segment.is_whole() else None

    @property
    def is_open(self) -> bool:
        """Whether it holds a memory map, and with it a file handle."""
        return self._map is not None

    def is_whole(self) -> bool:
        """Whether both files are there now, with as many pixels as the images have."""
        try:
            return self._path.with_suffix(".hashes").exists() and self._path.stat().st_size == self._ends[-1]
        except OSError:
            return False

    def image(self, row: int) -> np.ndarray:
        """View (C, H, W) uint8 of one image, to be dropped before `close`.

        Raises:
            OSError: the file is gone or has another length by now.
        """
        if self._map is None:
            size = int(self._ends[-1])
            with self._path.open("rb") as file:
                if os.fstat(file.fileno()).st_size != size:
                    raise OSError(f"{self._path} has another length")
                self._map = mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ)
        height, width = self.shapes[row]
        size = int(self._channels * height * width)
        pixels = np.frombuffer(self._map, np.uint8, size, offset=int(self._ends[row]) - size)
        return pixels.reshape(self._channels, height, width)

    def close(self) -> None:
        """Let go of the file; `image` opens it again."""
        if self._map is not None:
            self._map.close()
            self._map = None


class SegmentWriter:
    """Writes one segment after the other; a failure to write leaves nothing of the current one.

    `byte_size` is that of the current segment's pixels.

    Both `append` and `finish` raise KnownError where the folder can't be written, such as on a full disk.
    """

    def __init__(self, folder: Path, *, channels: int) -> None:
        self._folder = folder
        self._channels = channels
        self._name = ""
        self._hashes: list[str] = []
        self._shapes: list[tuple[int, ...]] = []
        self._file: BinaryIO | None = None
        self.byte_size = 0

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
        self._shapes.append(pixels.shape[1:])
        self.byte_size += pixels.nbytes

    def finish(self) -> Segment | None:
        """Put the current segment in place; None if nothing was appended."""
        if self._file is None:
            return None
        try:
            with self._file:
                _flush_to_disk(self._file)
            with self._path(".tmp").open("xb") as file:
                file.write("".join(self._lines()).encode("ascii"))
                _flush_to_disk(file)
            put_in_place(self._path(".tmp"), self._path(".hashes"))
        except OSError as error:
            self._discard()
            raise self._known(error) from error
        shapes = np.array(self._shapes, np.int64)
        segment = Segment(self._folder, self._name, hashes=self._hashes, shapes=shapes, channels=self._channels)
        self._start_anew()
        return segment

    def _lines(self) -> Iterator[str]:
        for image_hash, (height, width) in zip(self._hashes, self._shapes, strict=True):
            yield f"{image_hash} {height} {width}\n"

    def _path(self, suffix: str) -> Path:
        return self._folder / f"{self._name}{suffix}"

    def _discard(self) -> None:
        if self._file is not None:
            with suppress(OSError):  # closing tries once more to write what is buffered
                self._file.close()
        for suffix in (".tmp", ".u8"):
            with suppress(OSError):
                self._path(suffix).unlink()
        self._start_anew()

    def _start_anew(self) -> None:
        self._hashes, self._shapes, self._file, self.byte_size = [], [], None, 0

    def _known(self, error: OSError) -> KnownError:
        if error.errno == errno.ENOSPC:
            return KnownError(f"the disk is full: free some space for the image cache in {self._folder}")
        return KnownError(f"the image cache in {self._folder} can't be written: {error.strerror or error}")


def _flush_to_disk(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
