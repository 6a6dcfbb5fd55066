"""`inspector experiment`: every task in order, stored as soon as it is done, then the report."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from inspector.jobs.experiment.content import content_of, content_to_be
from inspector.jobs.experiment.folders import check_folders, make_folder
from inspector.jobs.experiment.plan import Task, tasks
from inspector.jobs.experiment.protocol import SPLIT
from inspector.jobs.experiment.request import ExperimentRequest
from inspector.jobs.experiment.store import WORK_NAME, Results
from inspector.jobs.running.alone import alone
from inspector.jobs.running.devices import usable_device
from inspector.project.stored_paths import absolute_path
from models.events import Notice

if TYPE_CHECKING:
    from inspector.jobs.experiment.bench import Bench

LOCK_NAME = ".running.lock"
ASSUMED_SECONDS = 60.0  # of work done as fast as expected, so that the first small task does not foretell hours


def experiment(request: ExperimentRequest) -> Iterator[Any]:
    """Measure what is not measured yet: progress and notices, then ExperimentFinished.

    Closing it keeps every task that was done; a pretraining is gone on with from its last checkpoint.

    Raises:
        KnownError: the folders can't be used, or DIR holds another experiment, or one that is running.
    """
    from inspector.jobs.experiment.bench import Bench
    from inspector.jobs.experiment.encoders import fill_project
    from inspector.jobs.experiment.results_report import write_all

    started = time.perf_counter()
    check_folders(request.folder, request.out)
    plan = request.plan()
    settings = {"folder": absolute_path(request.folder), "plan": plan.to_json(), "split": SPLIT}
    Results.open(request.out, settings)  # refuses another experiment's folder before anything is written to it
    device = yield from usable_device(request.device)
    make_folder(request.out / WORK_NAME)
    with alone(request.out, lock_path=request.out / LOCK_NAME):
        project = request.out / WORK_NAME / "seed-0"
        if Results.open(request.out, settings).measurements:
            # An image that was added would stay in the project, and with it an experiment that can't be gone on with.
            Results.open(request.out, {**settings, **(yield from content_to_be(project, request.folder))})
        yield from fill_project(project, request.folder)
        results = Results.open(request.out, {**settings, **content_of(project, request.folder)})
        bench = Bench(request.folder, request.out, plan, device, request.device, results)
        yield from _work_through(bench, list(tasks(plan, request.seeds)))
        yield Notice("The report is written.")
        written = write_all(request, results)
        yield replace(written, seconds=time.perf_counter() - started)


def _work_through(bench: Bench, todo: list[Task]) -> Generator[Any, None, None]:
    """Do the tasks that are not done, and say after each how much is left."""
    open_tasks = [task for task in todo if task.key not in bench.results.measurements]
    if len(open_tasks) < len(todo):
        yield Notice(f"{len(todo) - len(open_tasks)} of {len(todo)} measurements are there already.")
    started, cost_done = time.perf_counter(), 0.0
    for index, task in enumerate(open_tasks):
        task_started = time.perf_counter()
        measured = yield from bench.measure(task)
        bench.results.record(task.key, {**measured, "seconds_in_all": round(time.perf_counter() - task_started, 1)})
        cost_done += task.cost
        cost_left = sum(later.cost for later in open_tasks[index + 1 :])
        pace = (time.perf_counter() - started + ASSUMED_SECONDS) / (cost_done + ASSUMED_SECONDS)
        done = len(todo) - len(open_tasks) + index + 1
        yield Notice(
            f"{done} of {len(todo)}: {task.title}{_headline(measured)}; about {pace * cost_left / 60:.0f} min left."
        )


def _headline(measured: dict[str, Any]) -> str:
    """The accuracy of a measurement, as a clause."""
    if "left_out" in measured:
        return f": left out, {measured['left_out'].rstrip('.')}"
    scores = measured.get("scores")
    if not scores:
        return ""
    return f": {sum(score['accuracy'] for score in scores) / len(scores):.1%}"
