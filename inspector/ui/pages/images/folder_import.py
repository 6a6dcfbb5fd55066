"""Importing folders in the background, and taking in what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from inspector.project import Change, ImportFinished
from inspector.ui.background.jobs import Job, JobQueue
from inspector.ui.background.worker import Ended
from inspector.ui.state.session import Session
from inspector.ui.wording import count

KIND = "import"


class FolderImport(QObject):
    """`finished` carries the ImportFinished of an import, once the session knows its images."""

    finished = Signal(object)

    def __init__(self, session: Session, jobs: JobQueue, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._jobs = session, jobs
        self._job_ids: set[int] = set()
        jobs.ended.connect(self._on_ended)

    @property
    def is_under_way(self) -> bool:
        """Whether an import runs or waits."""
        return self._jobs.find(KIND) is not None

    def start(self, folders: Sequence[Path]) -> None:
        """Take in all images below the folders."""
        wanted = [Path(folder) for folder in folders]
        detail = wanted[0].name if len(wanted) == 1 else count(len(wanted), "folder")
        project = self._session.project
        keeps = "Stop it and close? What is read so far is kept."
        self._job_ids.add(
            self._jobs.submit(Job(KIND, "Import", detail, lambda: project.import_folders(wanted), "images", keeps))
        )

    def _on_ended(self, job_id: int, ended: Ended) -> None:
        if job_id not in self._job_ids:
            return
        self._job_ids.discard(job_id)
        self._session.refresh(Change(images=True))  # a stopped import keeps what it has read
        if isinstance(ended.result, ImportFinished):
            self.finished.emit(ended.result)
