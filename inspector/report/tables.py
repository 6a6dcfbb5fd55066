"""The per-class table of an evaluation and the answers behind it as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from models.evaluation.evaluate import Evaluation
from models.storage.files import write_atomically

ANSWER_COLUMNS = ("path", "label", "answer", "confidence")
COLUMNS = ("class", "precision", "recall", "f1", "support")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0")


def write_csv(evaluation: Evaluation, path: Path) -> None:
    """Writes a row a class, then 'macro average' (of the classes with images) and 'accuracy' (in column f1).

    Raises:
        KnownError: the file cannot be written.
    """
    table = io.StringIO(newline="")
    # All text is quoted: a spreadsheet that parts cells at semicolons would find a formula inside a name otherwise.
    writer = csv.writer(table, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(COLUMNS)
    for name, score in zip(evaluation.classes, evaluation.per_class, strict=True):
        writer.writerow((formula_safe(name), *_rounded(score.precision, score.recall, score.f1), score.support))
    present = [score for score in evaluation.per_class if score.support]
    precision, recall = np.mean([(score.precision, score.recall) for score in present], axis=0)
    writer.writerow(("macro average", *_rounded(precision, recall, evaluation.macro_f1), evaluation.images))
    writer.writerow(("accuracy", "", "", *_rounded(evaluation.accuracy), evaluation.images))
    write_atomically(path, table.getvalue().encode("utf-8", "backslashreplace"))


def write_answers_csv(answers: Iterable[tuple[str, str, str, float]], path: Path) -> None:
    """Writes a row an image: its path, its label, the answer, and how sure that is (0..1).

    Raises:
        KnownError: the file cannot be written.
    """
    table = io.StringIO(newline="")
    writer = csv.writer(table, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(ANSWER_COLUMNS)
    for file, label, answer, confidence in answers:
        writer.writerow((*(formula_safe(text) for text in (file, label, answer)), *_rounded(confidence)))
    write_atomically(path, table.getvalue().encode("utf-8", "backslashreplace"))


def formula_safe(cell: str) -> str:
    """`cell` with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def _rounded(*values: float) -> tuple[float, ...]:
    return tuple(round(float(value), 6) for value in values)
