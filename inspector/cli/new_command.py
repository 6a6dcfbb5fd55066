"""inspector new PROJECT FOLDER..."""

from __future__ import annotations

import argparse

from inspector.cli.choices import path
from inspector.cli.import_command import run_import


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("project", type=path, metavar="PROJECT", help="folder to make")
    parser.add_argument("folders", type=path, nargs="+", metavar="FOLDER", help="folder of images, walked recursively")


def run(arguments: argparse.Namespace) -> int:
    """Make the project and import; if nothing can be imported, no project is left behind."""
    from inspector.project import Project

    project = Project.create(arguments.project)
    try:
        run_import(project, arguments.folders)
    except BaseException:
        if not project.images():
            project.discard()
        raise
    finally:
        project.close()
    return 0
