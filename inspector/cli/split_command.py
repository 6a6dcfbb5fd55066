"""inspector split PROJECT"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from typing import TYPE_CHECKING

from inspector.cli.choices import partial_share, path, seed
from inspector.cli.opening import open_project

if TYPE_CHECKING:
    from inspector.project import Project


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("project", type=path, metavar="PROJECT")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--hold-out",
        type=partial_share,
        metavar="F",
        help="keep this share of the labelled images of each class for judging, whole groups of them",
    )
    what.add_argument("--release", action="store_true", help="let all of them take part in everything again")
    parser.add_argument("--seed", type=seed, default=0, metavar="S", help="which ones (default: 0)")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")


def run(arguments: argparse.Namespace) -> int:
    """Change the split and print what is kept for judging now."""
    with open_project(arguments.project) as project:
        if arguments.release:
            project.assign_split(dict.fromkeys(_held_out(project), "train"))
        else:
            project.hold_out(arguments.hold_out, seed=arguments.seed)
        held_out = set(_held_out(project))
        has_encoders = any(run.state == "finished" for run in project.runs("pretrain"))
        per_class = Counter(name for image_id, name in project.labels().items() if image_id in held_out)
    if arguments.json:
        print(json.dumps({"held_out": len(held_out), "classes": dict(sorted(per_class.items()))}))
        return 0
    print(describe(per_class, len(held_out), has_encoders=has_encoders))
    return 0


def describe(per_class: Counter[str], images: int, *, has_encoders: bool) -> str:
    """What is kept, in words."""
    if not images:
        return "No image is kept for judging."
    named = ", ".join(f"{name} {count:,}" for name, count in sorted(per_class.items()))
    lines = [f"{images:,} images are kept for judging ({named}): no step will see them. Train, then evaluate."]
    if has_encoders:
        lines.append("The encoders that are there may have seen them: pretrain again, or evaluate withholds figures.")
    return "\n".join(lines)


def _held_out(project: Project) -> list[int]:
    return [image_id for image_id, part in project.split().items() if part == "test"]
