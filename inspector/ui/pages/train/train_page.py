"""The Train page: settings, the run that trains as it goes, earlier runs, and two of them compared."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any

import numpy as np
from PySide6.QtWidgets import QStackedWidget

from inspector.jobs.events import MapMoved, RunStarted
from inspector.jobs.training.label_forecast import known_forecast
from inspector.jobs.training.todays_names import validation_today
from inspector.jobs.training.train import train
from inspector.project import Change, RunRecord
from inspector.ui.background.jobs import Job, JobQueue
from inspector.ui.background.worker import Ended
from inspector.ui.pages.page import Page, Shell
from inspector.ui.pages.train.comparison import compare
from inspector.ui.pages.train.epoch_history import EpochHistory, patience_of, planned_epochs
from inspector.ui.pages.train.live_run import LiveRun
from inspector.ui.pages.train.requirements import labels_reason, start_reason, state_sentence, validation_sentence
from inspector.ui.pages.train.run_list import STATES
from inspector.ui.pages.train.train_figures import TrainFigures
from inspector.ui.pages.train.train_panel import RUNS, SETTINGS, TrainPanel
from inspector.ui.pictures.thumbnails import Thumbnails
from inspector.ui.run_words import evaluation_of, rule_facts, way_of_training
from inspector.ui.state.session import Session
from inspector.ui.widgets.controls import button, set_enabled
from inspector.ui.widgets.empty_state import EmptyState
from inspector.ui.wording import age, count

KIND = "train"
NO_RUN = "No run yet. A frozen encoder takes seconds, fine-tuning takes minutes."


class TrainPage(Page):
    """Start training, watch it, compare runs."""

    key, title, icon_name = "train", "Train", "train"
    closes_panel_if_narrow = True

    def __init__(self, session: Session, jobs: JobQueue, thumbnails: Thumbnails, shell: Shell) -> None:
        super().__init__(session, jobs, thumbnails, shell)
        self._live: LiveRun | None = None
        self._shown_run: int | None = None
        self.side = TrainPanel(session, thumbnails)
        self.add_scrolling_panel(self.side)
        self.figures = TrainFigures(session, thumbnails)
        self.empty = EmptyState("train", "", "Go to Label", lambda: shell.go_to("label"))
        self.ready = EmptyState("train", NO_RUN, "Change settings", self.show_settings, primary=False)
        self._stack = QStackedWidget()
        for widget in (self.empty, self.ready, self.figures):
            self._stack.addWidget(widget)
        self.middle.addWidget(self._stack, 1)
        self.settings_button = button("Settings", self.show_settings, icon_name="settings")
        self.compare_button = button("Compare runs", self.compare_newest, icon_name="compare")
        self.start_button = button("Start training", self.start, kind="primary")
        self.queue_button = button("Queue another run", self.start, icon_name="plus")
        for widget in (self.settings_button, self.compare_button, self.queue_button, self.start_button):
            self.add_header_widget(widget)
        self.side.form.changed.connect(self._show_requirements)
        self.side.runs.run_chosen.connect(self.show_run)
        self.side.runs.ticked_changed.connect(self._show_comparison)
        jobs.changed.connect(self._on_jobs_changed)
        jobs.event_arrived.connect(self._on_event)
        jobs.ended.connect(self._on_ended)
        self._on_jobs_changed()
        self._catch_up()

    # What a user can do

    def start(self) -> None:
        """Train with the settings of the form, now or when the jobs before it have ended."""
        request = self.side.form.request()
        detail = way_of_training(asdict(request))
        project = self.session.project
        self.jobs.submit(Job(KIND, "Training", detail, lambda: train(project, request, maps=True), page=self.key))
        self.side.open_tab(RUNS)

    def show_settings(self) -> None:
        """Open the panel at the settings of the next run."""
        if not self.side.isVisible():
            self.toggle_panel()
        self.side.open_tab(SETTINGS)
        self.side.form.encoder.setFocus()

    def compare_newest(self) -> None:
        """Open the panel at the runs; without two ticks the newest two get them."""
        if not self.side.isVisible():
            self.toggle_panel()
        self.side.open_tab(RUNS)
        if len(self.side.runs.ticked) < 2:
            self.side.runs.tick([run.id for run in self.session.finished_runs(KIND)[:2]])

    def show_run(self, run_id: int) -> None:
        """Show a run's figures."""
        self._shown_run = run_id
        self.side.runs.select(run_id)
        self._show()

    # Hooks of the page

    def on_first_shown(self) -> None:
        """Fill everything."""
        self.side.open_tab(RUNS if self._finished() else SETTINGS)
        self._show_runs()

    def on_changed(self, change: Change) -> None:
        """Follow labels, runs, and what their classes are called."""
        if change.runs or change.classes:
            self._show_runs()
        else:
            self._show_requirements()
            self._choose_content()

    def open_with(self, payload: object) -> None:
        """A run to show."""
        if isinstance(payload, int) and any(run.id == payload for run in self.session.runs):
            self.side.open_tab(RUNS)
            self.show_run(payload)

    # Jobs

    def _on_jobs_changed(self) -> None:
        current = self.jobs.current
        if current is not None and current.job.kind == KIND and (self._live is None or self._live.job_id != current.id):
            self._live = LiveRun(current.id)
            self._shown_run = None
            self._show()
        self._show_requirements()

    def _catch_up(self) -> None:
        """A page that is made while its job runs reads what the run has logged so far."""
        running = [run for run in self.session.project.runs(KIND) if run.state == "running"]
        if self._live is None or not running:
            return
        self._live.run = running[-1].id
        logged = self.session.project.run_events(running[-1].id, "epoch")
        self._live.history = EpochHistory.from_log(logged, planned=planned_epochs(running[-1].config))

    def _on_event(self, job_id: int, event: object) -> None:
        live = self._live
        if live is None or job_id != live.job_id:
            return
        if isinstance(event, MapMoved) and self._shows_live():
            self.figures.map.show_run(event.image_ids, event.points, event.epoch)
        if not live.take(event):
            return
        if isinstance(event, RunStarted):
            self.session.refresh(Change(runs=True))
        if self._shows_live():
            self._show_live(live)

    def _on_ended(self, job_id: int, ended: Ended) -> None:
        live = self._live
        if live is None or job_id != live.job_id:
            return
        self._live = None
        if self._shown_run is None and (ended.outcome == "finished" or live.history):
            self._shown_run = live.run if ended.outcome != "finished" else ended.result.run
        self.session.refresh(Change(runs=True))

    # What is shown

    def _finished(self) -> list[RunRecord]:
        return self.session.finished_runs(KIND)

    def _shows_live(self) -> bool:
        return self._live is not None and self._shown_run in (None, self._live.run)

    def _label_counts(self) -> dict[str, int]:
        """Labels that can be trained on, by class."""
        counted = Counter(name for i, name in self.session.labels.items() if i not in self.session.held_out)
        return {record.name: counted[record.name] for record in self.session.classes}

    def _show_runs(self) -> None:
        self.side.form.set_encoders(self.session.finished_runs("pretrain"))
        self.side.runs.set_runs(self.session.runs)
        if self._shown_run is None and self._live is None and self._finished():
            self._shown_run = self._finished()[0].id
        self._show_requirements()
        self._show_comparison()
        self._show()

    def _show_requirements(self) -> None:
        counts, request = self._label_counts(), self.side.form.request()
        has_encoder = bool(self.session.finished_runs("pretrain"))
        reason = start_reason(request, counts, has_encoder=has_encoder, read_only=self.session.read_only)
        is_training = self.jobs.find(KIND) is not None
        for widget, fits in ((self.start_button, not is_training), (self.queue_button, is_training)):
            widget.setVisible(fits)
            set_enabled(widget, reason)
        finished = len(self._finished())
        set_enabled(self.compare_button, "" if finished > 1 else f"Train twice first: {count(finished, 'run')} so far.")
        self.set_sentence(state_sentence(counts))
        judging = 0 if labels_reason(counts) else sum(counts.values())
        self.side.validation.setText(validation_sentence(request, judging))
        self.empty.set_sentence(labels_reason(counts))

    def _choose_content(self) -> None:
        live = self._live
        if self._shown_run is not None or (live is not None and (live.history or live.evaluation)):
            self._stack.setCurrentWidget(self.figures)
        elif labels_reason(self._label_counts()) and live is None:
            self._stack.setCurrentWidget(self.empty)
        else:
            self.ready.set_sentence(NO_RUN if live is None else live.stage)
            self.ready.button.setVisible(live is None)
            self._stack.setCurrentWidget(self.ready)

    def _show(self) -> None:
        """Draw the run in view anew."""
        self.figures.clear()
        run = next((run for run in self.session.runs if run.id == self._shown_run), None)
        if self._live is not None and self._shows_live():
            self._show_live(self._live)
        elif run is not None:
            self._show_stored(run)
        self._choose_content()

    def _show_live(self, live: LiveRun) -> None:
        run = next((run for run in self.session.runs if run.id == live.run), None)
        if live.history:
            self.figures.show_history(live.history, patience=patience_of(run.config if run else {}))
        if live.evaluation is not None:
            self.figures.show_evaluation(live.evaluation)
        self.side.runs.select(live.run)
        self.side.show_run(run, self.session.runs, state="settings are fixed while it runs")
        self.side.forecast.show_forecast(None)
        self._choose_content()

    def _show_stored(self, run: RunRecord) -> None:
        logged = self.session.project.run_events(run.id, "epoch")
        history = EpochHistory.from_log(logged, planned=planned_epochs(run.config))
        evaluation = evaluation_of(run)
        if history:
            self.figures.show_history(history, patience=patience_of(run.config))
        else:
            self.figures.show_head(evaluation, int(run.metrics.get("labels", 0)))
        if evaluation is not None:
            self.figures.show_evaluation(evaluation)
        answers = None if history else validation_today(self.session.project, run.id)
        if answers is not None:
            self.figures.show_calibration(
                np.asarray(answers.confidence), np.asarray(answers.true) == np.asarray(answers.predicted)
            )
        self.side.runs.select(run.id)
        state = age(run.finished or run.created) if run.state == "finished" else STATES.get(run.state, run.state)
        chosen = rule_facts(self.session.project.run_events(run.id))
        self.side.show_run(run, self.session.runs, state=state, chosen=chosen)
        is_finished = run.state == "finished"
        self.side.forecast.show_forecast(known_forecast(self.session.project, run.id) if is_finished else None)

    def _show_comparison(self) -> None:
        ticked = self.side.runs.ticked
        answers: list[Any] = [validation_today(self.session.project, run_id) for run_id in ticked]
        self.side.strip.hide()
        if len(ticked) < 2 or None in answers:
            self.side.comparison.show_comparison(None)
            return
        self.side.comparison.show_comparison(compare(ticked[0], answers[0], ticked[1], answers[1]))
