"""The rows of results.csv: safe to open in a spreadsheet, and read back as they were.

Text is quoted, numbers are not; needs_review is `true` or `false`, which spreadsheets and pandas take for truth values.
A path that a spreadsheet would take for a formula is written as `./=x.png`, which names the same file; any other such
text gets an apostrophe before it. Bytes of a file name that are no Unicode are written as escapes.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from models.errors import KnownError
from models.evaluation.calibration import is_level
from models.storage.files import write_atomically

COLUMNS = ("path", "label", "confidence", "second_label", "second_confidence", "needs_review", "error")
HEADER = (",".join(COLUMNS) + "\n").encode("ascii")
KEPT_HEADER = HEADER.replace(b"\n", b",decided_by\n")  # of a copy that holds what persons have decided
DECIMALS = 6
BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # by which Excel knows UTF-8
BLOCK_ROWS = 2_000

_FORMULA_START = re.compile(r"[=+\-@\t\r\0]")
# With the apostrophe that such a text got, or that it had before: it gets another, so that reading takes one off.
_MARKED_START = re.compile(r"'+[=+\-@\t\r\0]")


@dataclass(frozen=True)
class Result:
    """What one image file was taken for, or the reason why it can't be used.

    Attributes:
        path: relative to the folder that was classified, with forward slashes.
        confidence: probability of `label`, 0 to 1; None if the file can't be used.
        needs_review: whether a person must look at it, as at every file that can't be used.
        error: the reason, empty for a classified image.
        decided_by: the person who has given `label` in place of the classifier; empty: nobody.
    """

    path: str
    label: str = ""
    confidence: float | None = None
    second_label: str = ""
    second_confidence: float | None = None
    needs_review: bool = True
    error: str = ""
    decided_by: str = ""

    @property
    def is_unfamiliar(self) -> bool:
        """Whether the image is unlike all that was learned from: no class is more likely than another."""
        if self.confidence is None or self.second_confidence is None:
            return False
        return bool(is_level(self.confidence, self.second_confidence))


def needs_review(confidence: float | None, *, review_below: float) -> bool:
    """Whether a person must look: the confidence is below the threshold, no number, or there is none."""
    return confidence is None or not confidence >= review_below


def printable(text: str) -> str:
    """`text` with each byte that is no valid Unicode written as an escape."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def encode_rows(results: Iterable[Result]) -> bytes:
    """The rows as UTF-8."""
    return _encoded(_cells(result) for result in results)


def write_results(path: Path, results: Iterable[Result], *, for_excel: bool = False) -> None:
    """Write a results.csv to keep, with the column `decided_by` at its end; `read_results` does not take it.

    `for_excel` begins it with a byte order mark, without which Excel garbles names.

    Raises:
        KnownError: it can't be written.
    """
    rows = _encoded((*_cells(result), _marked(result.decided_by)) for result in results)
    write_atomically(path, (BYTE_ORDER_MARK if for_excel else b"") + KEPT_HEADER + rows)


def read_results(path: Path, *, block_rows: int = BLOCK_ROWS) -> Iterator[tuple[Result, ...]]:
    """The rows of a results.csv, finished or not, in blocks.

    Raises:
        KnownError: it is gone, can't be read, or holds no results.
    """
    try:
        with path.open("rb") as file:
            if file.readline() != HEADER:
                raise KnownError(f"{path} holds no results of a classification; choose another file.")
            file.seek(0)
            rows = (result for result, _ in read_rows(file))
            while block := tuple(islice(rows, block_rows)):
                yield block
    except OSError as error:
        raise KnownError(
            f"{path} cannot be read ({error.strerror or error}); see whether it is still there."
        ) from error


def read_rows(file: BinaryIO) -> Iterator[tuple[Result, int]]:
    """The rows after the header, each with the position in the file at which it ends.

    It ends before the first row that is torn, or that `encode_rows` can't have written.
    """
    if file.readline() != HEADER:
        return
    end = len(HEADER)
    for record in _records(file):
        result = _parsed(record)
        if result is None:
            return
        end += len(record)
        yield result, end


def _cells(result: Result) -> tuple[str | float, ...]:
    return (
        f"./{result.path}" if _FORMULA_START.match(result.path) else result.path,
        _marked(result.label),
        _number(result.confidence),
        _marked(result.second_label),
        _number(result.second_confidence),
        "true" if result.needs_review else "false",
        _marked(result.error),
    )


def _encoded(rows: Iterable[tuple[str | float, ...]]) -> bytes:
    text = io.StringIO(newline="")
    # Quotes everywhere: a spreadsheet that parts cells at semicolons would find a formula inside a name otherwise.
    csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("utf-8", "backslashreplace")


def _number(value: float | None) -> float | str:
    return "" if value is None else round(value, DECIMALS)


def _marked(text: str) -> str:
    return f"'{text}" if _FORMULA_START.match(text) or _MARKED_START.match(text) else text


def _unmarked(text: str) -> str:
    return text[1:] if _MARKED_START.match(text) else text


def _records(file: BinaryIO) -> Iterator[bytes]:
    """Whole lines, joined where a line ends within quotes: a quote inside a cell is doubled, so their number tells."""
    record, quotes = b"", 0
    for line in file:
        record += line
        quotes += line.count(b'"')
        if quotes % 2 == 0 and record.endswith(b"\n"):
            yield record
            record, quotes = b"", 0


def _parsed(record: bytes) -> Result | None:
    try:
        (cells,) = csv.reader(io.StringIO(record.decode("utf-8"), newline=""), strict=True)
        path, label, confidence, second_label, second_confidence, needs_review, error = cells
        return Result(
            path=path[2:] if _FORMULA_START.match(path[2:]) and path.startswith("./") else path,
            label=_unmarked(label),
            confidence=float(confidence) if confidence else None,
            second_label=_unmarked(second_label),
            second_confidence=float(second_confidence) if second_confidence else None,
            needs_review={"true": True, "false": False}[needs_review],
            error=_unmarked(error),
        )
    except (ValueError, KeyError, csv.Error):
        return None
