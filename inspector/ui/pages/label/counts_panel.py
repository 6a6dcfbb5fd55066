"""Labels so far, fewest first, and which class deserves the next ones."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from inspector.ui.pages.label.bar_rows import BarRow, BarRows
from inspector.ui.pages.label.label_words import nudge, rarest_class, rarest_first
from inspector.ui.pages.label.lasso_choice import guessed_as
from inspector.ui.session import Session
from inspector.ui.widgets.controls import button, column, label, row

FIGURE_PX = 44
LOOKED_FOR = 200  # images guessed to be of the rarest class that are offered


class CountsPanel(QWidget):
    """`rarest_requested` asks for the images that may be of the class with the fewest labels."""

    rarest_requested = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._rarest: str | None = None
        self._total = label(tone="text2")
        self.rows = BarRows(session, name="Labels so far", figure_px=FIGURE_PX)
        self.nudge = label(tone="warn", wraps=True)
        self.find_button = button("Show them", self._on_find, kind="link", small=True)
        heading = row(label("Labels so far", semibold=True), None, self._total)
        self.setLayout(column(heading, self.rows, self.nudge, row(self.find_button, None), spacing=6))

    def refresh(self) -> None:
        """Labels, classes or guesses are others now."""
        counts = self._session.label_counts()
        most = max(counts.values(), default=0)
        ordered = rarest_first(counts)
        self._rarest = rarest_class(counts)
        self.rows.set_rows(
            [BarRow(name, n / most if most else 0.0, f"{n:,}", name == self._rarest) for name, n in ordered]
        )
        self._total.setText(f"{sum(counts.values()):,}")
        found = 0
        if self._rarest is not None:
            labels, guesses = self._session.labels, self._session.guesses
            found = len(guessed_as(self._rarest, labels, guesses, count=LOOKED_FOR))
            self.nudge.setText(nudge(self._rarest, counts[self._rarest], found))
        self.nudge.setVisible(self._rarest is not None)
        self.find_button.setVisible(found > 0)

    def _on_find(self) -> None:
        if self._rarest is not None:
            self.rarest_requested.emit(self._rarest)
