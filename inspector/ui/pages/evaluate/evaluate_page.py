"""The Evaluate page: how far a run can be trusted, on what that stands, and the images behind each figure."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtWidgets import QFileDialog, QFrame, QLabel, QMenu, QStackedWidget

from inspector.jobs.evaluation.leaks import LeaksFound
from inspector.jobs.events import LabelCurveFinished
from inspector.project import Change, RunRecord
from inspector.ui.background.jobs import Job, JobQueue
from inspector.ui.background.worker import Ended
from inspector.ui.icons import pixmap
from inspector.ui.pages.evaluate.answer_pictures import AnswerPictures
from inspector.ui.pages.evaluate.answer_tiles import AnswerTiles
from inspector.ui.pages.evaluate.answer_view import AnswerView
from inspector.ui.pages.evaluate.basis_switch import BasisSwitch
from inspector.ui.pages.evaluate.disagreement_list import DisagreementList
from inspector.ui.pages.evaluate.evaluate_figures import EvaluateFigures
from inspector.ui.pages.evaluate.evaluate_panel import EvaluatePanel
from inspector.ui.pages.evaluate.judged import Answer, Judged, with_labels
from inspector.ui.pages.evaluate.judgements import UNTRAINED, Judgements
from inspector.ui.pages.evaluate.leak_words import leak_words
from inspector.ui.pages.evaluate.saving import SUFFIXES, save_csv, save_html, save_picture, suggested_name
from inspector.ui.pages.page import Page, Shell
from inspector.ui.pictures.thumbnails import Thumbnails
from inspector.ui.state.session import Session, ShownReport
from inspector.ui.widgets.controls import button, column, follow_theme, label, line, row, set_enabled
from inspector.ui.widgets.empty_state import EmptyState
from inspector.ui.widgets.run_picker import RunPicker
from inspector.ui.wording import count
from models.errors import KnownError
from models.events import Progress

NOTHING = "Nothing to judge yet. Train once, then the report appears here."
TOO_FEW = "Run {run} had too few labels to hold any out. Label more images and train again, or judge it on a CSV."
NONE_LEFT = "None of these images can judge run {run}: all resemble what it has learned from."
JUDGING = "Judging run {run} on {images}. The other figures stay where they are."
FIGURES_ALONE = "This run kept its figures alone; train once more to save its answers."
CURVE, SAVE = "label_curve", "save"
FACTS_PX = 32


class EvaluatePage(Page):
    """Judge a run, relabel where label and model disagree, save the report."""

    key, title, icon_name = "evaluate", "Evaluate", "evaluate"
    closes_panel_if_narrow = True

    def __init__(self, session: Session, jobs: JobQueue, thumbnails: Thumbnails, shell: Shell) -> None:
        super().__init__(session, jobs, thumbnails, shell)
        self.judgements = Judgements(session)
        self.judged: Judged | None = None
        self._cell: tuple[int, int] | None = None
        self._asked_of_job: dict[int, tuple[int, Path | None]] = {}  # run, and CSV if it is one
        self._without_leaks: set[int] = set()
        self._file_of_job: dict[int, Path] = {}
        self._curve_job: int | None = None
        self._opened_from: AnswerTiles | DisagreementList | None = None
        self.pictures = AnswerPictures(session, thumbnails, self)
        self.figures = EvaluateFigures(session, self.pictures)
        self.side = EvaluatePanel(session, self.pictures)
        self.large = AnswerView(session, self.pictures)
        self.add_scrolling_panel(self.side)
        self.bases = BasisSwitch()
        self.facts = label(size_px=12, tone="text2", wraps=True)
        self.empty = EmptyState("evaluate", NOTHING, "Go to Train", lambda: shell.go_to("train"))
        self.judging = EmptyState("evaluate", "")
        self.report = self._report()
        self._stack = QStackedWidget()
        for widget in (self.empty, self.judging, self.report, self.large):
            self._stack.addWidget(widget)
        self.middle.addWidget(self.bases)
        self.middle.addWidget(self._stack, 1)
        self.picker = RunPicker()
        self.csv_button = button("Judge on a CSV…", self.choose_csv)
        self.save_button = button("Save report…", kind="primary", icon_name="export")
        self.save_button.setMenu(self._save_menu())
        for widget in (self.picker, self.csv_button, self.save_button):
            self.add_header_widget(widget)
        self.picker.run_chosen.connect(self.show_run)
        self.bases.chosen.connect(self.show_basis)
        self.figures.cell_chosen.connect(self._on_cell_chosen)
        self.figures.curve.measured.connect(self.measure_curve)
        for shown in (self.side.list, self.side.tiles, self.figures.samples):
            shown.opened.connect(partial(self._open_large, shown))
        self.large.closed.connect(self._close_large)
        for source in (self.side, self.large, self.figures.samples):
            source.relabelled.connect(self._on_relabelled)
        self.side.closed.connect(self._on_cell_closed)
        jobs.event_arrived.connect(self._on_event)
        jobs.ended.connect(self._on_ended)

    # What a user can do

    def show_run(self, run_id: int) -> None:
        """Show how a run does, on what runs are judged on now."""
        self.picker.choose(run_id)
        self.show_basis(self.judgements.wanted)

    def show_basis(self, basis: str) -> None:
        """Show the run on other images; labels that it never saw judge it in the background."""
        run_id = self.picker.run_id
        if run_id is not None:
            self._cell = self._opened_from = None
            self.judgements.choose(run_id, basis)
            self._show()
            self._judge_untrained()

    def choose_csv(self) -> None:
        """Ask for a CSV of labels to judge the run by."""
        path, _ = QFileDialog.getOpenFileName(self, "Judge on a CSV with the columns path and label", "", "CSV (*.csv)")
        if path:
            self.judge_on(Path(path))

    def judge_on(self, labels_csv: Path) -> None:
        """Judge the run on the images of a CSV."""
        if self.picker.run_id is not None:
            self._judge(self.picker.run_id, labels_csv)

    def measure_curve(self) -> None:
        """Measure accuracy against labels in the background."""
        project = self.session.project

        def start() -> Iterator[Any]:
            from inspector.jobs.training.label_curve import label_curve

            return label_curve(project)

        self._curve_job = self.jobs.submit(Job(CURVE, "Accuracy against labels", "", start, page=self.key))
        self.figures.curve.show_stage("Waiting")

    def choose_file(self, suffix: str) -> None:
        """Ask where to save the report ('html'), the answers ('csv') or a picture ('png')."""
        if self.judged is None:
            return
        name = suggested_name(self.session.name, self.judged.run, suffix)
        path, _ = QFileDialog.getSaveFileName(self, "Save report", name, SUFFIXES[suffix])
        if path:
            self.save(Path(path))

    def save(self, path: Path) -> None:
        """Write what the name's ending says, in the background."""
        judged, project = self.judged, self.session.project
        if judged is None:
            return
        suffix = path.suffix.lower().lstrip(".")
        picture = self._picture() if suffix == "png" else b""

        def start() -> Iterator[Progress]:
            if suffix == "png":
                return save_picture(picture, path)
            return save_csv(judged, path) if suffix == "csv" else save_html(project, judged, path)

        job_id = self.jobs.submit(Job(SAVE, "Saving", path.name, start, page=self.key))
        self._file_of_job[job_id] = path

    # Hooks of the page

    def on_first_shown(self) -> None:
        """Show the newest run."""
        self._show_runs()

    def on_shown(self) -> None:
        """Labels may have come since the run was judged, or another threshold."""
        self.figures.show_review()
        self._judge_untrained()

    def on_left(self) -> None:
        """No picture is looked at."""
        self.pictures.stop()

    def toggle_heat(self) -> None:
        """Over the image that is shown large."""
        if self._stack.currentWidget() is self.large:
            self.large.heat.toggle()

    def on_changed(self, change: Change) -> None:
        """Follow labels, classes and runs."""
        if change.classes:
            self._cell = None  # rows of the matrix may have other places
            self.judgements.follow_classes()
        (self._show_runs if change.runs else self._show)()
        self._judge_untrained()

    def open_with(self, payload: object) -> None:
        """A run to show, or a CSV to judge on."""
        if isinstance(payload, Path):
            self.judge_on(payload)
        elif isinstance(payload, int) and any(run.id == payload for run in self.session.finished_runs("train")):
            self.show_run(payload)

    # Jobs

    def _judge_untrained(self) -> None:
        """Judge the run in view on labels that it never saw, if it is to be shown on them."""
        run_id = self.picker.run_id
        if run_id is not None and not self._asked_of_job and self.judgements.needs_judging(run_id):
            self._judge(run_id, None)

    def _judge(self, run_id: int, labels_csv: Path | None) -> None:
        leave_out = run_id in self._without_leaks
        job_id = self.jobs.submit(self.judgements.job(run_id, labels_csv, leave_out_leaks=leave_out))
        self._asked_of_job[job_id] = run_id, labels_csv

    def _judge_without_leaks(self, run_id: int, labels_csv: Path | None, basis: str) -> None:
        self._without_leaks.add(run_id)
        if labels_csv is None:
            self.judgements.choose(run_id, basis)
        self._judge(run_id, labels_csv)
        self._show()

    def _on_event(self, job_id: int, event: object) -> None:
        if job_id == self._curve_job and isinstance(event, Progress):
            self.figures.curve.show_stage(f"Measuring: {event.done:,} of {event.total:,} {event.unit}")

    def _on_ended(self, job_id: int, ended: Ended) -> None:
        is_finished = ended.outcome == "finished"
        if job_id in self._asked_of_job:
            self._take(ended, *self._asked_of_job.pop(job_id))
        elif job_id in self._file_of_job:
            path = self._file_of_job.pop(job_id)
            if is_finished:
                self.shell.toast(f"Saved {path.name}", can_undo=False)
        elif job_id == self._curve_job:
            self._curve_job = None
            self.figures.curve.show_stage("")
            if is_finished and isinstance(ended.result, LabelCurveFinished) and ended.result.points:
                self.figures.curve.show_points(ended.result.points)

    def _take(self, ended: Ended, run_id: int, labels_csv: Path | None) -> None:
        """What a judging job has come to; where it has no figures, those before it stay or come back."""
        basis = self.judgements.wanted
        has_figures = ended.outcome == "finished" and not isinstance(ended.result, LeaksFound)
        if has_figures:
            self.judgements.take(ended.result, labels_csv)
        if labels_csv is None and self.judgements.give_up_without_figures(run_id) and has_figures:
            self.shell.notify(NONE_LEFT.format(run=run_id), kind="warn")
        if isinstance(ended.result, LeaksFound):
            judge = partial(self._judge_without_leaks, run_id, labels_csv, basis)
            self.shell.notify(leak_words(ended.result), kind="warn", action="Leave them out", on_action=judge)
        self._show()
        self._judge_untrained()

    # What is shown

    def _run(self) -> RunRecord | None:
        return next((run for run in self.session.runs if run.id == self.picker.run_id), None)

    def _show_runs(self) -> None:
        before = self.picker.run_id
        runs = self.session.finished_runs("train")
        newest_before = self.picker.itemData(0) if self.picker.count() else None
        self.picker.set_runs(runs)
        if runs and (before is None or (before == newest_before and runs[0].id != before)):
            self.show_run(runs[0].id)
        else:
            self._show()

    def _show(self) -> None:
        run = self._run()
        kept = None if run is None else self.judgements.stored(run)
        self.judged = None if kept is None else with_labels(kept, self.session.labels)
        self._show_controls(run)
        self._tell_figures()
        if self.judged is None:
            self._show_none(run)
            return
        self.side.show()
        self.facts.setText(self.judged.facts)
        self.figures.show_judged(self.judged)
        self.side.show_disagreements(self.judged)
        self.side.gain.show_gain(self.judgements.gain(self.judged.run))
        if self._cell is not None:
            self._show_cell(*self._cell)
        else:
            self._on_cell_closed()
        self._draw_mark()
        self.large.take_labels(self.judged.answers)
        self._stack.setCurrentWidget(self.report if self._opened_from is None else self.large)

    def _show_none(self, run: RunRecord | None) -> None:
        """There are no figures, or not yet."""
        self.side.hide()
        self._opened_from = None
        basis = "" if run is None else self.judgements.basis(run.id)
        if run is None or basis not in UNTRAINED:
            self.empty.set_sentence(NOTHING if run is None else TOO_FEW.format(run=run.id))
            self._stack.setCurrentWidget(self.empty)
            return
        images = count(len(self.judgements.untrained(run.id, basis)), "image")
        self.judging.set_sentence(JUDGING.format(run=run.id, images=images))
        self._stack.setCurrentWidget(self.judging)

    def _tell_figures(self) -> None:
        """The side bar says the same of the run as the page."""
        judged = self.judged
        basis = None if judged is None else self.judgements.basis(judged.run)
        self.session.show_report(
            None
            if judged is None or basis is None
            else ShownReport(judged.run, judged.evaluation.macro_f1, judged.evaluation.images, basis)
        )

    def _show_controls(self, run: RunRecord | None) -> None:
        bases = {} if run is None else self.judgements.bases(run)
        self.bases.show_bases(bases, "" if run is None else self.judgements.basis(run.id))
        why = "" if run is not None else "Train once first."
        for widget in (self.picker, self.csv_button):
            set_enabled(widget, why)
        set_enabled(self.save_button, why if self.judged is not None else why or "There are no figures to save.")
        has_answers = self.judged is not None and bool(self.judged.answers)
        for suffix in ("html", "csv"):
            self._save_actions[suffix].setEnabled(has_answers)
            self._save_actions[suffix].setToolTip("" if has_answers else FIGURES_ALONE)

    def _on_cell_chosen(self, row_at: int, column_at: int) -> None:
        if not self.side.isVisible():
            self.toggle_panel()
        self._show_cell(row_at, column_at)

    def _show_cell(self, row_at: int, column_at: int) -> None:
        if self.judged is not None:
            self._cell = (row_at, column_at)
            self.figures.confusion.choose(row_at, column_at)
            self.side.show_cell(self.judged, row_at, column_at)

    def _on_cell_closed(self) -> None:
        self._cell = None
        self.figures.confusion.clear_choice()
        self.side.hide_cell()

    def _open_large(self, source: AnswerTiles | DisagreementList, answer: Answer) -> None:
        """Show an image over the figures, the others of its list within reach."""
        run = self._run()
        if run is not None:
            self._opened_from = source
            self.large.show_answer(answer, source.answers, run)
            self._stack.setCurrentWidget(self.large)
            self.large.view.setFocus()

    def _close_large(self, answer: Answer) -> None:
        """Back to the figures, the keyboard where it came from."""
        source, self._opened_from = self._opened_from, None
        self._stack.setCurrentWidget(self.report)
        if source is not None:
            source.focus_on(answer)

    def _on_relabelled(self, answer: Answer, class_name: str) -> None:
        if answer.image_id is None:
            self.shell.notify(f"{answer.path.name} lies outside the project, so its label stays in the CSV.")
            return
        try:
            self.session.label([answer.image_id], class_name, source="evaluate")
        except KnownError as error:
            self.shell.show_error(error)

    # Parts

    def _report(self) -> QFrame:
        self._mark = QLabel()
        follow_theme(self._mark, self._draw_mark)
        bar = row(self._mark, self.facts, margins=(16, 4, 16, 4))
        bar.setStretchFactor(self.facts, 1)
        facts = QFrame()
        facts.setProperty("pane", "window")
        facts.setMinimumHeight(FACTS_PX)
        facts.setLayout(bar)
        made = QFrame()
        made.setLayout(column(facts, line(), self.figures, spacing=0))
        return made

    def _draw_mark(self) -> None:
        is_biased = self.judged is not None and self.judged.is_biased
        name, token = ("warning", "warn") if is_biased else ("check", "ok")
        self._mark.setPixmap(pixmap(name, size_px=14, token=token))

    def _save_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        texts = {"html": "Report as HTML…", "csv": "Answers as CSV…", "png": "This page as PNG…"}
        self._save_actions = {
            suffix: menu.addAction(text, lambda suffix=suffix: self.choose_file(suffix))
            for suffix, text in texts.items()
        }
        return menu

    def _picture(self) -> bytes:
        content = QByteArray()
        buffer = QBuffer(content)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        self.report.grab().save(buffer, "PNG")
        return bytes(content.data())
