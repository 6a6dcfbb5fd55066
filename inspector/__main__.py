"""The door: `inspector`, `python -m inspector`."""

from __future__ import annotations

import os
import sys


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    if sys.platform == "linux":
        # A busy neighbour core costs 60 % of the training rate without this and 45 % with it; libgomp reads it once.
        os.environ.setdefault("GOMP_SPINCOUNT", "1000")
    from inspector.cli import run

    return run(sys.argv[1:] if argv is None else argv)


if __name__ == "__main__":
    sys.exit(main())
