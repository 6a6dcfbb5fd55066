"""inspector [PROJECT] [--page PAGE] [--theme THEME] [--size WxH] [--screenshot FILE]: the desktop application."""

from __future__ import annotations

import argparse
import re
from collections.abc import Collection, Sequence
from contextlib import nullcontext
from pathlib import Path

from inspector.cli.choices import path
from inspector.cli.message_box import shown_failures
from inspector.ui.display import has_display
from inspector.ui.page_names import PAGES
from models.errors import KnownError
from models.system.process import load_torch_libraries

THEMES = ("light", "dark", "system")
NO_DISPLAY = "There is no display to show a window on; 'inspector --help' lists what works without one."
USAGE = "inspector [PROJECT] [--page PAGE] [--theme THEME] [--size WxH] [--screenshot FILE]"


def is_window_call(argv: Sequence[str], commands: Collection[str]) -> bool:
    """Whether the words ask for the window: no command, no call for help, and at most a folder that exists."""
    if any(word in ("-h", "--help", "--version") for word in argv) or (argv and argv[0] in commands):
        return False
    return not argv or argv[0].startswith("--") or Path(argv[0]).exists()


def build_parser() -> argparse.ArgumentParser:
    """The window's own parser."""
    parser = argparse.ArgumentParser(prog="inspector", usage=USAGE, add_help=False, allow_abbrev=False)
    parser.add_argument("project", nargs="?", type=path, metavar="PROJECT")
    parser.add_argument("--page", choices=PAGES)
    parser.add_argument("--theme", choices=THEMES)
    parser.add_argument("--size", type=_size, metavar="WxH")
    parser.add_argument("--screenshot", type=path, metavar="FILE")
    return parser


def run(argv: Sequence[str]) -> int:
    """Show the window, or draw a page to a file.

    Raises:
        KnownError: there is no display, no such project, or the picture cannot be written.
        SystemExit: wrong usage.
    """
    arguments = build_parser().parse_args(argv)
    if arguments.screenshot is not None and not arguments.screenshot.absolute().parent.is_dir():
        raise KnownError(f"The folder of {arguments.screenshot} does not exist; make it first.")
    if arguments.screenshot is None and not has_display():
        raise KnownError(NO_DISPLAY)
    # A picture is drawn unattended: nobody would close a box.
    with shown_failures() if arguments.screenshot is None else nullcontext():
        load_torch_libraries()
    from inspector.ui.window.application import WindowRequest, run_window

    return run_window(
        WindowRequest(
            project=arguments.project,
            page=arguments.page,
            theme=arguments.theme,
            size_px=arguments.size,
            screenshot=arguments.screenshot,
        )
    )


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{3,5})x(\d{3,5})", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no size; write 1280x800")
    return int(match[1]), int(match[2])
