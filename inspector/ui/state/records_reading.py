"""A project's records, read for the window; in any thread, since nothing here is the window's."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.jobs.training.todays_names import runs_today
from inspector.project import Change, ClassRecord, ImageRecord, Project, RunRecord


@dataclass(frozen=True)
class Records:
    """What was read; None: it was not asked for. `row_of` says where in `images` an image stands.

    The figures of `runs` are those of the classes as they are called today.
    """

    images: list[ImageRecord] | None = None
    row_of: dict[int, int] | None = None
    classes: list[ClassRecord] | None = None
    runs: list[RunRecord] | None = None
    held_out: frozenset[int] | None = None


def read_records(project: Project, change: Change) -> Records:
    """Of each kind that a change names, except labels: of those only the changed ones are read, by who takes them.

    Other classes make other figures of the runs.
    """
    images = project.images() if change.images else None
    return Records(
        images=images,
        row_of=None if images is None else {image.id: row for row, image in enumerate(images)},
        classes=project.classes() if change.classes else None,
        runs=runs_today(project, project.runs()) if change.runs or change.classes else None,
        held_out=frozenset(i for i, part in project.split().items() if part == "test") if change.splits else None,
    )
