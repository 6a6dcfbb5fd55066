"""inspector groups PROJECT"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.cli.choices import path
from inspector.cli.opening import open_project
from inspector.cli.progress import follow

if TYPE_CHECKING:
    from inspector.jobs.grouping.find_groups import GroupsFinished

SHOWN_GROUPS = 20
SHOWN_MEMBERS = 6


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("project", type=path, metavar="PROJECT")
    parser.add_argument(
        "--pattern",
        metavar="REGEX",
        help="images are of one group where this matches the same in their paths, such as 'coil(\\d+)'; kept for "
        "later imports; '' groups by no pattern any more",
    )
    parser.add_argument(
        "--no-near-duplicates", action="store_true", help="don't look for near-duplicates; those found before stay"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")


def run(arguments: argparse.Namespace) -> int:
    """Find the groups and print them."""
    from inspector.jobs.grouping.find_groups import find_groups

    with open_project(arguments.project) as project:
        finished = follow(
            find_groups(project, pattern=arguments.pattern, near_duplicates=not arguments.no_near_duplicates),
            quiet=arguments.json,
        )
    print(json.dumps(finished.to_json()) if arguments.json else describe(finished))
    return 0


def describe(finished: GroupsFinished) -> str:
    """The groups in words, near-duplicates by name."""
    grouped = sum(len(members) for members in finished.groups)
    lines = [
        f"{len(finished.near_duplicates):,} clusters of near-duplicates; "
        f"{grouped:,} of {finished.images:,} images lie in {len(finished.groups):,} groups"
        + (f" (pattern {finished.pattern})" if finished.pattern is not None else "")
    ]
    lines += _listed("near-duplicates", finished.near_duplicates)
    if finished.straddling:
        lines.append(f"{len(finished.straddling):,} groups lie on both sides of the split, so figures are withheld:")
        lines += _listed("on both sides", finished.straddling)
    return "\n".join(lines)


def _listed(name: str, groups: tuple[tuple[Path, ...], ...]) -> list[str]:
    lines = []
    for members in groups[:SHOWN_GROUPS]:
        shown = ", ".join(repr(str(path)) for path in members[:SHOWN_MEMBERS])
        more = f" and {len(members) - SHOWN_MEMBERS:,} more" if len(members) > SHOWN_MEMBERS else ""
        lines.append(f"  {name}: {shown}{more}")
    if len(groups) > SHOWN_GROUPS:
        lines.append(f"  ... and {len(groups) - SHOWN_GROUPS:,} more, which --json lists")
    return lines
