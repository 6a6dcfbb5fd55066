"""results.csv while it grows: rows go to `<out>.partial`, which takes the place of `out` once it is whole.

Beside it `<out>.partial.json` says what is being classified and how, so that only the same job goes on with the rows.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import numpy as np

from models.errors import KnownError
from models.images.reading import IMAGE_SUFFIXES
from models.prediction.results_csv import HEADER, Result, encode_rows, read_results, read_rows
from models.storage.files import linked, put_in_place, refuse_special, unwritable, write_atomically

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


@dataclass
class Tally:
    """Counts over the rows: all, those with an error, those that need review (the former included), by label.

    `unfamiliar` counts the images unlike all that was learned from.
    """

    images: int = 0
    errors: int = 0
    needs_review: int = 0
    unfamiliar: int = 0
    labels: Counter[str] = field(default_factory=Counter)

    def add(self, result: Result) -> None:
        """Count a row."""
        self.images += 1
        self.needs_review += result.needs_review
        self.unfamiliar += result.is_unfamiliar
        if result.error:
            self.errors += 1
        else:
            self.labels[result.label] += 1


class PartialResults:
    """The rows of a job, to be used as a context manager; leaving it without `finish` keeps them for the next time.

    Attributes:
        tally: of all rows, those of an earlier, interrupted run included.
        replaced: whether the rows of another job were thrown away.
    """

    def __init__(self, out: Path, *, job: Mapping[str, Any]) -> None:
        """Begin the file, or go on after the whole rows of the same `job` (JSON values).

        Raises:
            KnownError: `out` can't be written.
        """
        refuse_unusable(out)
        self.out = out
        self.tally = Tally()
        self._place = linked(out)
        self._partial = self._place.with_name(f"{self._place.name}.partial")
        self._job_file = self._place.with_name(f"{self._place.name}.partial.json")
        self._done = np.empty(0, np.int64)
        is_same_job = _stored_job(self._job_file) == job
        with self._explaining_errors():
            self.replaced = not is_same_job and self._partial.exists()
            end = self._read() if is_same_job and self._holds_header() else self._begin(job)
            self._file = self._partial.open("r+b", buffering=0)  # nothing is held back that closing would write
            self._file.truncate(end)
            self._file.seek(end)

    def __enter__(self) -> PartialResults:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._file.close()

    def __contains__(self, path: str) -> bool:
        """Whether an earlier run left the row of this path."""
        key = hash(path)
        position = int(self._done.searchsorted(key))
        return position < len(self._done) and self._done[position] == key

    def earlier(self) -> Iterator[tuple[Result, ...]]:
        """The rows of an earlier run, in blocks."""
        return read_results(self._partial) if len(self._done) else iter(())

    def append(self, results: Sequence[Result]) -> None:
        """Hand rows to the system.

        Raises:
            KnownError: the disk is full, ...
        """
        with self._explaining_errors():
            _write_all(self._file, encode_rows(results))
        for result in results:
            self.tally.add(result)

    def finish(self) -> None:
        """Put the file, now whole, in the place of `out`.

        Raises:
            KnownError: the disk is full, another program holds `out`, ...
        """
        with self._explaining_errors():
            os.fsync(self._file.fileno())
            self._file.close()
            put_in_place(self._partial, self._place)
        with contextlib.suppress(OSError):
            self._job_file.unlink(missing_ok=True)

    def _holds_header(self) -> bool:
        if not self._partial.exists():
            return False
        with self._partial.open("rb") as file:
            return file.readline() == HEADER

    def _begin(self, job: Mapping[str, Any]) -> int:
        """Make the file anew and return where rows go."""
        self._partial.unlink(missing_ok=True)
        write_atomically(self._job_file, json.dumps(job, indent=2).encode("ascii"))
        self._partial.write_bytes(HEADER)
        return len(HEADER)

    def _read(self) -> int:
        """Take note of the whole rows and return where they end."""
        end, hashes = len(HEADER), array("q")  # eight bytes a path: those of a million must fit
        with self._partial.open("rb") as file:
            for result, row_end in read_rows(file):
                self.tally.add(result)
                hashes.append(hash(result.path))
                end = row_end
        self._done = np.sort(np.asarray(hashes, np.int64))
        return end

    @contextlib.contextmanager
    def _explaining_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno in _FULL:
                raise KnownError(
                    f"The disk is full: {self.out} could not be completed. The rows written so far are kept; free some "
                    "space and run the same command again to go on."
                ) from error
            raise KnownError(
                f"{unwritable(self.out, error)} The rows written so far are kept for the same command."
            ) from error


def refuse_unusable(out: Path) -> None:
    """Make sure that `out` can be the name of a CSV.

    Raises:
        KnownError: it names an image, a folder, a pipe or a device, or lies in a folder that is not there.
    """
    if out.suffix.lower() in IMAGE_SUFFIXES:
        raise KnownError(f"{out} is named like an image; name a .csv file for the results.")
    if out.is_dir():
        raise KnownError(f"{out} is a folder; name a .csv file for the results.")
    refuse_special(out)
    if not out.parent.is_dir():
        raise KnownError(f"{out} cannot be written: there is no folder {out.parent}; make it first.")


def _stored_job(file: Path) -> Any:
    try:
        return json.loads(file.read_bytes())
    except (OSError, ValueError):
        return None


def _write_all(file: BinaryIO, data: bytes) -> None:
    """Write to an unbuffered file, which may take a part at a time."""
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]
