"""Says that suggestions are on their way, and how far they are."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QProgressBar

from inspector.ui.background.jobs import JobQueue
from inspector.ui.pages.label.label_words import UNPREPARED
from inspector.ui.pages.page import Shell
from inspector.ui.state.session import Session
from inspector.ui.widgets.controls import ElidedLabel, button, column, line, row

KIND = "prepare"
BAR_PX, HEIGHT_PX = 120, 36


class PreparationNote(QFrame):
    """A line above the image, there only while nothing can be suggested. Whoever places it calls `refresh` once."""

    def __init__(self, session: Session, jobs: JobQueue, shell: Shell) -> None:
        super().__init__()
        self._session, self._jobs = session, jobs
        self.setProperty("pane", "window")
        self._text = ElidedLabel(tone="text2")
        self._bar = QProgressBar()
        self._bar.setFixedWidth(BAR_PX)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Suggestions prepared")
        self.button = button("Prepare suggestions", shell.prepare, small=True)
        inner = row(self._text, self._bar, self.button, margins=(16, 0, 16, 0))
        inner.setStretch(0, 1)
        layout = column(inner, line(), spacing=0)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self.setFixedHeight(HEIGHT_PX)
        jobs.changed.connect(self.refresh)
        jobs.progressed.connect(self.refresh)
        session.guesses_changed.connect(self.refresh)

    def refresh(self) -> None:
        """Say how things stand."""
        entry = self._jobs.find(KIND)
        self.setVisible(self._session.basis is None and bool(self._session.images))
        self._bar.setVisible(entry is not None and entry.state != "waiting")
        self.button.setVisible(entry is None)
        if entry is None:
            self._text.setText(UNPREPARED)
            return
        share = entry.shown.share
        self._bar.setRange(0, 0 if share is None else 100)
        self._bar.setValue(0 if share is None else round(100 * share))
        state = "wait for another job" if entry.state == "waiting" else "are being prepared"
        self._text.setText(f"Suggestions {state}. {UNPREPARED}")
