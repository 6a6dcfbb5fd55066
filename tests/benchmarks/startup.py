"""Wall time of `inspector --help` and `inspector info` beside an empty Python, and what heavy modules they load."""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import tempfile
import time
from contextlib import redirect_stdout, suppress
from functools import partial
from pathlib import Path

from common import image_folder, median, print_json, print_table, run_alone, take_turns

HEAVY = ("torch", "torchvision", "cv2", "numpy", "scipy", "sklearn", "matplotlib", "PySide6")
EMPTY = "python -c pass"


def measure(*words: str) -> dict[str, float]:
    """Wall time of a Python with these arguments, in ms."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)
    return {"ms": 1_000 * (time.perf_counter() - start)}


def heavy_modules(*words: str) -> list[str]:
    """Those of HEAVY that a command leaves loaded; to be called in a fresh process."""
    from inspector.__main__ import main

    with redirect_stdout(io.StringIO()), suppress(SystemExit):
        main([*words])
    return [name for name in HEAVY if name in sys.modules]


def report(measured: dict[str, list[dict[str, float]]], heavy: dict[str, list[str]]) -> None:
    """The table, then all of it as JSON."""
    times = {name: median(figures, "ms") for name, figures in measured.items()}
    rows = [
        [name, ms, ms - times[EMPTY], f"{ms / times[EMPTY]:.1f}x", ", ".join(heavy[name]) or "none"]
        for name, ms in times.items()
    ]
    print(f"Medians of {len(measured[EMPTY])} runs.")
    print_table(["command", "ms", "over Python", f"of '{EMPTY}'", "heavy modules"], rows)
    print_json("startup", ms=times, heavy=heavy)


def main() -> None:
    """Make a project, time the commands in turn, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="folder of images (default: generated samples)")
    parser.add_argument("--rounds", type=int, default=9, help="the table holds medians over them (default: 9)")
    arguments = parser.parse_args()
    with image_folder(arguments.folder, per_class=60) as folder, tempfile.TemporaryDirectory() as temporary:
        project = str(Path(temporary) / "project")
        measure("-m", "inspector", "new", project, str(folder))
        commands = {"inspector --help": ("--help",), "inspector info": ("info", project)}
        sides = {EMPTY: partial(measure, "-c", "pass")}
        sides |= {name: partial(measure, "-m", "inspector", *words) for name, words in commands.items()}
        measured = take_turns(sides, arguments.rounds)
        heavy = {name: run_alone(heavy_modules, *words) for name, words in commands.items()}
    report(measured, {EMPTY: [], **heavy})


if __name__ == "__main__":
    main()
