"""A machine that does not fall asleep in the middle of a job. Imports nothing heavy."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager

ES_SYSTEM_REQUIRED, ES_CONTINUOUS = 0x00000001, 0x80000000  # winbase.h


@contextmanager
def staying_awake() -> Iterator[None]:
    """Keep Windows from sleeping for want of a user meanwhile; its screen may go dark. Nothing on other systems.

    Windows keeps the wish by thread: enter and leave it in the one that does the work.
    """
    if sys.platform != "win32":
        yield
        return
    set_state = ctypes.windll.kernel32.SetThreadExecutionState
    set_state(ctypes.c_uint(ES_CONTINUOUS | ES_SYSTEM_REQUIRED))
    try:
        yield
    finally:
        set_state(ctypes.c_uint(ES_CONTINUOUS))
