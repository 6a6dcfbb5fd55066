"""Labels from folder names or a file, and to one, in the background; says what came of it.

The work has a connection of its own: while it reads and writes a large project the window waits for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from inspector.project import FolderLabels, LabelImport, Project
from inspector.ui.background.jobs import Job
from inspector.ui.background.worker import Ended
from inspector.ui.pages.label.label_words import csv_sentence, folders_sentence
from inspector.ui.pages.page import Shell
from inspector.ui.state.session import Session
from models.events import Progress

KIND = "labels"
KEEPS = "Stop it and close? Nothing is changed then."
UNKNOWN_SHOWN = 5


class LabelFiles(QObject):
    """Submits the jobs, and hands what they did to the session."""

    def __init__(self, session: Session, shell: Shell, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._shell = session, shell
        self._files: dict[int, Path | None] = {}  # by job, of those that have not ended
        shell.side_jobs.event_arrived.connect(self._on_event)
        shell.side_jobs.ended.connect(self._on_ended)

    @property
    def is_busy(self) -> bool:
        """Whether labels are being read or written."""
        return self._shell.side_jobs.find(KIND) is not None

    def label_by_folders(self) -> None:
        """Label every image by its folder's name."""
        self._submit("Labelling", None, lambda project: project.label_from_folders_in_steps())

    def import_csv(self, file: Path) -> None:
        """Take the labels of a file."""
        self._submit("Label import", file, lambda project: project.import_label_csv_in_steps(file))

    def export_csv(self, file: Path) -> None:
        """Write all labels to a file."""
        self._submit("Label export", file, lambda project: project.export_label_csv_in_steps(file))

    def _submit(self, title: str, file: Path | None, steps: Callable[[Project], Iterator[Any]]) -> None:
        detail = "by folder names" if file is None else file.name
        events = partial(_events, self._session.project.folder, steps, read_only=self._session.read_only)
        job_id = self._shell.side_jobs.submit(Job(KIND, title, detail, events, "label", KEEPS))
        self._files[job_id] = file

    def _on_event(self, job_id: int, event: object) -> None:
        """Not at its end alone: what is done is done, even if it is stopped just then."""
        if job_id not in self._files:
            return
        if isinstance(event, FolderLabels):
            self._session.apply(event)
            self._shell.toast(folders_sentence(event), can_undo=bool(event.labels))
        elif isinstance(event, LabelImport):
            self._session.apply(event.change)
            self._shell.toast(csv_sentence(event), can_undo=bool(event.change.labels))
            self._name_unknown(self._files[job_id], event.unknown_paths)

    def _name_unknown(self, file: Path | None, paths: tuple[str, ...]) -> None:
        if paths and file is not None:
            shown = ", ".join(paths[:UNKNOWN_SHOWN])
            self._shell.notify(f"{file.name} names files that are no images of this project: {shown}", kind="warn")

    def _on_ended(self, job_id: int, ended: Ended) -> None:
        file = self._files.pop(job_id, None)
        if file is not None and isinstance(ended.result, Progress):  # nothing is read after it: the file was written
            self._shell.notify(f"{ended.result.total:,} labels were written to {file}.")


def _events(folder: Path, steps: Callable[[Project], Iterator[Any]], *, read_only: bool) -> Iterator[Any]:
    with Project.open(folder, read_only=read_only) as project:
        yield from steps(project)
