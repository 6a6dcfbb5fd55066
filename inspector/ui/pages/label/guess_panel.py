"""What the labels so far say of an image: a guess, to be accepted or not."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from inspector.ui.pages.label.class_bars import ClassBars, ClassRow
from inspector.ui.pages.label.label_words import READ_ONLY, estimate_sentence
from inspector.ui.session import Session
from inspector.ui.widgets.controls import button, column, label, row, set_enabled
from inspector.ui.wording import per_cent

SHOWN = 3
BUTTON_TEXT_PX = 170
NO_GUESS = "Guesses begin once two classes have a label."


class GuessPanel(QWidget):
    """The three likeliest classes. `accepted` when a user takes the first of them."""

    accepted = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.rows = ClassBars(session, are_guesses=True)
        self._none = label(NO_GUESS, tone="text2", wraps=True)
        self.accept_button = button("Accept", self.accepted.emit, kind="primary", icon_name="check")
        self._key = label("Enter", size_px=12)
        self._key.setProperty("key", "true")
        self.estimate = label(tone="text3", size_px=12, wraps=True)
        heading = row(
            label("The model's guess", semibold=True), None, label("not a label yet", tone="text3", size_px=12)
        )
        accept = row(self.accept_button, self._key, None)
        self.setLayout(column(heading, self._none, self.rows, accept, self.estimate, spacing=6))

    def show_image(self, image_id: int | None) -> None:
        """Show what is guessed of this image now."""
        guessed = [] if image_id is None else self._session.guess_of(image_id)
        self.rows.set_rows([ClassRow(name, p, f"{per_cent(p)}?") for name, p in guessed[:SHOWN]])
        self.rows.setVisible(bool(guessed))
        self._none.setVisible(not guessed)
        name = guessed[0][0] if guessed else ""
        metrics = self.accept_button.fontMetrics()
        shown = f"Accept {name}" if metrics.horizontalAdvance(name) < BUTTON_TEXT_PX else "Accept the guess"
        self.accept_button.setText(shown if name else "Accept the guess")
        self.accept_button.setAccessibleName(f"Accept {name}" if name else "Accept the guess")
        self._key.setVisible(bool(guessed))
        reason = "" if guessed else NO_GUESS
        set_enabled(self.accept_button, READ_ONLY if self._session.read_only else reason)
        guesses = self._session.guesses
        self.estimate.setText(estimate_sentence(None if guesses is None else guesses.estimate))
        self.estimate.setVisible(bool(guessed))
