"""The job area at the bottom: what runs, how far it is, pause, stop, and what waits behind it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QMenu, QProgressBar

from inspector.ui.background.jobs import Entry, JobQueue, LastJob
from inspector.ui.icons import pixmap
from inspector.ui.widgets.controls import button, follow_theme, label, line, row, set_enabled
from inspector.ui.widgets.progress_ring import ProgressRing
from inspector.ui.widgets.wrapped_label import WrappedLabel
from inspector.ui.wording import duration, without_mnemonic

HEIGHT_PX = 44
BAR_PX, NARROW_BAR_PX = 170, 100
# Widths of the fields, so that no number moves another.
FIELDS_PX = {"position": 150, "step": 120, "rate": 110, "time_left": 120}
STEP_FROM_PX, RATE_FROM_PX = 1360, 1180
FAILED_LINES = 2  # what helps stands at the end of the sentence
STOPPING = "Stopping after this batch…"
OUTCOMES = {"finished": "finished", "cancelled": "stopped", "failed": "failed"}
OUTCOME_ICONS = {"finished": ("check", "ok"), "cancelled": ("stop", "text2"), "failed": ("error", "bad")}


class JobStrip(QFrame):
    """Follows a JobQueue."""

    def __init__(self, jobs: JobQueue) -> None:
        super().__init__()
        self.setProperty("pane", "window")
        self.setFixedHeight(HEIGHT_PX)
        self.setAccessibleName("Job")
        self._jobs = jobs
        self._ring, self._mark = ProgressRing(), QLabel()
        self._title, self._detail = label(semibold=True), WrappedLabel(most_lines=1, tone="text2")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        self._bar.setAccessibleName("Share done")
        self._fields = {name: self._field(name, width) for name, width in FIELDS_PX.items()}
        self.pause_button = button("Pause", self.toggle_pause, icon_name="pause")
        self.stop_button = button("Stop", jobs.stop, icon_name="stop")
        self.queue_button = button("Nothing waiting", self._on_queue, kind="flat")
        self._separator = line(vertical=True)
        layout = row(self._ring, self._mark, self._title, self._detail, self._bar, margins=(16, 0, 12, 0), spacing=8)
        layout.setStretchFactor(self._detail, 1)
        for field in self._fields.values():
            layout.addWidget(field)
        for widget in (self.pause_button, self.stop_button, self._separator, self.queue_button):
            layout.addWidget(widget)
        self.setLayout(layout)
        jobs.changed.connect(self._on_changed)
        jobs.progressed.connect(self._on_progressed)
        follow_theme(self, self._on_changed)
        self._on_changed()

    def text(self) -> str:
        """All that it says, for tests and screen readers."""
        parts = [self._title.text(), self._detail.full_text(), *(f.text() for f in self._fields.values())]
        return " ".join(filter(None, parts))

    def field(self, name: str) -> QLabel:
        """The text of 'position', 'step', 'rate' or 'time_left'."""
        return self._fields[name]

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """In a narrow window the step goes first, then the rate and a part of the bar: what runs stays readable."""
        super().resizeEvent(event)
        self._place_fields()
        if self._jobs.current is not None:
            self._show_detail(self._jobs.current)

    def _field(self, name: str, width: int) -> QLabel:
        made = label(tone="" if name == "position" else "text2")
        made.setFixedWidth(width)
        made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return made

    def _place_fields(self) -> None:
        is_running = self._jobs.current is not None
        self._fields["step"].setVisible(is_running and self.width() >= STEP_FROM_PX)
        self._fields["rate"].setVisible(is_running and self.width() >= RATE_FROM_PX)
        self._bar.setFixedWidth(BAR_PX if self.width() >= RATE_FROM_PX else NARROW_BAR_PX)
        self._fields["position"].setVisible(is_running)
        is_ending = self._jobs.current is not None and self._jobs.current.state == "stopping"
        self._fields["time_left"].setVisible(is_running and not is_ending)  # what ends needs room to say so instead

    def _on_changed(self) -> None:
        entry = self._jobs.current
        self._show_waiting()
        for widget in (self._ring, self._bar, self.pause_button, self.stop_button):
            widget.setVisible(entry is not None)
        self._mark.setVisible(entry is None and self._jobs.last is not None)
        self._place_fields()
        if entry is not None:
            self._show_running(entry)
        else:
            self._show_last(self._jobs.last)

    def _show_running(self, entry: Entry) -> None:
        self._title.setText(entry.job.title)
        self._title.show()
        self._detail.set_most_lines(1)
        is_stopping, is_paused = entry.state == "stopping", entry.state == "paused"
        self._bar.setProperty("stopping", is_stopping or is_paused)
        self._bar.style().unpolish(self._bar)
        self._bar.style().polish(self._bar)
        self.pause_button.setText("Resume" if is_paused else "Pause")
        why_not = STOPPING if is_stopping else ""
        set_enabled(self.pause_button, why_not)
        set_enabled(self.stop_button, why_not)
        self._on_progressed()

    def _show_detail(self, entry: Entry) -> None:
        """What runs; where the window has no room for the step, the stage before it."""
        stage = "" if self.width() >= STEP_FROM_PX else entry.shown.stage
        detail = " · ".join(filter(None, [stage, entry.job.detail]))
        if entry.state == "stopping":
            detail = STOPPING
        elif entry.state == "paused":
            detail = f"{detail}, paused"
        self._detail.setText(detail)

    def _on_progressed(self) -> None:
        entry = self._jobs.current
        if entry is None:
            return
        self._show_detail(entry)
        shown = entry.shown
        self._ring.set_share(shown.share)
        self._bar.setValue(round(1000 * (shown.share or 0.0)))
        texts = {"position": shown.position, "step": shown.step or shown.stage, "rate": shown.rate}
        for name, text in (texts | {"time_left": shown.time_left}).items():
            self._fields[name].setText(text)

    def _show_last(self, last: LastJob | None) -> None:
        if last is None:
            self._title.hide()
            self._detail.setText("Nothing runs")
            return
        outcome = last.ended.outcome
        icon_name, token = OUTCOME_ICONS[outcome]
        self._mark.setPixmap(pixmap(icon_name, size_px=16, token=token))
        self._title.setText(f"{last.job.title} {OUTCOMES[outcome]}")
        self._title.show()
        self._detail.set_most_lines(FAILED_LINES if outcome == "failed" else 1)
        self._detail.setText(_last_words(last))

    def _show_waiting(self) -> None:
        waiting = len(self._jobs.waiting)
        self.queue_button.setText(f"{waiting} waiting" if waiting else "Nothing waiting")
        set_enabled(self.queue_button, "" if waiting else "No job waits behind the running one")

    def toggle_pause(self) -> None:
        """Hold the running job, or let it go on."""
        if self._jobs.current is not None and self._jobs.current.state == "paused":
            self._jobs.resume()
        else:
            self._jobs.pause()

    def _on_queue(self) -> None:
        menu = self.queue_menu()
        corner = self.queue_button.mapToGlobal(QPoint(0, 0))
        menu.exec(corner - QPoint(0, menu.sizeHint().height()))

    def queue_menu(self) -> QMenu:
        """What waits, in order, each to be moved up or removed."""
        menu = QMenu(self)
        for position, entry in enumerate(self._jobs.waiting):
            sub = menu.addMenu(f"{position + 1}. {entry.job.title} {without_mnemonic(entry.job.detail)}")
            earlier = sub.addAction("Do it earlier", partial(self._jobs.move_up, entry.id))
            earlier.setEnabled(position > 0)
            sub.addAction("Remove from the queue", partial(self._jobs.stop, entry.id))
        return menu


def _last_words(last: LastJob) -> str:
    if last.ended.outcome == "failed":
        return last.ended.message
    return f"{last.job.detail}, {duration(last.ended.seconds)}" if last.job.detail else duration(last.ended.seconds)
