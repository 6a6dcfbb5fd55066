"""The Pretrain page: choose a method, start, watch it learn, resume, compare runs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from PySide6.QtWidgets import QStackedWidget

from inspector.jobs.events import DurationEstimated, MapMoved, RunStarted
from inspector.jobs.pool.imagenet_weights import IMAGENET
from inspector.jobs.pretraining.request import PretrainRequest
from inspector.jobs.pretraining.run_pictures import load_pictures
from inspector.project import Change, RunRecord
from inspector.ui.background.jobs import Job, JobQueue
from inspector.ui.background.worker import Ended
from inspector.ui.pages.page import Page, Shell
from inspector.ui.pages.pretrain.epoch_series import EpochSeries
from inspector.ui.pages.pretrain.imagenet_question import ImagenetQuestion
from inspector.ui.pages.pretrain.method_cards import MethodCards
from inspector.ui.pages.pretrain.pretrain_figures import PretrainFigures
from inspector.ui.pages.pretrain.pretrain_panel import PretrainPanel
from inspector.ui.pages.pretrain.pretrain_words import (
    METHOD_NAMES,
    PRESETS,
    device_words,
    stage_sentence,
    state_sentence,
)
from inspector.ui.pictures.thumbnails import Thumbnails
from inspector.ui.state.session import Session
from inspector.ui.widgets.controls import button, set_enabled
from inspector.ui.widgets.empty_state import EmptyState
from models.events import Progress, Reconstruction, Views

KIND, PROBE = "pretrain", "probe"
KEEPS = "Stop it at a checkpoint and close?"
CHECKPOINT = "checkpoint.safetensors"
TOO_FEW = "Pretraining needs at least two images"
MEASURING = "Measuring how long pretraining takes here, which may take half a minute or more…"
COMING = "This run is queued already; another one needs another setting or seed."
WAITS = "How long pretraining takes here is measured once nothing else runs."


class PretrainPage(Page):
    """Before a run it offers methods; with one in view it shows that run."""

    key, title, icon_name = "pretrain", "Pretrain", "pretrain"

    def __init__(self, session: Session, jobs: JobQueue, thumbnails: Thumbnails, shell: Shell) -> None:
        super().__init__(session, jobs, thumbnails, shell)
        self._live: EpochSeries | None = None
        self._live_run: int | None = None
        self._job_id: int | None = None
        self._probe_id: int | None = None
        self._shown_run: int | None = None
        self._estimates: dict[str, DurationEstimated] = {}  # by method
        self._probed_images = 0  # as many were there when this machine was measured last
        self._has_failed_probe = False
        self._wanted: dict[int, PretrainRequest | int] = {}  # settings, or a run to resume, by the job submitted for it
        self._imagenet = ImagenetQuestion(jobs, self)
        self.side = PretrainPanel()
        self.add_scrolling_panel(self.side)
        self.empty = EmptyState(
            "pretrain",
            "Add images first; from about 200 on pretraining pays.",
            "Go to Images",
            lambda: shell.go_to("images"),
            action_icon="images",
        )
        self.cards = MethodCards()
        self.figures = PretrainFigures(session, thumbnails)
        self._stack = QStackedWidget()
        for widget in (self.empty, self.cards, self.figures):
            self._stack.addWidget(widget)
        self.middle.addWidget(self._stack, 1)
        self.new_button = button("New run…", self.show_settings, icon_name="plus")
        self.start_button = button("Start pretraining", self.start, kind="primary", icon_name="play")
        self.add_header_widget(self.new_button)
        self.add_header_widget(self.start_button)
        self._connect()
        self._show()

    # What a user can do

    def start(self) -> None:
        """Pretrain with the settings of the form, now or when the jobs before it have ended."""
        request = self.side.form.request()
        if request.start_from == IMAGENET:
            self._imagenet.when_ready(partial(self._submit, request))
        else:
            self._submit(request)

    def resume(self, run_id: int) -> None:
        """Go on with a stopped run."""
        detail = f"run {run_id}, resumed"
        self._submit_job(run_id, detail, partial(self._resumed, run_id))

    def continue_from(self, run_id: int) -> None:
        """Offer a new run that starts from this one's encoder."""
        self.show_settings()
        self.side.form.continue_from(self._run(run_id))

    def show_settings(self) -> None:
        """The settings of the next run."""
        self._shown_run = None
        self._show()

    def show_run(self, run_id: int) -> None:
        """A run's figures."""
        self._shown_run = run_id
        self._show()

    # Hooks of the page

    def on_first_shown(self) -> None:
        """Show the newest run."""
        runs = [run for run in self.session.runs if run.kind == KIND]
        if self._shown_run is None and self._live is None and runs:
            self._shown_run = runs[-1].id
        self._show()

    def on_shown(self) -> None:
        """Measure this machine, unless that is done."""
        self._probe()

    def on_changed(self, change: Change) -> None:
        """Follow images, labels and runs; with other images a preset takes another time."""
        if change.images and self._has_failed_probe:
            self._probed_images, self._has_failed_probe = 0, False  # the files may be back
        if change.images or change.runs or change.splits:
            self._show()
            self._probe()
        elif change.labels:
            self._show_content()

    def open_with(self, payload: object) -> None:
        """A run to show."""
        if isinstance(payload, int) and any(run.id == payload for run in self.session.runs):
            self.show_run(payload)

    # Jobs

    def _submit(self, request: PretrainRequest) -> None:
        self._submit_job(request, METHOD_NAMES[request.method], partial(self._pretrained, request))

    def _submit_job(self, wanted: PretrainRequest | int, detail: str, start: Any) -> None:
        if self._is_coming(wanted):
            self.shell.notify(f"Run {wanted} goes on already, or is queued to." if isinstance(wanted, int) else COMING)
            return
        submitted = self.jobs.submit(Job(KIND, "Pretraining", detail, start, self.key, KEEPS))
        self._wanted[submitted] = wanted
        first = self.jobs.current
        if first is not None and first.id not in (submitted, self._probe_id):
            self.shell.notify(f"Pretraining waits until “{first.job.title}” has ended.")

    def _is_coming(self, wanted: PretrainRequest | int) -> bool:
        """Whether the same run waits already, or has only just begun: a button pressed twice."""
        coming = [entry.id for entry in self.jobs.waiting]
        if self._job_id is not None and self._live_run is None:
            coming.append(self._job_id)
        return any(self._wanted.get(job_id) == wanted for job_id in coming)

    def _pretrained(self, request: PretrainRequest) -> Iterator[Any]:
        from inspector.jobs.pretraining.pretrain import pretrain

        yield from pretrain(self.session.project, request, maps=True)

    def _resumed(self, run_id: int) -> Iterator[Any]:
        from inspector.jobs.pretraining.pretrain import resume

        yield from resume(self.session.project, run_id, maps=True)

    def _probe(self) -> None:
        """Measure this machine once for as many images as there are, the chosen method first: its presets are in view.

        What else runs would be measured too, so that is waited for, and given way to.
        """
        if not self._is_unmeasured() or self._probe_id is not None:
            return
        if self._estimates:
            self._estimates = {}
            self.cards.forget()
        self._show_durations()
        if self.jobs.current is not None:
            return
        self._probed_images = len(self.session.images)
        chosen = self.side.form.method.key
        methods = sorted(METHOD_NAMES, key=lambda method: method != chosen)
        self.cards.say(MEASURING)
        self._probe_id = self.jobs.submit(
            Job(PROBE, "Measuring", "how long pretraining takes here", partial(self._estimated, methods), self.key)
        )

    def _is_unmeasured(self) -> bool:
        images = len(self.session.images)
        return images > 1 and images != self._probed_images

    def _estimated(self, methods: list[str]) -> Iterator[Any]:
        from inspector.jobs.pretraining.duration import estimate_pretraining

        presets = [{name: PretrainRequest(method=method, preset=name) for name, _ in PRESETS} for method in methods]
        yield from estimate_pretraining(self.session.project, *presets)

    def _on_jobs_changed(self) -> None:
        current = self.jobs.current
        if current is not None and current.id == self._probe_id and self.jobs.waiting and current.state == "running":
            self._probed_images = 0
            self.jobs.stop(current.id)
            return  # that says the same again
        if current is not None and current.job.kind == KIND and current.id != self._job_id:
            self._job_id = current.id
            self._live, self._live_run = EpochSeries(), None
            self._show()
        self._show_buttons()
        if self.isVisible():
            self._probe()

    def _on_event(self, job_id: int, event: object) -> None:
        if job_id == self._probe_id and isinstance(event, DurationEstimated):
            self._estimates[event.method] = event
            self.cards.take(event)
            self._show_durations()
        if job_id != self._job_id or self._live is None:
            return
        if isinstance(event, RunStarted):
            self._live_run = self._shown_run = event.run
            self.session.refresh(Change(runs=True))
            config = self._run(event.run).config
            self._live.epochs = int(config.get("epochs") or 0)
            self.figures.begin(event.run, str(config.get("method")))
            self.figures.show_series(self._live)
            self._show()
        elif self._live.take(event):
            if self._shows_live():
                self.figures.show_series(self._live)
        elif isinstance(event, Progress) and (sentence := stage_sentence(event)):
            self.set_sentence(sentence)
        elif self._shows_live() and isinstance(event, Views | Reconstruction):
            self.figures.show_pictures(event)
        elif self._shows_live() and isinstance(event, MapMoved):
            self.figures.show_map(event)

    def _on_ended(self, job_id: int, ended: Ended) -> None:
        if job_id == self._probe_id:
            self._probe_id = None
            self._has_failed_probe = ended.outcome == "failed"
            self._show_durations()
        if job_id == self._job_id:
            self._job_id = self._live = self._live_run = None
            self.session.refresh(Change(runs=True))
            self.figures.map.show_project()
            self._show()

    # What is shown

    def _connect(self) -> None:
        form = self.side.form
        self.cards.chosen.connect(form.choose)
        form.changed.connect(lambda: self.cards.choose(form.method.key, form.preset.currentData()))
        form.method.chosen.connect(lambda _: self._show_durations())
        self.cards.chosen.connect(lambda _: self._show_durations())
        self.side.runs.run_chosen.connect(self.show_run)
        self.side.runs.ticked_changed.connect(self._show_compared)
        self.side.resume_requested.connect(self.resume)
        self.side.continue_requested.connect(self.continue_from)
        self.jobs.changed.connect(self._on_jobs_changed)
        self.jobs.event_arrived.connect(self._on_event)
        self.jobs.ended.connect(self._on_ended)
        self._on_jobs_changed()
        self.cards.choose(form.method.key, form.preset.currentData())

    def _show_durations(self) -> None:
        """How long the chosen method takes here, where that is measured."""
        estimated = self._estimates.get(self.side.form.method.key)
        self.side.form.set_durations(None if estimated is None else estimated.seconds)
        if estimated is not None:
            device = device_words(estimated.device).lower()
            self.cards.say(f"The {device} of this machine learns from {estimated.images_per_second:,.0f} images/s.")
        elif self._probe_id is None:
            self.cards.say(WAITS if self._is_unmeasured() else "")

    def _shows_live(self) -> bool:
        return self._live is not None and self._live_run is not None and self._shown_run == self._live_run

    def _run(self, run_id: int) -> RunRecord:
        return next(run for run in self.session.runs if run.id == run_id)

    def _show(self) -> None:
        self.set_sentence(state_sentence(len(self.session.images), len(self.session.held_out)))
        self.side.set_runs(self.session.runs, self._scores())
        self._show_content()
        self._show_buttons()

    def _show_content(self) -> None:
        runs = {run.id: run for run in self.session.runs if run.kind == KIND}
        if not self.session.images:
            self._stack.setCurrentWidget(self.empty)
            self.side.setVisible(bool(runs))
            return
        self.side.show()
        run = runs.get(self._shown_run) if self._shown_run is not None else None
        self.side.runs.select(None if run is None else run.id)
        if run is None:
            self._stack.setCurrentWidget(self.cards)
            self.side.show_form()
            return
        self._stack.setCurrentWidget(self.figures)
        images = len(self.session.project.run_images(run.id, KIND))
        self.side.show_run(run, images, can_resume=(run.folder / CHECKPOINT).is_file())
        self.figures.begin(run.id, str(run.config.get("method")))
        is_live = self._shows_live()
        self.figures.show_series(self._live if is_live and self._live is not None else self._series_of(run))
        self.figures.show_kept_pictures(load_pictures(run.folder), more_will_come=is_live)
        self._show_compared()

    def _show_compared(self) -> None:
        others = [run_id for run_id in self.side.runs.ticked if run_id != self._shown_run]
        self.figures.compare({f"run {run_id}": self._series_of(self._run(run_id)) for run_id in others})

    def _series_of(self, run: RunRecord) -> EpochSeries:
        rows = [event.data for event in self.session.project.run_events(run.id, "epoch")]
        return EpochSeries.of_log(int(run.config.get("epochs", 0)), rows)

    def _scores(self) -> dict[int, float]:
        """The last kNN score of every run that has one."""
        found = {}
        for run in self.session.runs:
            if run.kind == KIND and (series := self._series_of(run)).knn:
                found[run.id] = [*series.knn.values()][-1]
        return found

    def _show_buttons(self) -> None:
        is_form = self._shown_run is None
        has_images = bool(self.session.images)
        self.new_button.setVisible(has_images and not is_form)
        self.start_button.setVisible(has_images and is_form)
        waits = self.jobs.current is not None and self.jobs.current.job.kind not in (PROBE, "prepare")
        is_queued = any(entry.job.kind == KIND for entry in self.jobs.waiting)
        queue = "Queue another run" if is_queued else "Queue this run" if waits else ""
        self.start_button.setText(queue or "Start pretraining")
        reason = "This project is open for reading alone" if self.session.read_only else ""
        set_enabled(self.start_button, reason or ("" if len(self.session.images) > 1 else TOO_FEW))
