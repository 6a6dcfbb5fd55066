"""The results in view, made by a job or read back, and those that a job makes meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from inspector.jobs.classify import classify
from inspector.jobs.labelling.review import TakenIn, known_images
from inspector.project import Project
from inspector.ui.background.jobs import Job, JobQueue
from inspector.ui.background.worker import Ended
from inspector.ui.pages.classify.background_read import BackgroundRead
from inspector.ui.pages.classify.classification import Classification, forget, remember, remembered, unfinished
from inspector.ui.pages.classify.classified_folder import ClassifiedFolder
from inspector.ui.pages.classify.results import NO_CLASS, Results
from inspector.ui.state.session import Session
from models.errors import KnownError
from models.images.settings import Scaling
from models.prediction.model_header import image_settings_of
from models.prediction.predict import Classified
from models.prediction.results_csv import Result, read_results


class Classifying(QObject):
    """One folder is classified at a time; meanwhile its results or earlier ones may be in view.

    Signals: `renewed` when other results are in view from now on, `rows_came` when they have more rows,
    `decisions_changed` when persons have decided otherwise on some, `state_changed` when they are whole, or a job has
    ended, `failed` with a sentence where they can't be read back.
    """

    renewed = Signal()
    rows_came = Signal()
    decisions_changed = Signal()
    state_changed = Signal()
    failed = Signal(str)

    def __init__(self, session: Session, jobs: JobQueue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._jobs = session, jobs
        self._job_id: int | None = None
        self._made: ClassifiedFolder | None = None  # by that job
        self._nothing = Results()
        self._is_interrupted = False
        self._read = BackgroundRead(self)
        self.in_view: ClassifiedFolder | None = None
        jobs.event_arrived.connect(self._on_job_event)
        jobs.ended.connect(self._on_job_ended)
        jobs.changed.connect(self._on_jobs_changed)
        self._read.arrived.connect(self._on_read)
        self._read.ended.connect(self._on_read_ended)

    @property
    def current(self) -> Classification | None:
        """The classification in view."""
        return None if self.in_view is None else self.in_view.classification

    @property
    def scaling(self) -> Scaling | None:
        """How deep images in view become 8 bits; None: each by its own range."""
        return None if self.in_view is None else self.in_view.scaling

    @property
    def results(self) -> Results:
        """The rows in view."""
        return self._nothing if self.in_view is None else self.in_view.results

    @property
    def image_ids(self) -> Mapping[int, int]:
        """By row, of the files in view that are images of the project."""
        return {} if self.in_view is None else self.in_view.image_ids

    @property
    def is_busy(self) -> bool:
        """Whether a job classifies a folder, or waits to, whatever is in view."""
        return self._made is not None

    @property
    def is_running(self) -> bool:
        """Whether it makes the results in view."""
        return self._made is not None and self._made is self.in_view

    def is_made(self, classification: Classification) -> bool:
        """Whether it makes the results of a classification."""
        return self._made is not None and self._made.classification.out == classification.out

    def start(self, wanted: Classification) -> None:
        """Classify, or go on with what was stopped.

        Raises:
            KnownError: the folder for the results can't be made, or the project not be written.
        """
        project = self._session.project
        chosen = unfinished(remembered(project), wanted) or wanted
        try:
            chosen.out.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = error.strerror or error
            raise KnownError(
                f"The folder {chosen.out.parent} cannot be made ({reason}); choose another place."
            ) from error
        remember(project, chosen)
        self._made = self._without_rows(chosen)
        self._show(self._made)
        self._job_id = self._jobs.submit(_job(chosen))
        self.state_changed.emit()

    def open(self, classification: Classification) -> None:
        """Show the results of an earlier classification, or those that come just now."""
        if self._made is not None and self.is_made(classification):
            self._show(self._made)
            return
        self._show(self._without_rows(classification))
        self._read.start(lambda: _read_back(self._session.project, classification))

    def rest(self) -> None:
        """The page is left: no thread of it goes on."""
        self._is_interrupted = self._is_interrupted or self._read.is_busy
        self._read.stop()

    def go_on(self) -> None:
        """The page is shown again."""
        if self._is_interrupted and self.current is not None and not self.is_running:
            self.open(self.current)
        self._is_interrupted = False

    def take_image_ids(self, by_path: Mapping[str, int]) -> None:
        """Learn which files in view are images of the project."""
        if self.in_view is not None:
            self._decide(self.in_view.take_image_ids(by_path))

    def follow_labels(self, changed: frozenset[int]) -> None:
        """Take in the labels that images have now."""
        self._decide([row for row, image_id in self.image_ids.items() if image_id in changed])

    def follow_classes(self) -> None:
        """Call the classes as the project calls them now."""
        if self.results.follow_names():
            self._decide(self.image_ids)

    def label_of(self, row: int) -> str | None:
        """The label that the project has for a row's image, None for none."""
        image_id = self.image_ids.get(row)
        return None if image_id is None else self._session.labels.get(image_id)

    def waiting(self, review_below: float) -> np.ndarray:
        """The rows that a person must look at, least sure first; labelled and unreadable ones wait for nobody."""
        rows = np.flatnonzero(self.results.need_review(review_below) & (self.results.labels != NO_CLASS))
        return rows[np.argsort(self.results.confidences[rows], kind="stable")]

    def rows(self, review_below: float) -> Iterator[Result]:
        """All rows as they go to a CSV: judged by a threshold, with what persons have decided and who did."""
        decided = {row: self.image_ids[row] for row in np.flatnonzero(self.results.is_decided).tolist()}
        who = self._session.project.labelled_by(decided.values())
        return self.results.rows(review_below, decided_by={row: who.get(i, "") for row, i in decided.items()})

    def _without_rows(self, classification: Classification) -> ClassifiedFolder:
        project = self._session.project
        return ClassifiedFolder(classification, _scaling(classification.model, project), Results(project.names_today))

    def _show(self, folder: ClassifiedFolder | None) -> None:
        self._read.stop()
        self.in_view = folder
        self.renewed.emit()
        self.follow_classes()  # which were followed of the results in view alone

    def _on_job_event(self, job_id: int, event: object) -> None:
        if job_id == self._job_id and self._made is not None and isinstance(event, Classified):
            self._append(event, self._made)

    def _on_job_ended(self, job_id: int, ended: Ended) -> None:
        if job_id == self._job_id:
            self._finish(is_whole=ended.outcome == "finished")

    def _on_jobs_changed(self) -> None:
        """A job that is taken out while it waits ends without a word."""
        entries = [*([self._jobs.current] if self._jobs.current else []), *self._jobs.waiting]
        if self._job_id is not None and all(entry.id != self._job_id for entry in entries):
            self._finish(is_whole=False)

    def _finish(self, *, is_whole: bool) -> None:
        made, self._made, self._job_id = self._made, None, None
        assert made is not None
        before = made.classification  # one that was to go on, and was taken out while it waited, keeps its rows
        made.classification = replace(
            before, state="finished" if is_whole else "stopped", images=len(made.results) or before.images
        )
        (remember if made.classification.images else forget)(self._session.project, made.classification)
        if made is self.in_view:
            self._settle(made)
        self.state_changed.emit()

    def _settle(self, made: ClassifiedFolder) -> None:
        """Nothing more comes of what is in view."""
        project, folder, paths = self._session.project, made.classification.folder, made.results.paths
        if paths:
            self._read.start(lambda: iter([TakenIn(known_images(project, folder, paths))]))
        elif made.classification.images:
            self.open(made.classification)
        else:
            self._show(None)

    def _on_read(self, event: object) -> None:
        if isinstance(event, Classified) and self.in_view is not None:
            self._append(event, self.in_view)
        elif isinstance(event, TakenIn):
            self.take_image_ids(event.image_ids)

    def _on_read_ended(self, ended: Ended) -> None:
        if ended.outcome == "failed":
            self.failed.emit(ended.message)
        self.state_changed.emit()

    def _decide(self, rows: Iterable[int]) -> None:
        self.results.decide({row: self.label_of(row) for row in rows})
        self.decisions_changed.emit()

    def _append(self, event: Classified, folder: ClassifiedFolder) -> None:
        folder.results.append(event.results)
        if folder is self.in_view:
            self.rows_came.emit()


def _scaling(model: Path, project: Project) -> Scaling | None:
    """How deep images become 8 bits: as the model sees them, or the project if the model is gone.

    None if the project has no images either: each is shown by its own range then.
    """
    for read in (lambda: image_settings_of(model), lambda: project.image_settings):
        with suppress(KnownError):
            return read().scaling
    return None


def _job(chosen: Classification) -> Job:
    def start() -> Iterator[Any]:
        return classify(
            chosen.folder,
            model=chosen.model if chosen.run is None else chosen.model.parent,  # a run's classes as of today
            out=chosen.out,
            review_below=chosen.review_below,
            sort_into=chosen.sort_into,
            with_earlier=True,
        )

    detail = f"{chosen.folder.name}, {chosen.model_name}"
    return Job("classify", "Classifying", detail, start, "classify", "Stop it and close? Its rows are kept.")


def _read_back(project: Project, classification: Classification) -> Iterator[Any]:
    paths: list[str] = []
    for block in read_results(classification.rows_file):
        paths += [result.path for result in block]
        yield Classified(block)
    yield TakenIn(known_images(project, classification.folder, paths))
