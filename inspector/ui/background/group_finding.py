"""Looking for near-duplicates in the background, and saying what was found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QObject, Signal

from inspector.project import Change
from inspector.ui.background.jobs import Job, JobQueue
from inspector.ui.background.worker import Ended
from inspector.ui.state.session import Session

KIND = "groups"


class GroupFinding(QObject):
    """`finished` carries the number of images that have near-duplicates, once the session knows them."""

    finished = Signal(int)

    def __init__(self, session: Session, jobs: JobQueue, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._jobs = session, jobs
        self._job_id: int | None = None
        jobs.ended.connect(self._on_ended)

    def start(self) -> None:
        """Compare all images with each other, unless that waits or runs already or there is none."""
        if self._session.images and self._jobs.find(KIND) is None:
            detail = f"{len(self._session.images):,} images"
            self._job_id = self._jobs.submit(Job(KIND, "Near-duplicates", detail, self._events, page="images"))

    def _events(self) -> Iterator[Any]:
        from inspector.jobs.grouping.find_groups import find_groups

        yield from find_groups(self._session.project)

    def _on_ended(self, job_id: int, ended: Ended) -> None:
        if job_id == self._job_id and ended.outcome == "finished":
            self._session.refresh(Change(images=True, splits=True))
            self.finished.emit(len(self._session.near_duplicates))
