"""The door: `inspector`, `python -m inspector`."""

from __future__ import annotations

import sys

from models.process import prepare_process


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    prepare_process()
    from inspector.cli import run

    return run(sys.argv[1:] if argv is None else argv)


if __name__ == "__main__":
    sys.exit(main())
