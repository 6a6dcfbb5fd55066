"""Paths beyond the length that Windows takes by default. Imports nothing heavy."""

from __future__ import annotations

import ntpath
import sys
from pathlib import Path

# Of 260 characters for a file and 248 for a folder; what is written beside a file adds a few to its name.
_WINDOWS_PATH_LIMIT = 240


def system_path(path: Path) -> Path:
    """`path` in the form in which the system opens and makes it whatever its length; for the system, not for a user."""
    if sys.platform != "win32":
        return Path(path)
    return Path(extended(str(Path(path).absolute())) or path)


def extended(name: str) -> str:
    r"""The \\?\ form of an absolute path of Windows; empty where it is short, or has that form."""
    plain = ntpath.normpath(name)
    if len(plain) < _WINDOWS_PATH_LIMIT or plain.startswith("\\\\?\\"):
        return ""
    return "\\\\?\\UNC\\" + plain[2:] if plain.startswith("\\\\") else "\\\\?\\" + plain
