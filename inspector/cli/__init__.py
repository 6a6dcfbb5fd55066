"""The command line: one thin file a command. Neither Qt nor torch is imported until a command needs it."""

from __future__ import annotations

import argparse
import difflib
import importlib
import signal
import sys
from collections.abc import Sequence

from inspector import __version__
from inspector.cli import window_command
from inspector.cli.streams import flush_stdout, prepare_streams
from inspector.jobs.running.failures import sentence
from models.errors import KnownError

COMMANDS = {
    "demo": "the whole job on generated sample images",
    "samples": "write generated sample images, a folder a class",
    "new": "make a project and import folders",
    "import": "import more folders into a project",
    "info": "what a project holds",
    "groups": "find near-duplicates, and group the images of one coil or time",
    "label": "label images from folder names or a CSV",
    "split": "keep a share of the labelled images for judging",
    "suggest": "the images most worth labelling next",
    "pretrain": "train an encoder on the unlabelled images",
    "train": "train a classifier on the labelled images",
    "evaluate": "judge a classifier on labelled images that it was not trained on",
    "classify": "classify a folder of images into a CSV",
    "experiment": "the paper's experiments on class folders",
}
EXIT_ERROR, EXIT_USAGE, EXIT_INTERRUPTED = 1, 2, 130


def build_parser(argv: Sequence[str] = ()) -> argparse.ArgumentParser:
    """The parser; only the command that `argv` names is imported, so that the rest costs nothing."""
    parser = argparse.ArgumentParser(
        prog="inspector",
        usage=f"{window_command.USAGE}\n       inspector COMMAND ...",
        description="Surface inspection from unlabelled images: pretrain, label a handful, train, classify. Without a "
        "command the window opens, on PROJECT if one is named.",
        epilog="Window: --page images|pretrain|label|train|evaluate|classify, --theme light|dark|system, --size WxH; "
        "--screenshot FILE draws the page to a PNG and ends.",
    )
    parser.add_argument("--version", action="version", version=f"inspector {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, prog="inspector")
    named = next((word for word in argv if not word.startswith("-")), None)
    for name, summary in COMMANDS.items():
        sub = commands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        if name == named:
            module = importlib.import_module(f"inspector.cli.{name}_command")
            module.add_arguments(sub)
            sub.set_defaults(run=module.run)
    return parser


def run(argv: Sequence[str]) -> int:
    """Parse and run. 0: done, 1: one line on stderr says why not, 130: interrupted.

    Raises:
        SystemExit: help was asked for (0), or wrong usage (2).
    """
    prepare_streams()
    try:
        return _run_command(argv)
    except KnownError as error:
        return _fail(str(error), EXIT_ERROR)
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the way out is not to be interrupted again
        return _fail("Interrupted.", EXIT_INTERRUPTED)
    except BrokenPipeError:  # `inspector info | head`
        return EXIT_ERROR
    except (OSError, MemoryError, RuntimeError) as error:
        text = sentence(error)
        if text is None:
            raise
        return _fail(text, EXIT_ERROR)


def _run_command(argv: Sequence[str]) -> int:
    try:
        if window_command.is_window_call(argv, COMMANDS):
            return window_command.run(argv)
        parser = build_parser(argv)
        if argv and not argv[0].startswith("-") and argv[0] not in COMMANDS:
            parser.error(_unknown(argv[0]))
        arguments = parser.parse_args(argv)
        return arguments.run(arguments)
    finally:
        flush_stdout()  # a full disk or a broken pipe shows here, and not when Python ends


def _unknown(word: str) -> str:
    """What is said of a first word that may be a project's path or a command, mistyped."""
    near = difflib.get_close_matches(word, COMMANDS, 1)
    advice = f"did you mean '{near[0]}'?" if near else "'inspector --help' lists the commands."
    return f"'{word}' is neither a command nor a folder that exists; {advice}"


def _fail(sentence: str, code: int) -> int:
    line = " ".join(sentence.split())
    print(f"inspector: {line}".encode(errors="backslashreplace").decode(), file=sys.stderr)
    return code
