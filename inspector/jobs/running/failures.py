"""What to tell a user when a command or a job ends with an error: one sentence, or nothing if it is our own mistake."""

from __future__ import annotations

from models.errors import KnownError

GPU_FULL = "The graphics card's memory is full; choose a smaller batch size, or compute on the CPU."
MEMORY_FULL = "This machine's memory is full; close other programs, or choose a smaller batch size."


def sentence(error: BaseException) -> str | None:
    """Why it could not be done and what helps; None for an error that no user can have caused."""
    if isinstance(error, KnownError):
        return str(error)
    if type(error).__name__ == "OutOfMemoryError":  # torch's own; importing torch to name it would cost seconds
        return GPU_FULL
    if isinstance(error, MemoryError):
        return MEMORY_FULL
    if isinstance(error, OSError):
        what = error.strerror or str(error)
        return f"{error.filename}: {what}." if error.filename else f"{what}."
    return None
