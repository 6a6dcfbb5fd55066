"""What the side bar says of each page: one line that is true now, and a mark. Knows no widget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from inspector.project import RunRecord
from inspector.ui.state.job_progress import Shown
from inspector.ui.wording import age, count, share

if TYPE_CHECKING:
    from inspector.ui.state.session import ShownReport

MIN_CLASSES = 2
LINE_CHARACTERS = 27
MEASURED_ON = {
    "training": ("image", "images"),
    "kept": ("kept image", "kept images"),
    "since": ("label since", "labels since"),
    "csv": ("CSV image", "CSV images"),
}


@dataclass(frozen=True)
class PageState:
    """`mark` is '', 'done', 'running', 'waits' or 'look'; `share` of a running job, None while unknown."""

    line: str
    mark: str = ""
    share: float | None = None


@dataclass(frozen=True)
class ProjectFacts:
    """What the states follow from; `report` is the one in view, if there is one."""

    images: int
    labels: int
    classes: int
    runs: Sequence[RunRecord]
    classified: int = 0
    report: ShownReport | None = None


@dataclass(frozen=True)
class RunningJob:
    """The job that runs now."""

    page: str
    shown: Shown


def page_states(facts: ProjectFacts, running: RunningJob | None) -> dict[str, PageState]:
    """The state of every page."""
    pretrained = _newest(facts.runs, "pretrain")
    trained = _newest(facts.runs, "train")
    states = {
        "images": PageState(count(facts.images, "image") if facts.images else "No images yet", _done(facts.images)),
        "pretrain": _pretrain_state(facts.images, pretrained),
        "label": _label_state(facts),
        "train": _train_state(facts, trained),
        "evaluate": _evaluate_state(trained, facts.report),
        "classify": _classify_state(trained, facts.classified),
    }
    if running is not None and running.page in states:
        states[running.page] = PageState(_running_line(running.shown), "running", running.shown.share)
    return states


def _pretrain_state(images: int, run: RunRecord | None) -> PageState:
    if run is None:
        return PageState("Not pretrained yet") if images else PageState("Needs images", "waits")
    return PageState(f"Run {run.id} · {age(run.finished or run.created)}", "done")


def _label_state(facts: ProjectFacts) -> PageState:
    if not facts.images:
        return PageState("Needs images", "waits")
    return PageState(f"{facts.labels:,} of {facts.images:,} labelled", _done(facts.labels == facts.images))


def _train_state(facts: ProjectFacts, run: RunRecord | None) -> PageState:
    if run is not None:
        validation = _validation(run)
        accuracy = validation.get("accuracy")
        figure = "trained" if accuracy is None else f"accuracy {share(accuracy, validation.get('images'))}"
        return PageState(f"Run {run.id} · {figure}", "done")
    if facts.classes < MIN_CLASSES:
        return PageState(f"{facts.classes} of {MIN_CLASSES} classes labelled", "waits")
    return PageState(f"Ready: {count(facts.labels, 'label')}, {facts.classes} classes")


def _evaluate_state(run: RunRecord | None, report: ShownReport | None) -> PageState:
    if run is None:
        return PageState("Needs a trained run", "waits")
    if report is not None and report.run == run.id:
        measured_on = count(report.images, *MEASURED_ON[report.basis])
        return PageState(f"F1 {share(report.macro_f1, report.images)} on {measured_on}", "done")
    validation = _validation(run)
    if validation.get("macro_f1") is None:
        return PageState("Too few labels to judge", "look")
    images = validation["images"]
    return PageState(f"F1 {share(validation['macro_f1'], images)} on {count(images, 'image')}", "done")


def _classify_state(run: RunRecord | None, classified: int) -> PageState:
    if classified:
        return PageState(f"{classified:,} classified", "done")
    return PageState("Ready") if run is not None else PageState("Needs a trained run", "waits")


def _running_line(shown: Shown) -> str:
    if not shown.position:
        return "Starting"
    # The time left in its largest unit.
    left = shown.time_left.removesuffix(" left").split(" min")[0]
    short = f"{left} min left" if " min" in shown.time_left and " h" not in left else shown.time_left
    told = "" if short == "estimating" else short
    stage, position = shown.stage, shown.position
    choices = [(stage, position, told), (stage, position), (stage, told), (stage or position,)]
    lines = [" · ".join(filter(None, parts)) for parts in choices]
    return next((line for line in lines if len(line) <= LINE_CHARACTERS), lines[-1])


def _validation(run: RunRecord) -> Mapping[str, Any]:
    return run.metrics.get("validation") or {}


def _newest(runs: Sequence[RunRecord], kind: str) -> RunRecord | None:
    return next((run for run in reversed(runs) if run.kind == kind and run.state == "finished"), None)


def _done(is_done: object) -> str:
    return "done" if is_done else ""
