"""What the benchmarks share: pictures to work on, fresh processes to work in, sides in turn, a table to end with.

Imports nothing heavy: a measured process begins with this module and decides itself what it loads, and when.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context, get_start_method, set_start_method
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import numpy as np

T = TypeVar("T")


@contextmanager
def image_folder(folder: Path | None, *, per_class: int, fewest: int = 1) -> Iterator[Path]:
    """The folder given, or generated samples of six classes that are gone afterwards.

    Raises:
        SystemExit: the folder holds fewer than `fewest` images.
    """
    from models.images.reading import walk

    if folder is not None:
        found = sum(1 for _ in islice(walk(folder), fewest))
        if found < fewest:
            sys.exit(f"{folder} holds {found} images; this measurement needs {fewest}.")
        yield folder
        return
    from inspector.samples import write_samples

    with tempfile.TemporaryDirectory() as temporary:
        samples = Path(temporary) / "samples"
        for _ in write_samples(samples, per_class=per_class):
            pass
        yield samples


def grey_pixels(folder: Path, *, side_px: int = 200, limit: int = 2_000) -> np.ndarray:
    """At most `limit` images, (N, 1, side_px, side_px) uint8."""
    import numpy as np

    from models.images.reading import DEFAULT_MAX_PIXELS, prepare, read_bytes, resize, walk
    from models.images.settings import ImageSettings, Scaling
    from models.images.shapes import MAX_WORKING_AREA

    grey = ImageSettings(channels=1, max_area=MAX_WORKING_AREA, scaling=Scaling(), max_pixels=DEFAULT_MAX_PIXELS)
    images = (prepare(read_bytes(path), grey)[0] for path in islice(walk(folder), limit))
    return np.stack([resize(image, height=side_px, width=side_px) for image in images])[:, None]


def run_alone(function: Callable[..., T], *arguments: object) -> T:
    """Call a module's function in a Python process of its own, which ends with it."""
    with ProcessPoolExecutor(
        max_workers=1, mp_context=get_context("spawn"), initializer=_start_children_by, initargs=(get_start_method(),)
    ) as pool:
        return pool.submit(function, *arguments).result()


def _start_children_by(method: str) -> None:
    """A data loader shall start its workers as in any script; a spawned process would spawn them, torch and all."""
    set_start_method(method, force=True)


def run_timed(function: Callable[..., dict[str, float]], *arguments: object) -> dict[str, float]:
    """`run_alone` and what it told, with process_seconds: from the start of that process to its end."""
    start = time.perf_counter()
    figures = run_alone(function, *arguments)
    return {**figures, "process_seconds": time.perf_counter() - start}


def take_turns(sides: Mapping[str, Callable[[], T]], rounds: int) -> dict[str, list[T]]:
    """Measure every side once a round, so that what else the machine does meets all of them alike."""
    measured: dict[str, list[T]] = {name: [] for name in sides}
    for turn in range(rounds):
        for name, measure in sides.items():
            print(f"round {turn + 1} of {rounds}: {name}", file=sys.stderr)
            measured[name].append(measure())
    return measured


def median(figures: Sequence[Mapping[str, float]], key: str) -> float:
    """Median of one figure over the rounds."""
    return statistics.median(figure[key] for figure in figures)


def peak_memory_mib() -> float:
    """The most memory that this process ever held, in MiB; not a number on Windows, which does not tell."""
    if sys.platform == "win32":
        return float("nan")
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def print_table(header: Sequence[str], rows: Sequence[Sequence[str | float]]) -> None:
    """Columns as wide as they need to be; numbers with one decimal at the right."""
    cells = [list(header)] + [[c if isinstance(c, str) else f"{c:,.1f}" for c in row] for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    for row in cells:
        print("  ".join([row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))]))


def print_json(benchmark: str, **figures: Any) -> None:
    """One line for whoever collects figures."""
    print(json.dumps({"benchmark": benchmark, **figures}))
