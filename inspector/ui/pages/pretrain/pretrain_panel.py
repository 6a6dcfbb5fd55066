"""The panel of the Pretrain page: settings of the next run or of the one in view, and the list of runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from inspector.project import RunRecord
from inspector.ui.pages.page import PANEL_MARGIN_PX
from inspector.ui.pages.pretrain.pretrain_form import PretrainForm
from inspector.ui.pages.pretrain.pretrain_words import RESUMABLE, STATES, settings_facts
from inspector.ui.pages.pretrain.run_list import pretrain_rows
from inspector.ui.run_words import Fact
from inspector.ui.widgets.controls import button, column, label, line, pane, row, set_enabled
from inspector.ui.widgets.facts_view import FactsView
from inspector.ui.widgets.run_list import RunList
from inspector.ui.widgets.vertical_scroll_area import VerticalScrollArea

NOTE = (
    "kNN: share of the labelled images whose nearest labelled neighbours agree, each left out in turn. "
    "Tick two runs to compare their curves."
)


class PretrainPanel(QWidget):
    """`resume_requested` and `continue_requested` carry a run's id."""

    resume_requested = Signal(int)
    continue_requested = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._run: RunRecord | None = None
        self.form = PretrainForm()
        self._title = label(semibold=True)
        self.state = label(tone="text3")
        self.facts = FactsView()
        self.resume_button = button("Resume", lambda: self._emit(self.resume_requested), icon_name="play")
        self.continue_button = button("Continue from this run…", lambda: self._emit(self.continue_requested))
        self._run_view = QWidget()
        self._more_time_head = label("Would more time pay?", semibold=True)
        self.more_time = label(size_px=12, wraps=True)
        buttons = column(row(self.resume_button, None), row(self.continue_button, None))  # too wide for one row
        answer = (self._more_time_head, self.more_time)
        self._run_view.setLayout(column(row(self._title, self.state, None), self.facts, *answer, buttons))
        self.runs = RunList("Pretraining runs")
        note = label(NOTE, size_px=12, tone="text3", wraps=True)
        margins = (0, 0, PANEL_MARGIN_PX, 0)
        inside = pane(column(self.form, self._run_view, None, margins=margins), ground="window")
        self._listed = QWidget()
        self._listed.setLayout(column(line(), label("Runs", semibold=True), self.runs, note, margins=margins))
        layout = column(VerticalScrollArea(inside), self._listed)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self.show_form()

    def show_form(self) -> None:
        """The settings of the next run."""
        self._run = None
        self.form.show()
        self._run_view.hide()

    def show_run(self, run: RunRecord, images: int, *, can_resume: bool) -> None:
        """The settings of a run, which are fixed."""
        self._run = run
        self.form.hide()
        self._run_view.show()
        self._title.setText(f"Run {run.id}")
        self.state.setText(
            "settings are fixed while it runs" if run.state == "running" else STATES.get(run.state, run.state)
        )
        self.facts.set_facts([Fact(name, value) for name, value in settings_facts(run.config, images)])
        answer = str(run.metrics.get("more_time", {}).get("sentence", ""))  # runs of earlier versions have none
        self.more_time.setText(answer)
        for widget in (self._more_time_head, self.more_time):
            widget.setVisible(bool(answer))
        self.resume_button.setVisible(run.state in RESUMABLE)
        set_enabled(self.resume_button, "" if can_resume else "It was stopped before its first checkpoint.")
        is_finished = run.state == "finished"
        set_enabled(self.continue_button, "" if is_finished else "Only a finished run has an encoder to start from.")

    def set_runs(self, runs: Sequence[RunRecord], scores: Mapping[int, float]) -> None:
        """List the pretraining runs among these, with their kNN scores."""
        rows = pretrain_rows(runs, scores)
        self.runs.set_rows(rows)
        self._listed.setVisible(bool(rows))
        self.form.set_runs([run for run in reversed(runs) if run.kind == "pretrain" and run.state == "finished"])

    def _emit(self, signal: object) -> None:
        if self._run is not None:
            signal.emit(self._run.id)  # type: ignore[attr-defined]
