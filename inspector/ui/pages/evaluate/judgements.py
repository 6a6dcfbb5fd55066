"""What runs are judged by: the answers kept with a run at once, those of a judging job when they are there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.jobs.evaluate import EvaluateFinished, evaluate
from inspector.jobs.leaks import LeaksFoundError
from inspector.jobs.pretraining_gain import KnownGain, known_gain
from inspector.jobs.training import validation_of
from inspector.project import RunRecord
from inspector.ui.jobs import Job
from inspector.ui.pages.evaluate.judged import Judged, from_figures, from_finished, from_validation, untrained_labels
from inspector.ui.run_words import evaluation_of

if TYPE_CHECKING:
    from inspector.ui.session import Session

KIND = "evaluate"


class Judgements:
    """Remembers the judgement of every run for as long as the project is open."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._judged: dict[int, Judged] = {}
        self._on_csv: dict[int, Judged] = {}

    def stored(self, run: RunRecord) -> Judged | None:
        """What is known of a run now, on a CSV if one was chosen last; None if it had nothing to be judged by."""
        if run.id in self._on_csv:
            return self._on_csv[run.id]
        if run.id not in self._judged:
            made = self._kept_with(run)
            if made is None:
                return None
            self._judged[run.id] = made
        return self._judged[run.id]

    def take(self, finished: EvaluateFinished, labels_csv: Path | None) -> None:
        """A judging job has ended."""
        paths = [str(path) for path in finished.paths]
        ids = self._session.project.image_ids_by_path(paths)
        if labels_csv is None:
            self._judged[finished.run] = from_finished(finished, ids, source="")
        else:
            self._on_csv[finished.run] = from_finished(finished, ids, source=labels_csv.name)

    def gain(self, run_id: int) -> KnownGain:
        """What pretraining brought a run, as it was measured when it was trained."""
        return known_gain(self._session.project, run_id)

    def has_csv(self, run_id: int) -> bool:
        """Whether the run is shown on the images of a CSV."""
        return run_id in self._on_csv

    def drop_csv(self, run_id: int) -> None:
        """Show the run on the project's own labels again."""
        self._on_csv.pop(run_id, None)

    def fresh_labels(self, run_id: int) -> int:
        """How many labelled images a run was not trained on."""
        return untrained_labels(self._session.project, run_id, self._session.labels)

    def job(self, run_id: int, labels_csv: Path | None, *, leave_out_leaks: bool = False) -> Job:
        """The job that judges a run on the labels that it never saw, or on those of a CSV.

        Its result is LeaksFound where figures are withheld.
        """
        project = self._session.project
        detail = f"run {run_id}" if labels_csv is None else f"run {run_id} on {labels_csv.name}"

        def start() -> Iterator[Any]:
            try:
                yield from evaluate(project, run_id=run_id, labels_csv=labels_csv, leave_out_leaks=leave_out_leaks)
            except LeaksFoundError as error:
                yield error.found

        return Job(KIND, "Judging", detail, start, page="evaluate")

    def _kept_with(self, run: RunRecord) -> Judged | None:
        evaluation = evaluation_of(run)
        if evaluation is None:
            return None
        validation = validation_of(self._session.project, run.id)
        if validation is None:
            return from_figures(run, evaluation)
        return from_validation(run, validation, {image.id: image.path for image in self._session.images}, evaluation)
