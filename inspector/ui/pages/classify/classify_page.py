"""The Classify page: a folder, a model, results as they come, and what a person must look at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu, QStackedWidget, QWidget

from inspector.jobs.evaluation.heat_maps import HeatMaps
from inspector.project import Change
from inspector.ui.background.jobs import JobQueue
from inspector.ui.dropped import dropped_folders
from inspector.ui.pages.classify.answer_panel import AnswerPanel
from inspector.ui.pages.classify.classification import Classification, free_results_file, remembered, unfinished
from inspector.ui.pages.classify.classifying import Classifying
from inspector.ui.pages.classify.model_choice import model_choices
from inspector.ui.pages.classify.page_words import Situation, earlier_text, review_reason
from inspector.ui.pages.classify.result_filter import BY_NAME
from inspector.ui.pages.classify.results_csv_dialog import ask_for_csv, copy_of
from inspector.ui.pages.classify.results_model import ResultsModel
from inspector.ui.pages.classify.results_pane import ResultsPane
from inspector.ui.pages.classify.review_view import ReviewView
from inspector.ui.pages.classify.reviewing import Reviewing
from inspector.ui.pages.classify.source_bar import SourceBar
from inspector.ui.pages.classify.summary_panes import SummaryPanes
from inspector.ui.pages.page import Page, Shell
from inspector.ui.pictures.path_thumbnails import PathThumbnails
from inspector.ui.pictures.thumbnails import Thumbnails
from inspector.ui.state.review_below import remember_review_below, review_below
from inspector.ui.state.session import Session
from inspector.ui.state.settings import settings
from inspector.ui.widgets.controls import button, column, line, pane, set_enabled
from inspector.ui.widgets.empty_state import EmptyState
from inspector.ui.wording import without_mnemonic
from models.errors import KnownError
from models.prediction.results_csv import write_results

REFRESH_MS = 250
LEAD_ON = "Results appear here while it works."


class ClassifyPage(Page):
    """Wires the source bar, the results and the review to `Classifying` and `Reviewing`, which do the work."""

    key = "classify"
    title = "Classify"
    icon_name = "classify"

    def __init__(self, session: Session, jobs: JobQueue, thumbnails: Thumbnails, shell: Shell) -> None:
        super().__init__(session, jobs, thumbnails, shell)
        self.setAcceptDrops(True)
        self.pictures = PathThumbnails(self)
        self.classifying = Classifying(session, jobs, self)
        self.model = ResultsModel(self.classifying.label_of, self)
        self.source = SourceBar()
        self.summary = SummaryPanes(session)
        self.results = ResultsPane(self.model, session, self.pictures)
        self.answer = AnswerPanel(session, self.model)
        self.review = ReviewView(session)
        self.reviewing = Reviewing(session, jobs, shell, self.classifying, self.review, self)
        self.choose = button("Choose folder…", self._on_choose_folder, icon_name="folder")
        self.save = button("Save CSV…", self._on_save, icon_name="export")
        self.earlier = button("Earlier results", icon_name="log", kind="flat")
        self._needs_model = EmptyState(
            "classify", "Train once first; then folders can be classified.", "Go to Train", lambda: shell.go_to("train")
        )
        self._needs_folder = EmptyState(
            "classify", f"Choose a folder.\n{LEAD_ON}", "Choose folder…", self._on_choose_folder, primary=False
        )
        self._ready = EmptyState("classify", LEAD_ON)
        self._refresh = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self._stack = QStackedWidget()
        self._arrange()
        self._connect()

    # What the window may ask

    def open_with(self, payload: object) -> None:
        """Name a folder (Path), or show an earlier Classification."""
        if isinstance(payload, Path):
            self.source.set_folder(payload)
        elif isinstance(payload, Classification):
            self._open(payload)

    def classify_folder(self, folder: Path) -> None:
        """Classify a folder with the chosen model, or say why not."""
        self.source.set_folder(folder)
        self._on_start()

    def toggle_heat(self) -> None:
        """Over the image of the panel, and over that of the review."""
        self.answer.heat.toggle()

    # Hooks of Page

    def on_first_shown(self) -> None:
        """Show the last results of this project; what comes next is for the newest model, unless they can go on."""
        self.source.show_models(model_choices(self.session.finished_runs("train")))
        self._set_threshold(review_below(self.session.project))
        known = remembered(self.session.project)
        if known and self.classifying.current is None:
            self._open(known[0], by_its_model=known[0].state != "finished")
        self._show_state()

    def on_shown(self) -> None:
        """Go on reading."""
        self.classifying.go_on()
        self._refresh.start()

    def on_left(self) -> None:
        """No thread of this page goes on while another page is shown."""
        self._refresh.stop()
        self.pictures.stop()
        self.classifying.rest()

    def on_changed(self, change: Change) -> None:
        """Follow labels, classes and runs."""
        if change.runs or change.classes:  # of which the figures of the models are told
            self.source.show_models(model_choices(self.session.finished_runs("train")))
        if change.classes:
            self._follow_classes()
        if change.labels:
            self.classifying.follow_labels(change.labels)
            self.reviewing.follow_labels(change.labels)

    def _follow_classes(self) -> None:
        self.review.keys.rebuild()
        self.results.follow_names(self.session.project.names_today)
        self.classifying.follow_classes()
        self._on_refresh()
        self.summary.counts.choose(self.results.classes.currentData())

    # Drag and drop

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Take folders."""
        if dropped_folders(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Name the folder that was dropped."""
        first, *others = dropped_folders(event.mimeData())
        event.acceptProposedAction()
        if others:
            self.shell.notify(f"Only {Path(first).name} was taken; classify one folder after another.", kind="warn")
        self.source.set_folder(Path(first))

    # Slots

    def _on_choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Choose a folder to classify", settings.text("last_folder"))
        if folder:
            settings.set("last_folder", folder)
            self.source.set_folder(Path(folder))

    def _on_start(self) -> None:
        wanted = self._wanted()
        if wanted is None or self._situation().start_reason:
            return
        try:
            self.classifying.start(wanted)
        except KnownError as error:
            self.shell.show_error(error)

    def _on_renewed(self) -> None:
        self._leave_review()  # first: while it is there, the panel follows it and not the results
        if self.classifying.current is not None:
            for heat in (self.answer.heat, self.review.heat):
                heat.read_from(partial(HeatMaps.of_model, self.classifying.current.model))
        self.results.show_results(self.classifying.results, self._folder(), self.classifying.scaling)
        self._on_refresh()

    def _on_rows_came(self) -> None:
        if self.model.results is self.classifying.results:
            self.model.take_new()
        if not self._refresh.isActive():
            self._refresh.start()

    def _on_refresh(self) -> None:
        if self.model.filter.order != BY_NAME:
            self.model.read_again()
        self._show_summary()
        self._show_state()

    def _on_decisions_changed(self) -> None:
        self.model.follow_decisions()
        self.answer.update_row()
        self._show_summary()
        self._show_waiting()

    def _on_row_chosen(self, row_number: int | None) -> None:
        """The row of the table, unless a review shows one of its own."""
        if self._stack.currentWidget() is not self.review:
            self.answer.show_row(row_number)

    def _on_threshold_changed(self, threshold: float) -> None:
        self.model.set_review_below(threshold)
        self.summary.show_share(self.classifying.results)
        self.answer.update_row()
        self._show_waiting()

    def _on_threshold_settled(self, threshold: float) -> None:
        if not self.session.read_only:
            self._attempt(partial(remember_review_below, self.session.project, threshold))

    def _on_save(self) -> None:
        current = self.classifying.current
        if current is None:
            return
        folder = Path(settings.text("last_csv_folder", str(current.out.parent)))
        asked = ask_for_csv(self, copy_of(current.out, folder))
        if asked is not None:
            settings.set("last_csv_folder", str(asked[0].parent))
            self.save_csv(asked[0], for_excel=asked[1])

    def save_csv(self, file: Path, *, for_excel: bool = False) -> None:
        """Write the results in view, judged by the threshold as it is now and by what persons have decided."""
        QGuiApplication.setOverrideCursor(Qt.CursorShape.BusyCursor)  # 100,000 rows take a second
        self._attempt(partial(self._write_csv, file, for_excel=for_excel))
        QGuiApplication.restoreOverrideCursor()

    def _write_csv(self, file: Path, *, for_excel: bool) -> None:
        current = self.classifying.current
        if current is not None and file.resolve() == current.out.resolve():
            raise KnownError(f"{file} keeps the model's answers, which this page shows; save under another name.")
        write_results(file, self.classifying.rows(self.summary.threshold.value), for_excel=for_excel)

    def _on_review(self) -> None:
        waiting = self.classifying.waiting(self.summary.threshold.value)
        self.reviewing.start(waiting.tolist())
        self._show_waiting()

    def _on_review_began(self) -> None:
        self._stack.setCurrentWidget(self.review)
        self.answer.show_picture(False)
        self.review.setFocus()
        self._show_state()

    def _leave_review(self) -> None:
        if self._stack.currentWidget() is self.review:
            self._stack.setCurrentIndex(0)
            self.answer.show_picture(True)
            self.answer.show_row(self.results.chosen_row)
        self._show_state()

    def _show_earlier(self) -> None:
        menu = QMenu(self)
        for known in remembered(self.session.project):
            text = earlier_text(known, is_made=self.classifying.is_made(known))
            menu.addAction(without_mnemonic(text), partial(self._open, known))
        menu.popup(self.earlier.mapToGlobal(self.earlier.rect().bottomLeft()))

    # What is shown

    def _open(self, known: Classification, *, by_its_model: bool = True) -> None:
        self.source.set_folder(known.folder)
        if by_its_model:
            self.source.choose_model(known.model)
        self.classifying.open(known)

    def _folder(self) -> Path:
        return Path() if self.classifying.current is None else self.classifying.current.folder

    def _wanted(self) -> Classification | None:
        folder, choice = self.source.folder, self.source.model
        if folder is None or choice is None:
            return None
        now = datetime.now(UTC)
        return Classification(
            folder=folder,
            model=choice.path,
            run=choice.run,
            out=free_results_file(self.session.project.folder, folder, now.astimezone().date()),
            review_below=self.summary.threshold.value,
            sort_into=self.source.sort_into,
            started=now.isoformat(timespec="seconds"),
        )

    def _situation(self) -> Situation:
        wanted = self._wanted()
        goes_on = wanted is not None and unfinished(remembered(self.session.project), wanted) is not None
        return Situation(
            shown=self.classifying.current,
            rows=len(self.classifying.results),
            is_running=self.classifying.is_running,
            is_busy=self.classifying.is_busy,
            is_read_only=self.session.read_only,
            has_folder=self.source.folder is not None,
            has_model=self.source.model is not None,
            can_go_on=goes_on,
            is_other=wanted is not None and not wanted.repeats(self.classifying.current),
        )

    def _show_state(self) -> None:
        situation = self._situation()
        self.set_sentence(situation.sentence)
        self.source.start.setText(situation.start_text)
        set_enabled(self.source.start, situation.start_reason)
        set_enabled(self.save, situation.save_reason)
        steps = {"choose": self.choose, "start": self.source.start, "save": self.save}
        self.set_primary(steps.get(situation.primary), among=steps.values())
        self.earlier.setVisible(bool(remembered(self.session.project)))
        self._show_waiting()
        if self._stack.currentWidget() is not self.review:
            self._stack.setCurrentWidget(self._fitting(situation))
        self.offer_panel(self._stack.currentWidget() in (self._found, self.review))

    def _fitting(self, situation: Situation) -> QWidget:
        if situation.rows or situation.is_running:
            return self._found
        if not situation.has_model:
            return self._needs_model
        if not situation.has_folder:
            return self._needs_folder
        return self._ready

    def _show_summary(self) -> None:
        self.summary.show_results(self.classifying.results, is_growing=self.classifying.is_running)
        self.results.show_classes([row.key for row in self.summary.counts.rows if not row.is_error])

    def _show_waiting(self) -> None:
        waiting = len(self.classifying.waiting(self.summary.threshold.value))
        reason = review_reason(
            is_read_only=self.session.read_only,
            is_running=self.classifying.is_running,
            is_importing=self.reviewing.is_importing,
        )
        self.answer.show_review(waiting, reason=reason)

    def _set_threshold(self, threshold: float) -> None:
        self.summary.threshold.set_value(threshold)
        self.model.set_review_below(threshold)

    def _attempt(self, action: Callable[[], object]) -> None:
        try:
            action()
        except KnownError as error:
            self.shell.show_error(error)

    def _arrange(self) -> None:
        for widget in (self.earlier, self.choose, self.save):
            self.add_header_widget(widget)
        self._found = pane(column(self.summary, line(), self.results, spacing=0))
        self._found.layout().setStretch(2, 1)
        for widget in (self._found, self._needs_model, self._needs_folder, self._ready, self.review):
            self._stack.addWidget(widget)
        for item in (self.source, line(), self._stack):
            self.middle.addWidget(item)
        self.middle.setStretch(2, 1)
        self.panel.addWidget(self.answer)

    def _connect(self) -> None:
        self._refresh.timeout.connect(self._on_refresh)
        self.earlier.clicked.connect(self._show_earlier)
        self.source.changed.connect(self._show_state)
        self.source.start_asked.connect(self._on_start)
        self.classifying.renewed.connect(self._on_renewed)
        self.classifying.rows_came.connect(self._on_rows_came)
        self.classifying.decisions_changed.connect(self._on_decisions_changed)
        self.classifying.state_changed.connect(self._on_refresh)
        self.classifying.failed.connect(lambda text: self.shell.notify(text, kind="bad"))
        self.summary.threshold.changed.connect(self._on_threshold_changed)
        self.summary.threshold.settled.connect(self._on_threshold_settled)
        self.summary.counts.class_chosen.connect(self.results.choose_class)
        self.results.classes.currentIndexChanged.connect(
            lambda: self.summary.counts.choose(self.results.classes.currentData())
        )
        self.answer.heat.toggled.connect(self.review.heat.set_on)
        self.review.heat.toggled.connect(self.answer.heat.set_on)
        self.results.row_chosen.connect(self._on_row_chosen)
        self.answer.review_asked.connect(self._on_review)
        self.reviewing.began.connect(self._on_review_began)
        self.reviewing.ended.connect(self._leave_review)
        self.reviewing.row_shown.connect(self.answer.show_row)
