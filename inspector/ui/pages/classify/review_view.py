"""The review: one image after another that needs a person, large, with a key for each class."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from inspector.ui.pages.classify.class_keys_row import ClassKeysRow
from inspector.ui.state.session import Session
from inspector.ui.widgets.controls import ElidedLabel, button, column, label, line, pane, row
from inspector.ui.widgets.empty_state import EmptyState
from inspector.ui.widgets.heat_tool import HeatTool
from inspector.ui.widgets.image_view import ImageView
from inspector.ui.wording import count
from models.images.settings import Scaling

TOOLS_PX, HINTS_PX = 40, 32
HINTS = "Enter accepts · Space skips · Left goes back · Ctrl+Z takes back · H heat map · Escape ends the review"


class ReviewView(QWidget):
    """Shows what it is told to, and says by signals what a user wants; keys work wherever the focus is in it."""

    decided = Signal(str)
    accepted = Signal()
    skipped = Signal()
    went_back = Signal()
    left = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Review")
        self.place = label(semibold=True)
        self.name = ElidedLabel(tone="text2", middle=True)
        self.image = ImageView()
        self.heat = HeatTool(self.image)
        self.keys = ClassKeysRow(session)
        self.saved = label(tone="text2", size_px=12)
        self._finished = EmptyState("check", "", "Back to the results", self.left.emit)
        back = button("Back to the results", self.left.emit, small=True)
        tools = row(self.place, self.name, self.heat.caption, self.heat.button, back, margins=(16, 0, 12, 0))
        tools.setStretch(1, 1)
        tools.setStretch(2, 1)
        head, hints = (
            pane(tools),
            pane(row(label(HINTS, tone="text3", size_px=12), None, self.saved, margins=(16, 0, 16, 0))),
        )
        head.setFixedHeight(TOOLS_PX)
        hints.setFixedHeight(HINTS_PX)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.image)
        self._stack.addWidget(self._finished)
        self.setLayout(column(head, line(), self._stack, line(), self.keys, hints, spacing=0))
        self.layout().setStretch(2, 1)
        self.keys.chosen.connect(self.decided)

    def show_image(self, file: Path, *, position: int, total: int, scaling: Scaling | None) -> None:
        """Show an image of the queue; `position` from 0, `scaling` as ImageView takes it."""
        self.place.setText(f"{position + 1:,} of {total:,}")
        self.name.setText(file.name)
        self._stack.setCurrentWidget(self.image)
        self.image.show_image(file, scaling=scaling)

    def show_finished(self, seen: int) -> None:
        """All images were seen."""
        self.place.setText("")
        self.name.setText("")
        self.image.clear()
        text = "was looked at" if seen == 1 else "were looked at"
        self._finished.set_sentence(f"{count(seen, 'image')} {text}. The labels count in the next training.")
        self._stack.setCurrentWidget(self._finished)

    def show_saved(self, text: str) -> None:
        """Say what became of the last decision."""
        self.saved.setText(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """A class's key decides; Enter, Space, Left and Escape do what the hints say."""
        moves = {
            Qt.Key.Key_Return: self.accepted,
            Qt.Key.Key_Enter: self.accepted,
            Qt.Key.Key_Space: self.skipped,
            Qt.Key.Key_Left: self.went_back,
            Qt.Key.Key_Escape: self.left,
        }
        pressed = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        has_modifier = pressed != Qt.KeyboardModifier.NoModifier
        types = not pressed & ~Qt.KeyboardModifier.ShiftModifier  # with Shift too: so a French keyboard types digits
        class_name = self._session.class_of_key(event.text()) if types and event.text() else None
        if class_name is not None:
            self.decided.emit(class_name)
        elif event.key() in moves and not has_modifier:
            moves[Qt.Key(event.key())].emit()
        else:
            super().keyPressEvent(event)
