"""What runs keep, in the names that their classes have today; classes that have become one since count as one.

This is where the names of then come into the project's world, together with `Project.predictions`. What is kept stays
as it was written: undo of a merge, or another name, is told from it anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from inspector.jobs.training.training import RunValidation, validation_of

if TYPE_CHECKING:
    from inspector.project import Project, RunRecord
    from models.evaluation.evaluate import Evaluation
    from models.prediction.model_file import Classifier

FIGURES = ("accuracy", "macro_f1", "interval", "calibration")  # of those that a run tells beside its evaluation


def are_merged(names: Mapping[str, str]) -> bool:
    """Whether two classes of then have become one."""
    return len(set(names.values())) < len(names)


def renamed(classifier: Classifier, names: Mapping[str, str]) -> Classifier:
    """A classifier whose classes go by other names; KnownError where one class alone is left of them."""
    return classifier if all(name == now for name, now in names.items()) else classifier.renamed(names)


def validation_today(project: Project, run_id: int) -> RunValidation | None:
    """The answers that a run was judged by; None for one that kept none."""
    kept = validation_of(project, run_id)
    if kept is None:
        return None
    names = project.names_today(kept.classes)
    classes = tuple(dict.fromkeys(names[name] for name in kept.classes))
    place = [classes.index(names[name]) for name in kept.classes]
    true, predicted = (tuple(place[k] for k in positions) for positions in (kept.true, kept.predicted))
    return replace(kept, true=true, predicted=predicted, classes=classes)


def runs_today(project: Project, runs: Sequence[RunRecord]) -> list[RunRecord]:
    """Training runs with the figures of their classes of today; other runs as they are."""
    classes = {run.id: tuple((run.metrics.get("evaluation") or {}).get("classes", ())) for run in runs}
    names = project.names_today({name for those in classes.values() for name in those})
    return [
        run
        if all(names[name] == name for name in classes[run.id])
        else _run_today(project, run, {name: names[name] for name in classes[run.id]})
        for run in runs
    ]


def _run_today(project: Project, run: RunRecord, names: Mapping[str, str]) -> RunRecord:
    figures = _evaluation_today(project, run, names).to_json()
    told = run.metrics.get("validation") or {}
    now = {key: figures[key] for key in FIGURES if key in told}
    more: dict[str, Any] = {"evaluation": figures, **({"validation": {**told, **now}} if told else {})}
    return replace(run, metrics={**run.metrics, **more})


def _evaluation_today(project: Project, run: RunRecord, names: Mapping[str, str]) -> Evaluation:
    """From the answers where classes have become one, if the run kept them: confidences are no part of the figures."""
    from models.evaluation.evaluate import Evaluation, evaluate

    kept = validation_today(project, run.id) if are_merged(names) else None
    if kept is None:
        return Evaluation.from_json(run.metrics["evaluation"]).renamed(names)
    import numpy as np

    return evaluate(np.array(kept.true), np.array(kept.predicted), np.array(kept.confidence), kept.classes)
