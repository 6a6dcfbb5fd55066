"""Whether a window could be shown. Imports no Qt, so that the command line may ask."""

from __future__ import annotations

import os
import sys


def has_display() -> bool:
    """Whether there is a screen, or a Qt platform that the user has named."""
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
