"""inspector suggest PROJECT --count N --out FILE"""

from __future__ import annotations

import argparse
import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.cli.choices import path, positive_int, seed
from inspector.cli.opening import open_project
from inspector.cli.outputs import refuse_unusable
from inspector.cli.progress import follow

if TYPE_CHECKING:
    from inspector.jobs.labelling.suggest import SuggestFinished


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("project", type=path, metavar="PROJECT")
    parser.add_argument("--count", type=positive_int, required=True, metavar="N", help="how many images")
    parser.add_argument("--out", type=path, required=True, metavar="FILE", help="CSV to write: path,reason")
    parser.add_argument("--strategy", choices=("auto", "typical", "unusual", "uncertain", "random"), default="auto")
    parser.add_argument("--features", choices=("fused", "encoder", "texture"), default="fused")
    parser.add_argument("--encoder", default="latest", metavar="latest|RUN|FILE|random")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--seed", type=seed, default=0, metavar="S")


def run(arguments: argparse.Namespace) -> int:
    """Write the suggestions as CSV."""
    from inspector.jobs.labelling.suggest import suggest

    refuse_unusable(arguments.out)
    with open_project(arguments.project) as project:
        finished = follow(
            suggest(
                project,
                count=arguments.count,
                strategy=arguments.strategy,
                features=arguments.features,
                encoder=arguments.encoder,
                device=arguments.device,
                seed=arguments.seed,
            )
        )
    write_suggestions(finished, arguments.out)
    print(f"{len(finished.images)} images to label are named in {arguments.out}")
    return 0


def write_suggestions(finished: SuggestFinished, out: Path) -> None:
    """Write path,reason: absolute paths, which `inspector label --csv` knows again once a column label is added."""
    from models.storage.files import write_atomically

    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["path", "reason"])
    writer.writerows([str(image.path), image.reason] for image in finished.images)
    write_atomically(out, text.getvalue().encode(errors="backslashreplace"))
