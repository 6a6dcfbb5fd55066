"""The window's content while a project is open: side bar, pages, job strip, and what pages ask of the window."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QMenu, QStackedWidget, QWidget

from inspector.jobs.running.failures import sentence
from inspector.project import Change
from inspector.ui.background.group_finding import GroupFinding
from inspector.ui.background.jobs import SILENT_KINDS, Job, JobQueue
from inspector.ui.background.label_forecasting import LabelForecasting
from inspector.ui.background.live_guesses import LiveGuesses
from inspector.ui.background.preparation import Preparation
from inspector.ui.pages.images.image_filter import ImageFilter
from inspector.ui.pages.page import NARROW_WINDOW_PX, Page
from inspector.ui.path_groups import words as path_group_words
from inspector.ui.path_groups.path_grouping import PathGrouping, PathGroups
from inspector.ui.pictures.recent_pictures import RecentPictures
from inspector.ui.pictures.thumbnails import Thumbnails
from inspector.ui.state.page_states import RunningJob, page_states
from inspector.ui.state.project_facts import project_facts, stopped_pretraining, summary_lines
from inspector.ui.state.project_watch import ProjectWatch
from inspector.ui.state.recent_projects import remember
from inspector.ui.state.session import Session
from inspector.ui.widgets.banner import BannerStack, Note
from inspector.ui.widgets.controls import column, line, row
from inspector.ui.widgets.job_strip import JobStrip
from inspector.ui.widgets.toast import Toast
from inspector.ui.window.side_bar import SideBar
from models.errors import KnownError
from models.events import Notice

STATES_INTERVAL_MS = 60_000  # ages grow
SIDE_STRIP_AFTER_MS = 500  # what is done sooner moves nothing in the window
REFUSED = "refused"  # what could not be done at once: of interest until something else is


class Workbench(QWidget):
    """An open project. `page_changed` carries the page that is shown, `history_changed` follows undo and redo."""

    page_changed = Signal(str)
    history_changed = Signal()
    tool_chosen = Signal(str)

    def __init__(self, session: Session, project_menu: QMenu) -> None:
        super().__init__()
        self.session = session
        self.jobs = JobQueue(self)
        self.side_jobs = JobQueue(self)
        self.thumbnails = Thumbnails(session, self)
        self._pictures = RecentPictures(session, self.thumbnails, self)
        self.guesses = LiveGuesses(session, self)
        self.preparation = Preparation(session, self.jobs, self)
        self.group_finding = GroupFinding(session, self.jobs, self)
        self.group_finding.finished.connect(self._on_groups_found)
        self.forecasting = LabelForecasting(session, self.jobs, self)
        self.path_grouping = PathGrouping(session, self)
        self.path_grouping.grouped.connect(self._on_grouped)
        self.path_grouping.failed.connect(partial(self.notify, kind="bad", key=REFUSED))
        self.watch = ProjectWatch(session, self)
        self.side_bar = SideBar(session.name, str(session.project.folder), project_menu)
        self.strip = JobStrip(self.jobs)
        self.side_strip = JobStrip(self.side_jobs)
        self.side_strip.hide()
        self._side_strip_timer = QTimer(self, interval=SIDE_STRIP_AFTER_MS, singleShot=True)
        self.banners = BannerStack()
        self._pages: dict[str, Page] = {}
        self._page_key = ""
        self._stack = QStackedWidget()
        self._toast = Toast(self._stack, self._undo_told, self._foot_px)
        self._narrow_by_hand: bool | None = None
        self._resumable_run: int | None = None  # of which the banner says that it can go on
        upper = row(self.side_bar, line(vertical=True), self._stack, spacing=0)
        self.setLayout(column(upper, line(), self.side_strip, self.strip, spacing=0))
        self.layout().setStretch(0, 1)
        self._connect()
        self._show_states()
        self._greet()

    # What pages may ask (see pages.page.Shell)

    def go_to(self, page: str, payload: object = None) -> None:
        """Show a page, made on its first use."""
        shown = self.page(page)
        if page != self._page_key:
            self._page_key = page
            self.banners.remove_passing()
            self.banners.remove_key(REFUSED)
            self.banners.remove_key("made")
            shown.banners.addWidget(self.banners)
            self._stack.setCurrentWidget(shown)
            self.side_bar.set_page(page)
            self.page_changed.emit(page)
        if payload is not None:
            shown.open_with(payload)

    def notify(
        self, text: str, *, kind: str = "info", action: str = "", on_action: object = None, key: str = ""
    ) -> None:
        """Show a banner under the page header."""
        self.banners.add(Note(text, kind, action, on_action if callable(on_action) else None, key))

    def toast(self, text: str, *, can_undo: bool = True) -> None:
        """Say what was done to several things."""
        self._toast.say(text, step=self.session.project.undo_step if can_undo else None)

    def show_error(self, error: BaseException) -> None:
        """Show why something could not be done; an error that nobody foresaw goes to whoever logs those."""
        text = sentence(error)
        if text is None:
            raise error
        self.notify(text, kind="bad", key=REFUSED)

    def undo(self) -> None:
        """Take the latest label step back."""
        self._attempt(self.session.undo)

    def redo(self) -> None:
        """Do again what was taken back last."""
        self._attempt(self.session.redo)

    def group_images(self) -> None:
        """Ask by which part of their paths images are grouped."""
        self.path_grouping.open(self.window())

    def prepare(self) -> None:
        """Have features, suggestions and the map made."""
        self.preparation.start()

    # What the window asks

    @property
    def page_key(self) -> str:
        """The page that is shown."""
        return self._page_key

    def page(self, key: str) -> Page:
        """A page, made if it was not used yet."""
        if key not in self._pages:
            module = importlib.import_module(f"inspector.ui.pages.{key}.{key}_page")
            made: Page = getattr(module, f"{key.capitalize()}Page")(self.session, self.jobs, self.thumbnails, self)
            self._pages[key] = made
            self._stack.addWidget(made)
            made.foot_moved.connect(self._toast.place)
            QTimer.singleShot(0, made, lambda: made.place_panel(self.width()))
        return self._pages[key]

    def toggle_side_bar(self) -> None:
        """Icons alone, or all, whatever the window's width."""
        self._narrow_by_hand = not self.side_bar.is_narrow
        self._place()

    def missed_job(self) -> Job | None:
        """The running job that somebody would miss if the window closed; None if nothing such runs."""
        return next((job for job in self.running_jobs if job.kind not in SILENT_KINDS), None)

    @property
    def running_jobs(self) -> list[Job]:
        """Those that have not ended yet."""
        return [queue.current.job for queue in (self.jobs, self.side_jobs) if queue.current is not None]

    @property
    def has_running_job(self) -> bool:
        """Whether some job has not ended yet."""
        return bool(self.running_jobs)

    def say_waiting(self) -> None:
        """Name the job that keeps the project from closing."""
        if self.running_jobs:
            self.notify(f"Waiting for “{self.running_jobs[0].title}” to stop…", key="waiting")

    def stop_jobs(self) -> None:
        """Stop what runs and drop what waits."""
        self.jobs.stop_all()
        self.side_jobs.stop_all()

    def is_settled(self) -> bool:
        """Whether nothing is on its way any more that would change the picture."""
        return (
            not self.has_running_job
            and not self.jobs.waiting
            and not self.side_jobs.waiting
            and not self.guesses.is_busy
            and not self.path_grouping.is_busy
            and not self.thumbnails.is_busy
        )

    def shut_down(self) -> None:
        """End all threads, remember the project, close it. The jobs must have ended."""
        note = ""
        if (stopped := stopped_pretraining(self.session)) is not None:
            note = f"Pretraining of {self.session.name} was stopped, run {stopped}. Opening it offers to resume."
        remember(self.session.project.folder, name=self.session.name, lines=summary_lines(self.session), note=note)
        self.watch.stop()
        self.path_grouping.stop()
        self.guesses.stop()
        self.thumbnails.stop()
        self.session.close()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Icons alone in a narrow window."""
        super().resizeEvent(event)
        self._place()

    def _connect(self) -> None:
        self.side_bar.page_chosen.connect(self.go_to)
        self.side_bar.tool_chosen.connect(self.tool_chosen)
        self.session.changed.connect(self._on_session_changed)
        self.session.report_shown.connect(self._show_states)
        self.jobs.changed.connect(self._show_states)
        self.jobs.progressed.connect(self._show_states)
        self.jobs.event_arrived.connect(self._on_job_event)
        for queue in (self.jobs, self.side_jobs):
            queue.ended.connect(partial(self._on_job_ended, queue))
        self.side_jobs.changed.connect(self._on_side_jobs_changed)
        self._side_strip_timer.timeout.connect(lambda: self.side_strip.setVisible(self.side_jobs.current is not None))
        self.watch.lost.connect(self._on_project_lost)
        self.watch.found.connect(self._on_project_found)
        timer = QTimer(self, interval=STATES_INTERVAL_MS)
        timer.timeout.connect(self._show_states)
        timer.start()

    def _greet(self) -> None:
        for text in self.session.project.notices:
            self.notify(text, kind="warn")
        if self.session.read_only:
            self.notify("This project is open for reading alone: its folder cannot be written.", kind="warn")
        elif (run_id := stopped_pretraining(self.session)) is not None:
            self._resumable_run = run_id
            self.notify(
                f"Pretraining was stopped in run {run_id}. It can go on from its checkpoint.",
                action="Show the run",
                on_action=lambda: self.go_to("pretrain", run_id),
                key="resume",
            )

    def _place(self) -> None:
        by_width = self.width() < NARROW_WINDOW_PX
        self.side_bar.set_narrow(by_width if self._narrow_by_hand is None else self._narrow_by_hand)
        self._toast.place()
        for page in self._pages.values():
            page.place_panel(self.width())

    def _show_states(self) -> None:
        entry = self.jobs.current
        running = None if entry is None else RunningJob(entry.job.page, entry.shown)
        self.side_bar.set_states(page_states(project_facts(self.session), running))

    def _on_session_changed(self, change: Change) -> None:
        self._show_states()
        if change.labels or change.classes:
            self.history_changed.emit()
            if not self._toast.isHidden():
                self._toast.follow_history(self.session.project.undo_step)
        self._remove_outdated(change)

    def _remove_outdated(self, change: Change) -> None:
        """Close what is not true any more."""
        if change.labels or change.classes:
            self.banners.remove_key(REFUSED)
        if change.images:
            self.banners.remove_key("groups")
            if self.session.images:
                self.banners.remove_key("made")
        if change.runs and stopped_pretraining(self.session) != self._resumable_run:
            self.banners.remove_key("resume")

    def _attempt(self, step: Callable[[], object]) -> None:
        try:
            step()
        except KnownError as error:
            self.show_error(error)

    def _foot_px(self) -> int:
        shown = self._pages.get(self._page_key)
        return 0 if shown is None else shown.foot_px

    def _undo_told(self) -> None:
        """Take back what the toast tells of, unless another program has put a step on top of it just now."""
        if self.session.project.undo_step == self._toast.step:
            self.undo()
        else:
            self.notify("Another program has labelled since; Undo in the menu takes that back first.", kind="warn")

    def _on_job_event(self, job_id: int, event: object) -> None:
        if isinstance(event, Notice) and event.warning:
            self.notify(event.text, kind="warn")

    def _on_side_jobs_changed(self) -> None:
        if self.side_jobs.current is None:
            self.side_strip.hide()
        elif self.side_strip.isHidden() and not self._side_strip_timer.isActive():
            self._side_strip_timer.start()

    def _on_job_ended(self, queue: JobQueue, job_id: int, ended: object) -> None:
        last = queue.last
        if last is None:
            return
        key = f"job/{last.job.kind}"
        if last.ended.outcome == "finished":
            self.banners.remove_key(key)
        elif last.ended.outcome == "failed" and last.ended.details:
            text = f"{last.job.title} ended by an error that nobody foresaw. Labels and images are safe."
            copy = partial(_copy, last.ended.details)
            self.notify(text, kind="bad", action="Copy details", on_action=copy, key=key)
        elif last.ended.outcome == "failed":
            self.notify(last.ended.message, kind="bad", key=key)

    def _on_groups_found(self, images: int) -> None:
        if images:
            text = f"{images:,} images are near-duplicates of others; they stay together in every split and fold."
            show = partial(self.go_to, "images", ImageFilter(show="near_duplicates"))
            self.notify(text, action="Show them", on_action=show, key="groups")
        else:
            self.notify("No image is a near-duplicate of another.", key="groups")

    def _on_grouped(self, found: PathGroups) -> None:
        undo = partial(self.path_grouping.group, found.before)
        self.notify(path_group_words.applied(found.finished), action="Undo", on_action=undo, key="path_groups")
        self.banners.remove_key("straddling")
        if found.straddling:
            across = {path for paths in found.finished.straddling for path in paths}
            ids = [image.id for image in self.session.images if image.path in across]
            show = partial(self.go_to, "images", ids)
            text = path_group_words.straddling(found.straddling)
            self.notify(text, kind="warn", action="Show them", on_action=show, key="straddling")

    def _on_project_lost(self) -> None:
        self.notify(
            f"{self.session.project.folder} is not connected. Labels are kept; it goes on when the folder is back.",
            kind="bad",
            key="lost",
        )

    def _on_project_found(self) -> None:
        self.banners.remove_key("lost")
        self.session.refresh()


def _copy(text: str) -> None:
    QApplication.clipboard().setText(text)
