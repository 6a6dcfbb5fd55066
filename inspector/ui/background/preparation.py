"""Features, suggestions and the map, made in the background whenever the images or the encoder have changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QObject

from inspector.ui.background.jobs import Job, JobQueue
from inspector.ui.background.worker import Ended
from inspector.ui.state.session import Session

KIND = "prepare"
# After these the basis of suggestions is another one.
CAUSES = {"import", "pretrain", "groups"}


class Preparation(QObject):
    """Submits the job, and hands what it makes to the session."""

    def __init__(self, session: Session, jobs: JobQueue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._jobs = session, jobs
        self._job_id: int | None = None
        jobs.event_arrived.connect(self._on_event)
        jobs.ended.connect(self._on_ended)

    def start(self) -> None:
        """Have it all made, unless that waits or runs already or there is nothing to make it from."""
        if self._session.images and self._jobs.find(KIND) is None:
            self._job_id = self._jobs.submit(
                Job(KIND, "Preparing suggestions", _detail(self._session), self._events, page="label")
            )

    def _events(self) -> Iterator[Any]:
        from inspector.jobs.labelling.prepare import prepare

        basis = self._session.basis
        start = None if basis is None or basis.points is None else (basis.image_ids, basis.points)
        yield from prepare(self._session.project, start_points=start)

    def _on_event(self, job_id: int, event: object) -> None:
        if job_id != self._job_id:
            return
        # By name: to import their module would import torch before the window is drawn.
        kind = type(event).__name__
        if kind in ("BasisReady", "PrepareFinished"):
            if event.basis is not None or kind == "PrepareFinished":  # type: ignore[attr-defined]
                self._session.set_basis(event.basis)  # type: ignore[attr-defined]
        elif kind == "MapMoved" and self._session.basis is not None:
            self._session.set_points(event.image_ids, event.points)  # type: ignore[attr-defined]

    def _on_ended(self, job_id: int, ended: Ended) -> None:
        last = self._jobs.last
        if last is not None and last.id == job_id and last.job.kind in CAUSES and ended.outcome == "finished":
            self.start()


def _detail(session: Session) -> str:
    return f"{len(session.images):,} images"
