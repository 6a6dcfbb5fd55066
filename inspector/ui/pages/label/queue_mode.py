"""One image after the other: the image, the class keys, the neighbours in the queue."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from inspector.ui.background.jobs import JobQueue
from inspector.ui.pages.label.class_keys import ClassKeys
from inspector.ui.pages.label.image_well import ImageWell
from inspector.ui.pages.label.key_hints import KeyHints
from inspector.ui.pages.label.label_keys import LabelKeys
from inspector.ui.pages.label.label_queue import LabelQueue
from inspector.ui.pages.label.preparation_note import PreparationNote
from inspector.ui.pages.page import Shell
from inspector.ui.pictures.thumbnails import Thumbnails
from inspector.ui.state.session import Session
from inspector.ui.widgets.controls import column, line
from inspector.ui.widgets.thumbnail_strip import GAP_PX, ThumbnailStrip

STRIP_TILE_PX = 58
BEFORE = 3  # neighbours shown before the current one
AHEAD = 3  # images decoded before their turn


class QueueMode(QWidget):
    """`class_chosen` and `class_named` say what the image is, by an existing class or by a new one."""

    class_chosen = Signal(str)
    class_named = Signal(str)
    image_requested = Signal(int)

    def __init__(self, session: Session, jobs: JobQueue, thumbnails: Thumbnails, shell: Shell) -> None:
        super().__init__()
        self._session = session
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Queue of images to label")
        self.note = PreparationNote(session, jobs, shell)
        self.well = ImageWell(session, thumbnails)
        self.class_keys = ClassKeys(session, shell)
        self.hints = KeyHints(session)
        self.strip = ThumbnailStrip(session, thumbnails, size_px=STRIP_TILE_PX)
        self.strip.setAccessibleName("Neighbours in the queue")
        self._keys: LabelKeys | None = None
        self.class_keys.chosen.connect(self.class_chosen)
        self.class_keys.named.connect(self.class_named)
        self.class_keys.left.connect(self.setFocus)
        self.strip.clicked_id.connect(self.image_requested)
        keys = column(self.class_keys, self.hints, margins=(16, 10, 16, 8), spacing=6)
        strip = column(self.strip, margins=(16, 8, 16, 8))
        layout = column(self.note, self.well, line(), keys, line(), strip, spacing=0)
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self.note.refresh()

    def set_commands(self, commands: Mapping[str, Callable[[], object]]) -> None:
        """What the keys of the label page do here."""
        self._keys = LabelKeys(self._session, commands, self.class_chosen.emit, self)

    def show_queue(self, queue: LabelQueue) -> None:
        """Show where the queue is."""
        image_id = queue.current_id
        self.well.show_image(image_id, next_ids=queue.waiting_ids[:AHEAD])
        room = max(1, (self.strip.width() + GAP_PX) // (STRIP_TILE_PX + GAP_PX))
        self.strip.set_ids(queue.neighbours(before=BEFORE, count=room))
        self.strip.set_current(image_id)
        self.show_guess(image_id)

    def show_guess(self, image_id: int | None) -> None:
        """Tint the key of what the image is guessed to be."""
        guesses = [] if image_id is None else self._session.guess_of(image_id)
        self.class_keys.set_guess(guesses[0][0] if guesses else None)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Label, skip, go back."""
        if self._keys is None or not self._keys.take(event):
            super().keyPressEvent(event)
