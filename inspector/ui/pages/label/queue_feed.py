"""Keeps the queue filled: by suggestions once they can be made, in the order of the files until then."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QObject, Signal

from inspector.jobs.labelling.basis import Suggested
from inspector.project import Change
from inspector.ui.background.live_guesses import LiveGuesses
from inspector.ui.pages.label.label_queue import BATCH, LabelQueue, in_file_order
from inspector.ui.state.session import Session

TELLING_LABELS = 6  # from which on suggestions know what the pool is like: those made before give way once


class QueueFeed(QObject):
    """`moved`: another image is to be labelled, or others wait."""

    moved = Signal()

    def __init__(self, session: Session, guesses: LiveGuesses, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.queue = LabelQueue()
        self._session, self._guesses = session, guesses
        self._features: object = None  # what the suggestions that wait were made from
        self._is_waiting = self._replaces = self._is_exhausted = False
        self._labels_then = 0  # when suggestions were asked for last
        guesses.suggested.connect(self._on_suggested)
        session.guesses_changed.connect(self._on_guesses_changed)

    @property
    def is_waiting(self) -> bool:
        """Whether suggestions are on their way."""
        return self._is_waiting

    def free_count(self) -> int:
        """Number of images that have no label and were not skipped."""
        return sum(1 for _ in self._free_ids())

    def start(self) -> None:
        """Fill the queue for the first time."""
        self._on_guesses_changed()
        self._refill()
        self.moved.emit()

    def follow(self, change: Change) -> None:
        """Take in what changed, here or elsewhere."""
        labels = self._session.labels
        if change.images or change.splits:
            self._is_exhausted = False
            self.queue.keep(self._pool(), labels)
        if change.labels:
            self._is_exhausted &= all(image_id in labels for image_id in change.labels)
            self.queue.follow(change.labels, labels)
            if self._features is not None and self._labels_then < TELLING_LABELS <= len(labels):
                self._request(replaces=True)
        self._refill()
        self.moved.emit()

    def advance(self) -> None:
        """Go on to the next image without label."""
        self.queue.advance(self._session.labels)
        self._refill()
        self.moved.emit()

    def skip(self) -> None:
        """Go on without a label for this image."""
        self.queue.skip(self._session.labels)
        self._refill()
        self.moved.emit()

    def back(self) -> None:
        """Return to the image before."""
        self.queue.back()
        self.moved.emit()

    def go_to(self, image_id: int) -> None:
        """Show an image of the queue; one that is not in it comes next."""
        self.queue.offer([Suggested(image_id, "", "chosen", (image_id,))], ())
        self.queue.go_to(image_id)
        self.moved.emit()

    def unskip(self) -> None:
        """Let skipped images come again."""
        self.queue.unskip()
        self._is_exhausted = False
        self._refill()
        self.moved.emit()

    def _refill(self) -> None:
        if not self.queue.wants_more(self._session.labels):
            return
        if self._session.basis is None or self._is_exhausted:
            self.queue.offer(
                in_file_order(self._pool_ids(), left_out=self._left_out(), labels=self._session.labels),
                self._session.labels,
            )
        elif not self._is_waiting:
            self._request(replaces=False)

    def _request(self, *, replaces: bool) -> None:
        self._is_waiting, self._replaces = True, replaces
        self._labels_then = len(self._session.labels)
        queued = frozenset() if replaces else self.queue.queued
        self._guesses.request_suggestions(BATCH, self.queue.skipped | queued)

    def _on_guesses_changed(self) -> None:
        basis = self._session.basis
        features = None if basis is None else basis.unit
        if features is self._features:
            return
        self._features = features
        self._is_waiting = self._is_exhausted = False
        if basis is not None:
            self._request(replaces=True)

    def _on_suggested(self, suggested: list[Suggested]) -> None:
        if not self._is_waiting:
            return
        self._is_waiting = False
        self._is_exhausted = len(suggested) < BATCH  # what the basis does not hold comes in the order of the files
        self.queue.offer(suggested, self._session.labels, replaces=self._replaces)
        self._refill()
        self.moved.emit()

    def _pool(self) -> frozenset[int]:
        return frozenset(self._pool_ids())

    def _pool_ids(self) -> Iterator[int]:
        """Images that may be learned from, those held out for judging left out."""
        held_out = self._session.held_out
        return (image.id for image in self._session.images if image.id not in held_out)

    def _left_out(self) -> frozenset[int]:
        return self.queue.queued | self.queue.skipped

    def _free_ids(self) -> Iterator[int]:
        skipped, labels = self.queue.skipped, self._session.labels
        return (image_id for image_id in self._pool_ids() if image_id not in labels and image_id not in skipped)
