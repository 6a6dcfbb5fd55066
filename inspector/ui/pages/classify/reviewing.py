"""Going through what needs a person: the folder becomes part of the project, each decision a label in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from inspector.jobs.labelling.review import TakenIn, take_in
from inspector.project import Change
from inspector.ui.background.jobs import Job, JobQueue
from inspector.ui.background.worker import Ended
from inspector.ui.pages.classify.classified_folder import ClassifiedFolder
from inspector.ui.pages.classify.classifying import Classifying
from inspector.ui.pages.classify.review_queue import ReviewQueue
from inspector.ui.pages.classify.review_view import ReviewView
from inspector.ui.pages.page import Shell
from inspector.ui.state.session import Session
from models.errors import KnownError

SOURCE = "review"


class Reviewing(QObject):
    """Signals: `began` and `ended` a review, `row_shown` with the row of the results that is to be decided on."""

    began = Signal()
    ended = Signal()
    row_shown = Signal(int)

    def __init__(
        self,
        session: Session,
        jobs: JobQueue,
        shell: Shell,
        classifying: Classifying,
        view: ReviewView,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._jobs, self._shell, self._classifying, self._view = session, jobs, shell, classifying, view
        self._queue = ReviewQueue([])
        self._wanted: list[int] = []
        self._of: ClassifiedFolder | None = None  # whose rows those are
        self._job_id: int | None = None
        classifying.renewed.connect(self._on_renewed)
        jobs.ended.connect(self._on_job_ended)
        jobs.changed.connect(self._on_jobs_changed)
        view.decided.connect(self.decide)
        view.accepted.connect(self._on_accepted)
        view.skipped.connect(lambda: self._move(self._queue.advance))
        view.went_back.connect(lambda: self._move(self._queue.back))
        view.left.connect(self._on_left)

    @property
    def is_importing(self) -> bool:
        """Whether the folder is being added to the project."""
        return self._job_id is not None

    def start(self, rows: list[int]) -> None:
        """Go through rows, once all of their files are images of the project."""
        if all(row in self._classifying.image_ids for row in rows):
            self._begin(rows)
            return
        self._of, self._wanted = self._classifying.in_view, rows
        assert self._of is not None
        folder, paths = self._of.classification.folder, self._of.results.paths
        self._shell.notify(
            f"{folder.name} becomes part of {self._session.name}, so that what you decide is kept as labels. "
            "Its files are only read."
        )
        detail = f"{folder.name}, for the review"
        self._job_id = self._jobs.submit(
            Job("import", "Importing", detail, lambda: take_in(self._session.project, folder, paths), "images")
        )

    def decide(self, class_name: str) -> None:
        """Label the current image and go on."""
        row = self._queue.current
        if row is None:
            return
        try:
            self._session.label([self._classifying.image_ids[row]], class_name, source=SOURCE)
        except KnownError as error:
            self._shell.show_error(error)
            return
        key = self._session.mark(class_name).key
        self._view.show_saved(f"Last: {key} {class_name}, saved".replace("  ", " "))
        self._move(self._queue.advance)

    def follow_labels(self, changed: frozenset[int]) -> None:
        """Show the image before again if its label was taken back."""
        row = self._queue.previous
        if row is None or self._classifying.image_ids.get(row) not in changed:
            return
        if self._classifying.label_of(row) is None:
            self._view.show_saved("Taken back")
            self._move(self._queue.back)

    def _begin(self, rows: list[int]) -> None:
        self._queue = ReviewQueue(row for row in rows if row in self._classifying.image_ids)
        self._view.show_saved("")
        self.began.emit()
        self._show()

    def _move(self, move: Callable[[], None]) -> None:
        move()
        self._show()

    def _show(self) -> None:
        row = self._queue.current
        if row is None:
            self._view.show_finished(len(self._queue))
            return
        scaling, place = self._classifying.scaling, self._queue.position
        self._view.show_image(self._file_of(row), position=place, total=len(self._queue), scaling=scaling)
        if self._queue.following is not None:
            self._view.image.preload(self._file_of(self._queue.following), scaling=scaling)
        self.row_shown.emit(row)

    def _file_of(self, row: int) -> Path:
        current = self._classifying.current
        assert current is not None
        return current.folder / self._classifying.results.paths[row]

    def _on_accepted(self) -> None:
        row = self._queue.current
        if row is not None:
            self.decide(self._classifying.results.answers(row)[0].class_name)

    def _on_job_ended(self, job_id: int, ended: Ended) -> None:
        if job_id != self._job_id:
            return
        self._job_id = None
        self._session.refresh(Change(images=True))
        is_in_view = self._of is self._classifying.in_view  # another folder may have files of the same names
        if is_in_view and ended.outcome == "finished" and isinstance(ended.result, TakenIn):
            self._classifying.take_image_ids(ended.result.image_ids)
            self._begin(self._wanted)
        else:
            self.ended.emit()

    def _on_left(self) -> None:
        self._queue = ReviewQueue([])
        self.ended.emit()

    def _on_renewed(self) -> None:
        """Rows of other results are other images."""
        self._queue = ReviewQueue([])

    def _on_jobs_changed(self) -> None:
        """An import that is taken out while it waits ends without a word."""
        entries = [*([self._jobs.current] if self._jobs.current else []), *self._jobs.waiting]
        if self._job_id is not None and all(entry.id != self._job_id for entry in entries):
            self._job_id = None
            self.ended.emit()
