"""What a run's configuration says of the software that made it."""

from __future__ import annotations

import platform
from importlib.metadata import version

from inspector import __version__


def versions() -> dict[str, str]:
    """Versions of Inspector and of what its numbers depend on."""
    libraries = {name: version(name) for name in ("torch", "numpy", "scikit-learn", "opencv-python-headless")}
    return {"inspector": __version__, "python": platform.python_version(), **libraries}
