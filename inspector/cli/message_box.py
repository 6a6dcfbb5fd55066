"""A failure in a box of Windows' own: the packaged application hides a console that was opened for its window alone."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from models.errors import KnownError

MB_ICONERROR = 0x10  # winuser.h


@contextmanager
def shown_failures() -> Iterator[None]:
    """Show a KnownError of what opens the window, and pass it on; only for who sits before a packaged application."""
    try:
        yield
    except KnownError as error:
        if sys.platform == "win32" and getattr(sys, "frozen", False):
            ctypes.windll.user32.MessageBoxW(None, str(error), "Inspector", MB_ICONERROR)
        raise
