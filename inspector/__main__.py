"""The door: `inspector`, `python -m inspector`."""

from __future__ import annotations

import sys


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    try:
        from models.system.process import prepare_process

        prepare_process()
        from inspector.cli import run

        return run(sys.argv[1:] if argv is None else argv)
    except KeyboardInterrupt:  # before `run` could see to it, as while the first modules are imported
        return 130


if __name__ == "__main__":
    sys.exit(main())
