"""What runs are judged by: the answers kept with a run at once, those of a judging job when they are there.

A run may be judged on several bases, and a figure of one never takes the place of that of another: cross-validation
while it trained, images kept for judging, labels that came since, a CSV.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.jobs.evaluation.evaluate import EvaluateFinished, evaluate
from inspector.jobs.evaluation.leaks import LeaksFoundError
from inspector.jobs.training.pretraining_gain import KnownGain, known_gain
from inspector.jobs.training.todays_names import validation_today
from inspector.project import Project, RunRecord
from inspector.ui.background.jobs import Job
from inspector.ui.pages.evaluate.judged import (
    Judged,
    from_csv,
    from_figures,
    from_labels,
    from_validation,
    with_names,
)
from inspector.ui.run_words import evaluation_of
from inspector.ui.wording import count

if TYPE_CHECKING:
    from inspector.ui.state.session import Session

KIND = "evaluate"
TRAINING, KEPT, SINCE, CSV = "training", "kept", "since", "csv"
UNTRAINED = (KEPT, SINCE)  # judged by one job, when a user wants to see one of them


@dataclass(frozen=True)
class _ByJob:
    """What a job has judged, as it is told today.

    Attributes:
        then: as it was judged.
        names: what the model's classes are called in `then`, by the model's own names.
    """

    then: Judged
    names: Mapping[str, str]
    judged: Judged

    def today(self, project: Project) -> _ByJob | None:
        """The same in today's names; None where a class of then is two now."""
        names = project.names_today(self.names)
        now = {(then, names[own]) for own, then in self.names.items()}
        if len(now) > len(set(self.names.values())):
            return None
        labels = project.names_today({answer.label for answer in self.then.answers})
        return replace(self, judged=with_names(self.then, labels | dict(now)))


class Judgements:
    """Remembers the judgements of every run for as long as the project is open.

    `wanted` is what the user wants runs to be judged on, one of TRAINING, KEPT and SINCE; a CSV is of one run alone.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._by_training: dict[int, Judged] = {}
        self._by_jobs: dict[tuple[int, str], _ByJob] = {}  # by run and basis
        self._asked: dict[int, frozenset[int]] = {}
        self._trained: dict[int, set[int]] = {}
        self._shows_csv: set[int] = set()
        self.wanted = TRAINING

    def basis(self, run_id: int) -> str:
        """What the run is shown on."""
        if run_id in self._shows_csv:
            return CSV
        return self.wanted if self.wanted in UNTRAINED and self.untrained(run_id, self.wanted) else TRAINING

    def choose(self, run_id: int, basis: str) -> None:
        """Show a run on a CSV that it was judged on before, or this and all other runs on something else."""
        if basis == CSV:
            self._shows_csv.add(run_id)
        else:
            self._shows_csv.discard(run_id)
            self.wanted = basis

    def bases(self, run: RunRecord) -> dict[str, str]:
        """What the run can be judged on, in words by key: 'Cross-validated, 48 images'."""
        found = {}
        if (trained := self._of_training(run)) is not None:
            kind = "Cross-validated" if trained.is_cross_validated else "Held out at training"
            found[TRAINING] = f"{kind}, {count(trained.evaluation.images, 'image')}"
        for basis, title in ((KEPT, "Kept for judging"), (SINCE, "Labels since")):
            if images := self.untrained(run.id, basis):
                found.setdefault(TRAINING, "While training: too few labels")
                found[basis] = f"{title}, {count(len(images), 'image')}"
        if (run.id, CSV) in self._by_jobs:
            found[CSV] = self._by_jobs[run.id, CSV].judged.source
        return found

    def stored(self, run: RunRecord) -> Judged | None:
        """What is known of a run on what it is shown on; None if nothing is, or not yet."""
        basis = self.basis(run.id)
        if basis == TRAINING:
            return self._of_training(run)
        made = self._by_jobs.get((run.id, basis))
        return None if made is None else made.judged

    def take(self, finished: EvaluateFinished, labels_csv: Path | None) -> None:
        """A judging job has ended."""
        paths = [str(path) for path in finished.paths]
        ids = self._session.project.image_ids_by_path(paths)
        if labels_csv is not None:
            found: dict[str, Judged | None] = {CSV: from_csv(finished, ids, name=labels_csv.name)}
            self._shows_csv.add(finished.run)
        else:
            untrained = {basis: self.untrained(finished.run, basis) for basis in UNTRAINED}
            found = {
                basis: from_labels(finished, ids, among=among, is_kept=basis == KEPT)
                for basis, among in untrained.items()
            }
        self._by_jobs |= {
            (finished.run, basis): _ByJob(judged, finished.names, judged)
            for basis, judged in found.items()
            if judged is not None
        }
        self.follow_classes()  # whose names may have changed while it judged

    def follow_classes(self) -> None:
        """Tell everything in the names that classes have today.

        What was judged while two classes were one, which they are no longer, must be judged anew.
        """
        self._by_training.clear()
        for (run_id, basis), made in list(self._by_jobs.items()):
            now = made.today(self._session.project)
            if now is not None:
                self._by_jobs[run_id, basis] = now
                continue
            del self._by_jobs[run_id, basis]
            if basis == CSV:
                self._shows_csv.discard(run_id)
            else:
                self._asked.pop(run_id, None)

    def needs_judging(self, run_id: int) -> bool:
        """Whether the run is to be shown on labels that it never saw, and no job was made yet for those of now."""
        return self.basis(run_id) in UNTRAINED and self._all_untrained(run_id) != self._asked.get(run_id)

    def give_up_without_figures(self, run_id: int) -> bool:
        """After a judging job that may have failed: without figures, new or older, go back to those of the training.

        It is not tried again by itself. Returns whether there were none.
        """
        if self.wanted not in UNTRAINED or (run_id, self.wanted) in self._by_jobs:
            return False
        self.wanted = TRAINING
        self._asked.pop(run_id, None)
        return True

    def gain(self, run_id: int) -> KnownGain:
        """What pretraining brought a run, as it was measured when it was trained."""
        return known_gain(self._session.project, run_id)

    def untrained(self, run_id: int, basis: str) -> frozenset[int]:
        """The labelled images that a run was not trained on: those KEPT for judging, or those labelled SINCE."""
        images, held_out = self._all_untrained(run_id), self._session.held_out
        return images & held_out if basis == KEPT else images - held_out

    def _all_untrained(self, run_id: int) -> frozenset[int]:
        if run_id not in self._trained:
            self._trained[run_id] = self._session.project.run_images(run_id, "train")
        return frozenset(self._session.labels.keys() - self._trained[run_id])

    def job(self, run_id: int, labels_csv: Path | None, *, leave_out_leaks: bool = False) -> Job:
        """The job that judges a run on the labels that it never saw, or on those of a CSV.

        Its result is LeaksFound where figures are withheld.
        """
        project = self._session.project
        if labels_csv is None:
            self._asked[run_id] = self._all_untrained(run_id)
        detail = f"run {run_id}" if labels_csv is None else f"run {run_id} on {labels_csv.name}"

        def start() -> Iterator[Any]:
            try:
                yield from evaluate(project, run_id=run_id, labels_csv=labels_csv, leave_out_leaks=leave_out_leaks)
            except LeaksFoundError as error:
                yield error.found

        return Job(KIND, "Judging", detail, start, page="evaluate")

    def _of_training(self, run: RunRecord) -> Judged | None:
        """By the answers of its training; None if it had too few labels to hold any out."""
        evaluation = None if run.id in self._by_training else evaluation_of(run)
        if evaluation is not None:
            validation = validation_today(self._session.project, run.id)
            paths = {image.id: image.path for image in self._session.images}
            self._by_training[run.id] = (
                from_figures(run, evaluation)
                if validation is None
                else from_validation(run, validation, paths, evaluation)
            )
        return self._by_training.get(run.id)
