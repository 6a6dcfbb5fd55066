"""File names on their way into the database and out of it.

A name on Linux is bytes and need not be valid Unicode; Python shows the odd bytes as lone surrogates, which SQLite
takes for broken text. Such names are stored as bytes, all others as text.
"""

from __future__ import annotations

import os
from pathlib import Path


def absolute_path(path: str | Path) -> str:
    """`path` from the root on, without '.' and '..'; links stay as the user named them."""
    return os.path.abspath(path)  # noqa: PTH100 - Path.resolve follows links


def to_stored(path: str | Path) -> str | bytes:
    """The value to store for `path`."""
    text = str(path)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return os.fsencode(text)
    return text


def from_stored(value: str | bytes) -> str:
    """The path that `to_stored` was given."""
    return os.fsdecode(value)


def printable(text: str) -> str:
    """`text` with each byte that is no valid Unicode written as an escape, for files and messages."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
