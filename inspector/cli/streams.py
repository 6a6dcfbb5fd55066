"""stdout and stderr as the world hands them to a command: closed, a broken pipe, of an encoding that lacks letters."""

from __future__ import annotations

import codecs
import io
import os
import sys
from pathlib import Path

PLAIN = {"−": "-"}  # what encodings of old consoles lack, and what is read as the same


def prepare_streams() -> None:
    """Make both take any text; where one is closed (`>&-`, Windows without a console) what is printed is dropped."""
    codecs.register_error("plain", _plain)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 (open to the end)
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="plain")


def _plain(error: UnicodeError) -> tuple[str | bytes, int]:
    """What an encoding lacks, by its likeness or, where it has none, by its number."""
    if isinstance(error, UnicodeEncodeError) and (likeness := PLAIN.get(error.object[error.start])):
        return likeness, error.start + 1
    return codecs.backslashreplace_errors(error)


def flush_stdout() -> None:
    """Print what is still to be printed; where that fails it is dropped, lest Python fails of it again when it ends.

    Raises:
        OSError: nobody reads the pipe any more, or the disk behind it is full.
    """
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise
