"""inspector demo [--headless] [--out DIR]"""

from __future__ import annotations

import argparse
import itertools
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.cli.choices import path
from inspector.cli.message_box import shown_failures
from inspector.cli.progress import follow
from inspector.ui.display import has_display
from models.system.process import load_torch_libraries

if TYPE_CHECKING:
    from inspector.jobs.demo import DemoFinished

DEFAULT_NAME = "inspector-demo"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("--headless", action="store_true", help="without a window, as where there is no display")
    parser.add_argument("--out", type=path, metavar="DIR", help=f"new or empty folder (default: {DEFAULT_NAME})")


def run(arguments: argparse.Namespace) -> int:
    """Do the whole job in the window, or without one and say where everything lies."""
    if not arguments.headless and has_display():
        return _show(arguments.out)
    from inspector.jobs.demo import demo

    print(_sentence(follow(demo(arguments.out or _free_folder()))))
    return 0


def _show(folder: Path | None) -> int:
    from models.storage.files import refuse_taken

    with shown_failures():
        if folder is not None:
            refuse_taken(folder, "the demo")
        load_torch_libraries()
    from inspector.ui.window.application import WindowRequest, run_window

    return run_window(WindowRequest(demo=True, demo_folder=folder))


def _free_folder() -> Path:
    """The first of inspector-demo, inspector-demo-2, ... that does not exist here."""
    names = itertools.chain([DEFAULT_NAME], (f"{DEFAULT_NAME}-{n}" for n in itertools.count(2)))
    return next(path for path in map(Path, names) if not path.exists())


def _sentence(finished: DemoFinished) -> str:
    evaluation = finished.evaluation.evaluation
    low, high = evaluation.interval
    pictures = ", ".join(path.name for path in finished.pictures)
    return "\n".join(
        [
            f"Accuracy {evaluation.accuracy:.1%} (95 % interval {low:.1%} to {high:.1%}), macro F1 "
            f"{evaluation.macro_f1:.3f} on {evaluation.images} sample images that had no label.",
            f"{finished.classified.images} strip images classified, {finished.classified.needs_review} for a person.",
            f"results:  {finished.results}",
            f"report:   {finished.report}",
            f"pictures: {finished.pictures[0].parent} ({pictures})",
            f"project:  {finished.project}",
        ]
    )
