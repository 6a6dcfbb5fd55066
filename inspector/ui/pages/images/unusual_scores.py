"""How unusual the images are, as the newest anomaly detector has it: read in the background, for sorting by it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from PySide6.QtCore import QObject, Signal

from inspector.jobs.pool.detectors import stored_scores
from inspector.jobs.pool.encoders import choose_encoder, detector_file
from inspector.project import Change, Project
from inspector.ui.background.newest_answer import NewestAnswer
from inspector.ui.state.session import Session

NOT_READ = "Not read yet"
NO_DETECTOR = "Pretrain first, so that Inspector learns what is unusual"
NO_SCORES = "Made with the suggestions on Label"


@dataclass(frozen=True)
class Scores:
    """Scores by content hash, and why there are none."""

    by_hash: dict[str, float] = field(default_factory=dict)
    reason: str = ""


class UnusualScores(QObject):
    """Follows what is kept, from `start` to `stop`. `changed` when the scores or the reason are others."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._scores = Scores(reason=NOT_READ)
        self._is_followed = False
        self._basis = session.basis
        self._answer = NewestAnswer(self)
        self._answer.answered.connect(self._on_read)
        self._answer.failed.connect(lambda reason: self._on_read(Scores(reason=reason)))
        session.changed.connect(self._on_session_changed)
        session.guesses_changed.connect(self._on_guesses_changed)

    @property
    def reason(self) -> str:
        """Why there are no scores; empty if there are."""
        return self._scores.reason

    def by_image(self) -> dict[int, float]:
        """The score of each image that has one, by its id."""
        known = self._scores.by_hash
        return {image.id: known[image.content_hash] for image in self._session.images if image.content_hash in known}

    def start(self) -> None:
        """Read the scores, and again when there may be others."""
        self._is_followed = True
        self._read()

    def stop(self) -> None:
        """Read nothing any more."""
        self._is_followed = False
        self._answer.forget()

    def _read(self) -> None:
        if self._is_followed:
            self._answer.ask(partial(read_scores, self._session.project))

    def _on_session_changed(self, change: Change) -> None:
        if change.runs:
            self._read()

    def _on_guesses_changed(self) -> None:
        """A new basis may have come with scores; guesses change with every label."""
        if self._session.basis is not self._basis:
            self._basis = self._session.basis
            self._read()

    def _on_read(self, scores: Scores) -> None:
        if scores != self._scores:
            self._scores = scores
            self.changed.emit()


def read_scores(project: Project) -> Scores:
    """What is kept of the newest detector's scores; not for the window's thread.

    Raises:
        KnownError: the encoder that it goes with cannot be read.
    """
    file = detector_file(choose_encoder(project, "latest"))
    if file is None:
        return Scores(reason=NO_DETECTOR)
    found = stored_scores(project, file)
    return Scores(found, "" if found else NO_SCORES)
