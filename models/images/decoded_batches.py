"""Image files decoded by a few threads ahead of whoever uses them, in their order and in bounded memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from models.images.reading import ImageError, prepare, read_bytes
from models.images.settings import ImageSettings

BATCH_BYTES = 64 * 2**20  # of pixels, if all images are as large as they may be


@dataclass(frozen=True)
class DecodedFile:
    """A file and its pixels (C, H, W) uint8, or the reason why there are none."""

    path: Path
    pixels: np.ndarray | None
    error: str = ""


def decoded_batches(
    paths: Iterable[Path], settings: ImageSettings, *, batch_images: int, threads: int
) -> Iterator[list[DecodedFile]]:
    """Lists of at most `batch_images` files in the order of `paths`; the next list is decoded while one is in use.

    Close it to end its threads.
    """
    largest = settings.channels * settings.max_area  # in bytes
    size = max(1, min(batch_images, BATCH_BYTES // largest))
    with closing(_decoded(paths, settings, threads=threads, ahead=size + threads)) as files:
        while batch := list(islice(files, size)):
            yield batch


def _decoded(paths: Iterable[Path], settings: ImageSettings, *, threads: int, ahead: int) -> Iterator[DecodedFile]:
    pool = ThreadPoolExecutor(threads, thread_name_prefix="decode")
    pending: deque[Future[DecodedFile]] = deque()
    try:
        for path in paths:
            pending.append(pool.submit(_decode, path, settings))
            if len(pending) > ahead:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _decode(path: Path, settings: ImageSettings) -> DecodedFile:
    try:
        pixels = prepare(read_bytes(path), settings)
    except ImageError as error:
        return DecodedFile(path, None, str(error))
    return DecodedFile(path, pixels)
