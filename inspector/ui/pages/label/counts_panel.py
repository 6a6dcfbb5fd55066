"""Labels so far, fewest first, and which class deserves the next ones."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from inspector.ui.pages.label.class_bars import ClassBars, ClassRow
from inspector.ui.pages.label.label_words import nudge, rarest
from inspector.ui.pages.label.lasso import best_guesses, guessed_as
from inspector.ui.session import Session
from inspector.ui.widgets.controls import button, column, label, row

LOOKED_FOR = 200  # images guessed to be of the rarest class that are offered


class CountsPanel(QWidget):
    """`images_requested` carries images without a label that may be of the class with the fewest labels."""

    images_requested = Signal(list)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._total = label(tone="text2")
        self.rows = ClassBars(session, are_guesses=False)
        self.nudge = label(tone="warn", wraps=True)
        self.find_button = button("Show images like it", self._on_find, kind="link", small=True)
        heading = row(label("Labels so far", semibold=True), None, self._total)
        self.setLayout(column(heading, self.rows, self.nudge, row(self.find_button, None), spacing=6))

    def refresh(self, ahead: Sequence[int]) -> None:
        """Labels, classes or guesses are others now; `ahead` are the images that come next."""
        counts = self._session.label_counts()
        most = max(counts.values(), default=0)
        rarest_class = rarest(counts)
        ordered = sorted(counts.items(), key=lambda item: item[1])
        self.rows.set_rows([ClassRow(name, n / (most or 1), f"{n:,}", name == rarest_class) for name, n in ordered])
        self._total.setText(f"{sum(counts.values()):,}")
        guesses_ahead = [name for name, _ in best_guesses(ahead, self._session.guesses).values()]
        self.nudge.setText(nudge(counts, guesses_ahead))
        self.nudge.setVisible(rarest_class is not None)
        guesses = self._session.guesses
        is_guessed = rarest_class is not None and guesses is not None and rarest_class in guesses.classes
        self.find_button.setVisible(is_guessed)

    def _on_find(self) -> None:
        name = rarest(self._session.label_counts())
        if name is not None:
            found = guessed_as(name, self._session.labels, self._session.guesses, count=LOOKED_FOR)
            self.images_requested.emit(found)
