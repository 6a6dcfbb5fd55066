"""What a process must be told before it computes, in one place. Imports nothing heavy."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
from collections.abc import Callable
from pathlib import Path

from models.errors import KnownError

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # malloc.h
KEEP_BYTES = 1 << 30
MOST_BYTES_OF_OLD = 32 << 20  # that an older glibc takes for M_MMAP_THRESHOLD: half of its HEAP_MAX_SIZE


def prepare_process() -> None:
    """Set what the OpenMP and C libraries read once; call it before torch is imported. Only Linux needs it."""
    if sys.platform != "linux":
        return
    # Threads that wait leave the core to who has work; models/system/backward.py tells of those that spin regardless.
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        keep_large_buffers(mallopt)


def keep_large_buffers(mallopt: Callable[[int, int], int]) -> None:
    """Have the C library keep freed buffers, by its function `mallopt`, which returns 0 where it refuses.

    glibc hands every large one back to the kernel, which zeroes it anew at the next step: a quarter of the time.
    """
    # Where neither is taken, the other call would only stop glibc from raising the threshold by itself.
    if mallopt(M_MMAP_THRESHOLD, KEEP_BYTES) or mallopt(M_MMAP_THRESHOLD, MOST_BYTES_OF_OLD):
        mallopt(M_TRIM_THRESHOLD, KEEP_BYTES)


def load_torch_libraries() -> None:
    """On Windows, load torch's core library; call it before Qt is imported, after which it fails to load (c10.dll).

    Importing torch itself would keep the window waiting for seconds.

    Raises:
        KnownError: it cannot be loaded, as on a fresh Windows, which lacks the C++ runtime that it needs.
    """
    if sys.platform != "win32":
        return
    found = importlib.util.find_spec("torch")
    folder = None if found is None or found.origin is None else Path(found.origin).parent / "lib"
    if folder is not None and (folder / "c10.dll").is_file():
        os.add_dll_directory(str(folder))
        try:
            ctypes.WinDLL(str(folder / "c10.dll"))
        except OSError as error:
            raise KnownError(
                "PyTorch cannot be loaded: install Microsoft's Visual C++ Redistributable (x64), and start again."
            ) from error
