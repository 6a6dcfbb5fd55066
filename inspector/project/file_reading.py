"""Reading files for an import: a few threads read, hash and decode, a bounded number of files ahead."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from inspector.project.stored_paths import printable
from models.images.reading import ImageError, content_hash, decode, read_bytes, value_range
from models.storage.system_path import system_path

IN_FLIGHT_PER_THREAD = 4  # bounds the memory that decoded images take


@dataclass(frozen=True)
class Source:
    """A file to import, below the folder `root` that the user named."""

    path: str
    root: str

    @property
    def relative_path(self) -> str:
        """The path below `root`, with forward slashes."""
        return Path(self.path).relative_to(self.root).as_posix()


@dataclass(frozen=True)
class FileContent:
    """What a file held: its size in bytes and time, its content's hash, the image's size in px and kind.

    `value_range` (low, high) is given for 16-bit and float images.
    """

    byte_size: int
    mtime_ns: int
    content_hash: str
    width: int
    height: int
    mode: str
    depth: str
    value_range: tuple[float, float] | None


@dataclass(frozen=True)
class Reading:
    """What came of reading a file: its content, or the reason why it can't be used."""

    source: Source
    content: FileContent | None
    reason: str = ""


def read_all(sources: Sequence[Source], *, max_pixels: int, threads: int) -> Iterator[Reading]:
    """The readings of all sources, in their order."""
    pool = ThreadPoolExecutor(threads, thread_name_prefix="import")
    pending: deque[Future[Reading]] = deque()
    try:
        for source in sources:
            pending.append(pool.submit(_read, source, max_pixels))
            if len(pending) >= threads * IN_FLIGHT_PER_THREAD:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _read(source: Source, max_pixels: int) -> Reading:
    path = Path(source.path)
    try:
        # Before reading: a file that changes meanwhile then looks changed at the next import.
        mtime_ns = system_path(path).stat().st_mtime_ns
        content = _content(read_bytes(path), mtime_ns, max_pixels)
    except ImageError as error:
        return Reading(source, None, printable(str(error)))
    except OSError as error:
        return Reading(source, None, printable((error.strerror or "can't be read").lower()))
    return Reading(source, content)


def _content(data: bytes, mtime_ns: int, max_pixels: int) -> FileContent:
    decoded = decode(data, max_pixels=max_pixels)
    height, width = decoded.pixels.shape[:2]
    return FileContent(
        byte_size=len(data),
        mtime_ns=mtime_ns,
        content_hash=content_hash(data),
        width=width,
        height=height,
        mode="grey" if decoded.pixels.ndim == 2 else "colour",
        depth=decoded.depth,
        value_range=None if decoded.depth == "uint8" else value_range(decoded.pixels),
    )
