"""The decoded-once cache: uint8 pixels at native resolution, memory-mapped, by content hash.

Everything here can be derived again: the folder may be deleted at any time, and two processes may fill it at the same
time (at worst an image is stored twice).
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import numpy as np

from models.events import Progress
from models.images.cache_segments import Segment, SegmentWriter
from models.images.reading import ImageError, content_hash, prepare, read_bytes
from models.images.settings import ImageSettings

_DECODING_VERSION = 2  # raise it when `prepare` gives other pixels for the same file
_SEGMENT_BYTES = 64 * 2**20
_SEGMENT_IMAGES = 2000
_LEFTOVER_AGE_S = 24 * 3600  # by then no process is still writing it
_MAX_OPEN_MAPS = 256  # each holds a file handle, of which a process may have 1,024 on Linux


class ImageCache:
    """Images read with the same settings; to be used by one thread at a time.

    `failed` names why images of the last `ensure` are not there: content hash -> reason.
    """

    def __init__(self, folder: Path, settings: ImageSettings) -> None:
        decoding = json.dumps([_DECODING_VERSION, settings.scaling.to_json()], sort_keys=True)
        digest = hashlib.sha256(decoding.encode()).hexdigest()[:8]
        self.folder = Path(folder) / f"{settings.channels}x{settings.max_area}-{digest}"
        self.failed: dict[str, str] = {}
        self._settings = settings
        self._segments: dict[str, Segment] = {}
        self._places: dict[str, tuple[Segment, int]] = {}
        self._scan()

    def __enter__(self) -> ImageCache:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __contains__(self, image_hash: str) -> bool:
        return image_hash in self._places

    def close(self) -> None:
        """Close the memory maps, without which Windows can't delete the folder; they open again when needed."""
        for segment in self._segments.values():
            segment.close()

    def ensure(self, items: Sequence[tuple[str, Path]], *, threads: int = 2) -> Iterator[Progress]:
        """Decode what is missing of `items` (content hash, path); a hash may come with several paths.

        The first path of a hash that still has this content is used. What fails is told in `failed` and stops nothing.
        Closing the generator keeps what was decoded so far. `Progress` counts the missing images alone.

        Raises:
            KnownError: the folder can't be written, such as on a full disk.
        """
        self.failed = {}
        self._scan()
        self._sweep()
        missing: dict[str, list[Path]] = {}
        for image_hash, path in items:
            if image_hash not in self._places:
                missing.setdefault(image_hash, []).append(path)
        writer = SegmentWriter(self.folder, channels=self._settings.channels)
        with closing(self._decoded(missing, threads)) as decoded:
            try:
                for done, (image_hash, result) in enumerate(decoded, start=1):
                    if isinstance(result, str):
                        self.failed[image_hash] = result
                    else:
                        writer.append(image_hash, result)
                    if len(writer) >= _SEGMENT_IMAGES or writer.byte_size >= _SEGMENT_BYTES:
                        self._finish(writer)
                    yield Progress("decode", done, len(missing))
            finally:
                self._finish(writer)

    def shapes(self, hashes: Sequence[str]) -> np.ndarray:
        """Height and width of the images with these hashes: (n, 2) int64.

        Raises:
            KeyError: the first hash that is not in the cache.
        """
        places = self._found(hashes)
        return np.array([segment.shapes[row] for segment, row in places], np.int64).reshape(-1, 2)

    def image(self, image_hash: str) -> np.ndarray:
        """Copy of one image: (C, H, W) uint8.

        Raises:
            KeyError: it is not in the cache.
        """
        return self.gather([image_hash])[0]

    def gather(self, hashes: Sequence[str]) -> list[np.ndarray]:
        """Copies of the images with these hashes, in their order, each (C, H, W) uint8.

        Raises:
            KeyError: the first hash that is not in the cache.
        """
        places = self._found(hashes)
        images: dict[int, np.ndarray] = {}
        for i in sorted(range(len(places)), key=lambda i: places[i][0].name):  # each segment is opened once
            segment, row = places[i]
            try:
                images[i] = self._open(segment).image(row).copy()
            except OSError:  # it was deleted or cut since it was found
                self._scan()
                raise KeyError(hashes[i]) from None
        return [images[i] for i in range(len(places))]

    def _found(self, hashes: Sequence[str]) -> list[tuple[Segment, int]]:
        if not all(image_hash in self._places for image_hash in hashes):
            self._scan()  # another process may have decoded them
        return [self._places[image_hash] for image_hash in hashes]

    def _decoded(
        self, missing: dict[str, list[Path]], threads: int
    ) -> Generator[tuple[str, np.ndarray | str], None, None]:
        """Each hash with its pixels (C, H, W) or the reason why there are none; few are ahead of the consumer."""
        in_flight: deque[tuple[str, Future[np.ndarray | str]]] = deque()
        pool = ThreadPoolExecutor(threads, thread_name_prefix="decode")
        try:
            for image_hash, paths in missing.items():
                in_flight.append((image_hash, pool.submit(self._decode, image_hash, paths)))
                if len(in_flight) > 4 * threads:
                    first, future = in_flight.popleft()
                    yield first, future.result()
            for first, future in in_flight:
                yield first, future.result()
        finally:
            pool.shutdown(cancel_futures=True)

    def _decode(self, image_hash: str, paths: list[Path]) -> np.ndarray | str:
        reasons = []
        for path in paths:
            try:
                data = read_bytes(path)
                if content_hash(data) == image_hash:
                    return prepare(data, self._settings)
                reasons.append("has changed since the import")
            except ImageError as error:
                reasons.append(str(error))
        return reasons[0]

    def _finish(self, writer: SegmentWriter) -> None:
        segment = writer.finish()
        if segment is not None:
            self._add(segment)

    def _add(self, segment: Segment) -> None:
        self._segments[segment.name] = segment
        for row, image_hash in enumerate(segment.hashes):
            self._places.setdefault(image_hash, (segment, row))

    def _scan(self) -> None:
        """Know the segments that lie in the folder now, and only those."""
        kept = [segment for segment in self._segments.values() if segment.is_whole()]
        if len(kept) < len(self._segments):
            self.close()
            self._segments, self._places = {}, {}
            for segment in kept:
                self._add(segment)
        names = {path.stem for path in self.folder.glob("*.hashes")}
        for name in sorted(names - self._segments.keys()):
            segment = Segment.find(self.folder, name, channels=self._settings.channels)
            if segment is not None:
                self._add(segment)

    def _sweep(self) -> None:
        """Delete what a process that died has left behind, and damaged segments."""
        for path in self.folder.glob("*"):
            with suppress(OSError):  # another process may sweep too
                if path.stem not in self._segments and time.time() - path.stat().st_mtime > _LEFTOVER_AGE_S:
                    path.unlink()

    def _open(self, segment: Segment) -> Segment:
        """The segment, after closing all if too many would be open."""
        if not segment.is_open and sum(other.is_open for other in self._segments.values()) >= _MAX_OPEN_MAPS:
            self.close()
        return segment
