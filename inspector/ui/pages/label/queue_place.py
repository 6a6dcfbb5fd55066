"""The queue's place on the page: the image, or what is there to do when there is none."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QStackedWidget

from inspector.ui.pages.label.queue_feed import QueueFeed
from inspector.ui.pages.label.queue_mode import QueueMode
from inspector.ui.pages.page import Shell
from inspector.ui.state.session import Session
from inspector.ui.widgets.empty_state import EmptyState
from inspector.ui.wording import count


class QueuePlace(QStackedWidget):
    """Shows the queue as long as it has an image."""

    def __init__(self, session: Session, feed: QueueFeed, mode: QueueMode, shell: Shell) -> None:
        super().__init__()
        self._session, self._feed, self._mode, self._shell = session, feed, mode, shell
        self._empty: EmptyState | None = None
        self.addWidget(mode)
        self.setFocusProxy(mode)

    @property
    def empty_state(self) -> EmptyState | None:
        """What is shown in place of an image, if there is none."""
        return self._empty

    def refresh(self) -> None:
        """Show the image of the queue, or why there is none."""
        if self._empty is not None:
            self.removeWidget(self._empty)
            self._empty.deleteLater()
            self._empty = None
        self._mode.show_queue(self._feed.queue)
        if self._feed.queue.current is None:
            self._empty = EmptyState("label", *self._reason())
            self.addWidget(self._empty)
            self.setCurrentWidget(self._empty)

    def _reason(self) -> tuple[str, str, Callable[[], object] | None]:
        """A sentence, a button's text and what it does."""
        skipped = len(self._feed.queue.skipped)
        if not self._session.images:
            return "No images yet. Nothing you add is moved or changed.", "Go to Images", self._go_to_images
        if self._feed.is_waiting:
            return "Suggestions are on their way.", "", None
        if self._feed.free_count() == 0 and skipped:
            return f"{count(skipped, 'image')} skipped, all others labelled.", "Show skipped images", self._feed.unskip
        return "Every image is labelled.", "Go to Train", self._go_to_train

    def _go_to_images(self) -> None:
        self._shell.go_to("images")

    def _go_to_train(self) -> None:
        self._shell.go_to("train")
