"""Who did something and when, as it is recorded."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from functools import cache


def now() -> str:
    """The time in UTC, ISO 8601, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


@cache
def user_name() -> str:
    """The name of whoever runs the program, 'unknown' where the system has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # no entry for the user id; on Windows getpass then looks for pwd
        return "unknown"
