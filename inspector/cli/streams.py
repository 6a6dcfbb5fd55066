"""stdout and stderr as the world hands them to a command: closed, a broken pipe, of an encoding that lacks letters."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path


def prepare_streams() -> None:
    """Make both take any text; where one is closed (`>&-`, Windows without a console) what is printed is dropped."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 (open to the end)
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


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
