"""The window: menus, the start page, or the workbench of an open project."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QCloseEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMainWindow, QMenu, QStackedWidget, QToolButton

from inspector.jobs.running.failures import sentence
from inspector.ui.background.device_probe import DeviceProbe
from inspector.ui.page_names import PAGES
from inspector.ui.state.project_making import free_project_folder
from inspector.ui.state.settings import settings
from inspector.ui.widgets.controls import icon_button, keep_icon, pane, row
from inspector.ui.window.commands import build_menus, enable_commands
from inspector.ui.window.window_size import MINIMUM, USUAL, fitting
from inspector.ui.wording import without_mnemonic
from models.errors import KnownError

if TYPE_CHECKING:  # they bring NumPy and more, which the start page can do without
    from inspector.project import Project
    from inspector.ui.state.session import Session
    from inspector.ui.window.start_page import StartPage
    from inspector.ui.window.workbench import Workbench

CORNER_PX = 28
CLOSING_LOOK_MS = 50
WAITING_SAID_MS = 1_000
CLOSING_LIMIT_S = 60  # after which a job that does not stop may be left to itself, if the window is to close
TITLE = "Inspector"


class MainWindow(QMainWindow):
    """One window; at most one project is open in it."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle(TITLE)
        self.setMinimumSize(fitting(MINIMUM, self.screen()))
        self.workbench: Workbench | None = None
        self._after_closing: Callable[[], object] | None = None
        self._is_quitting = False
        self._closing_since_ms = 0
        self._device = ""
        self.actions_by_key = build_menus(self, self._handlers())
        self._history = self._history_buttons()
        self._stack = QStackedWidget()
        self.setCentralWidget(self._stack)
        self.probe = DeviceProbe(self)
        self.probe.found.connect(self._on_device_found)
        self.resize(fitting(USUAL, self.screen()))
        self.restoreGeometry(settings.state("window/geometry"))
        enable_commands(self.actions_by_key, has_project=False)
        self._show_history()

    @cached_property
    def start_page(self) -> StartPage:
        """Made when it is first needed: the window is on the screen by then, or it never is."""
        from inspector.ui.window.start_page import StartPage

        page = StartPage()
        page.project_chosen.connect(lambda path: self.open_project(Path(path)))
        page.folders_chosen.connect(lambda folders: self.new_project([Path(folder) for folder in folders]))
        page.open_requested.connect(self._on_open)
        page.samples_requested.connect(self._on_samples)
        page.locate_requested.connect(self._on_locate)
        page.tool_chosen.connect(lambda tool: self.actions_by_key[tool].trigger())
        page.set_device(self._device)
        self._stack.addWidget(page)
        return page

    def show_start(self) -> None:
        """The start page, while no project is open."""
        from inspector.ui.state.recent_projects import recent_projects

        self.start_page.show_recent(recent_projects())
        self._stack.setCurrentWidget(self.start_page)
        self.setWindowTitle(TITLE)
        enable_commands(self.actions_by_key, has_project=False)
        self._show_history()

    # Projects

    def open_project(self, path: Path, *, page: str | None = None) -> bool:
        """Open a project in place of the one that is open; whether it could be. Errors are shown."""
        return self._open(partial(_opened, path), page=page)

    def new_project(
        self, folders: Sequence[Path], path: Path | None = None, *, then: Callable[[], object] | None = None
    ) -> bool:
        """Make a project, by default in the usual place; whether it could be made.

        Once it is open in place of the one before, `folders` are imported into it and `then` goes on.
        """
        place = path or free_project_folder(folders[0].name if folders else "")

        def on_entered() -> None:
            assert self.workbench is not None
            self.workbench.notify(f"The project lies in {place}. Your images stay where they are.", key="made")
            if folders:
                self.workbench.page("images").open_with([*folders])
            if then is not None:
                then()

        return self._open(partial(_made, place), page="images", then=on_entered)

    def close_project(self, then: Callable[[], object] | None = None) -> None:
        """Close the project once its jobs have ended, asking first if one runs; then go on with `then`."""
        if self._may_leave():
            self._leave(then or self.show_start)

    def _open(
        self, opened: Callable[[], Project], *, page: str | None, then: Callable[[], object] | None = None
    ) -> bool:
        """Ask first, so that nothing is made or opened in vain where somebody keeps working."""
        from inspector.ui.state.session import Session

        if not self._may_leave():
            return False
        try:
            session = Session(opened())
        except (KnownError, OSError) as error:
            self._say(error)
            return False
        self._leave(partial(self._enter, session, page, then))
        return True

    def _may_leave(self) -> bool:
        """Whether the open project may be closed: not if somebody keeps working, nor while it is being closed."""
        if self._after_closing is not None:
            return False
        job = None if self.workbench is None else self.workbench.missed_job()
        return job is None or _dialogs().confirm_stop(self, job)

    def _leave(self, then: Callable[[], object]) -> None:
        bench = self.workbench
        if bench is None:
            then()
            return
        bench.stop_jobs()
        bench.setEnabled(not bench.has_running_job)
        self._after_closing = then
        self._closing_since_ms = 0
        QTimer.singleShot(0, self, self._on_closing_look)  # a window that is being closed cannot be closed

    def _enter(self, session: Session, page: str | None, then: Callable[[], object] | None) -> None:
        from inspector.ui.window.workbench import Workbench

        bench = Workbench(session, self._project_menu())
        self.workbench = bench
        bench.history_changed.connect(self._show_history)
        bench.page_changed.connect(self._on_page_changed)
        bench.tool_chosen.connect(lambda tool: self.actions_by_key[tool].trigger())
        bench.side_bar.set_device(self._device)
        self._stack.addWidget(bench)
        self._stack.setCurrentWidget(bench)
        self.setWindowTitle(f"{session.name} – {TITLE}")
        enable_commands(self.actions_by_key, has_project=True)
        stored = settings.text(f"page/{session.project.folder}", "images")
        bench.go_to(page or (stored if stored in PAGES else "images"))
        self._show_history()
        bench.prepare()
        if then is not None:
            then()

    def _on_closing_look(self) -> None:
        """Wait for the running job without keeping the window from drawing."""
        bench = self.workbench
        assert bench is not None
        if self._is_quitting and self._closing_since_ms >= 1000 * CLOSING_LIMIT_S:
            self._closing_since_ms = 0
            self._offer_hard_end(bench)
        if bench.has_running_job:
            self._closing_since_ms += CLOSING_LOOK_MS
            if self._closing_since_ms == WAITING_SAID_MS:
                bench.say_waiting()
            QTimer.singleShot(CLOSING_LOOK_MS, self, self._on_closing_look)
            return
        bench.shut_down()
        self.workbench = None
        self._stack.removeWidget(bench)
        bench.deleteLater()
        then, self._after_closing = self._after_closing, None
        is_quitting, self._is_quitting = self._is_quitting, False  # who then keeps working quits no more
        if then is not None:
            then()
        if is_quitting:
            self.close()

    def _offer_hard_end(self, bench: Workbench) -> None:
        """A step may never end. All that was saved is on disk, but only who waits knows whether that will do."""
        if bench.has_running_job and _dialogs().confirm_hard_end(self, bench.running_jobs[0]):
            os._exit(1)

    # The window itself

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Ask if a job runs, stop it, close the project, and only then the window."""
        if self._after_closing is not None:
            self._is_quitting = True
            event.ignore()
        elif self.workbench is not None:
            event.ignore()
            if self._may_leave():
                self._is_quitting = True
                self._leave(lambda: None)
        else:
            settings.set("window/geometry", self.saveGeometry())
            self.probe.stop()
            event.accept()

    def show_failure(self, details: str) -> None:
        """A slot has raised: say so once, with the details to copy, and live on."""
        if self.workbench is not None:
            place = self.workbench.page_key.capitalize() or TITLE
            self.workbench.notify(
                f"Something went wrong in {place}. Your labels are saved.",
                kind="bad",
                action="Copy details",
                on_action=lambda: QApplication.clipboard().setText(details),
            )
        else:
            _dialogs().show_failure(self, details)

    def _handlers(self) -> dict[str, Callable[[], object]]:
        return {
            "new": self._on_new,
            "open": self._on_open,
            "samples": self._on_samples,
            "add_folders": lambda: self._on_images("add_folders"),
            "rescan": lambda: self._on_images("rescan"),
            "close_project": self.close_project,
            "settings": lambda: _dialogs().show_settings(self),
            "quit": self.close,
            "undo": lambda: self.workbench and self.workbench.undo(),
            "redo": lambda: self.workbench and self.workbench.redo(),
            **{page: partial(self._on_page, page) for page in PAGES},
            "side_bar": lambda: self.workbench and self.workbench.toggle_side_bar(),
            "panel": lambda: self.workbench and self.workbench.page(self.workbench.page_key).toggle_panel(),
            "heat": lambda: self.workbench and self.workbench.page(self.workbench.page_key).toggle_heat(),
            "full_screen": lambda: self.showNormal() if self.isFullScreen() else self.showFullScreen(),
            "pause": lambda: self.workbench and self.workbench.strip.toggle_pause(),
            "stop": lambda: self.workbench and self.workbench.jobs.stop(),
            "groups": lambda: self.workbench and self.workbench.group_finding.start(),
            "group_images": lambda: self.workbench and self.workbench.group_images(),
            "prepare": lambda: self.workbench and self.workbench.prepare(),
            "shortcuts": lambda: _dialogs().show_shortcuts(self),
            "log": self._on_log,
            "about": lambda: _dialogs().show_about(self, self._device),
        }

    def _history_buttons(self) -> tuple[QToolButton, QToolButton]:
        undo = QToolButton()
        undo.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        undo.setProperty("kind", "flat")
        keep_icon(undo, "undo", token="text2")
        undo.clicked.connect(lambda: self.actions_by_key["undo"].trigger())
        redo = icon_button("redo", "Redo", lambda: self.actions_by_key["redo"].trigger())
        for made in (undo, redo):  # a control that is disabled hands the focus on, and Space must not undo then
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._corner = pane(row(undo, redo, margins=(0, 0, 12, 0), spacing=4), ground="window")
        self._corner.setFixedHeight(CORNER_PX)
        self.menuBar().setCornerWidget(self._corner, Qt.Corner.TopRightCorner)
        return undo, redo

    def _show_history(self) -> None:
        project = None if self.workbench is None else self.workbench.session.project
        names = (None, None) if project is None else (project.undo_name, project.redo_name)
        for key, name, word, widget in zip(("undo", "redo"), names, ("Undo", "Redo"), self._history, strict=True):
            text = f"{word}: {name}" if name else word
            self.actions_by_key[key].setText(without_mnemonic(text))
            self.actions_by_key[key].setEnabled(name is not None)
            widget.setEnabled(name is not None)
            widget.setToolTip(text if name else f"Nothing to {word.lower()}")
            widget.setAccessibleName(text)
            if key == "undo":
                widget.setText(without_mnemonic(text))
        self.menuBar().adjustSize()

    def _project_menu(self) -> QMenu:
        from inspector.ui.state.recent_projects import recent_projects

        menu = QMenu(self)
        for key in ("new", "open", "close_project"):
            menu.addAction(self.actions_by_key[key])
        menu.addSeparator()
        for entry in recent_projects()[:8]:
            made = QAction(without_mnemonic(entry.name), menu)
            made.setEnabled(entry.is_there)
            made.triggered.connect(partial(self._on_recent, entry.path))
            menu.addAction(made)
        return menu

    def _say(self, error: BaseException) -> None:
        text = sentence(error) or str(error)
        if self.workbench is not None:
            self.workbench.notify(text, kind="bad", key="refused")
        else:
            self.show_start()
            self.start_page.say(text)

    def _on_recent(self, path: str, _checked: bool = False) -> None:
        self.open_project(Path(path))

    def _on_page(self, page: str) -> None:
        if self.workbench is not None:
            self.workbench.go_to(page)

    def _on_page_changed(self, page: str) -> None:
        bench = self.workbench
        if bench is not None:
            settings.set(f"page/{bench.session.project.folder}", page)

    def _on_images(self, method: str) -> None:
        if self.workbench is not None:
            self.workbench.go_to("images")
            getattr(self.workbench.page("images"), method)()

    def _on_new(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Choose a folder of images", settings.text("last_folder"))
        if folder:
            settings.set("last_folder", folder)
            self.new_project([Path(folder)])

    def _on_open(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Open project", settings.text("last_project"))
        if folder:
            settings.set("last_project", str(Path(folder).parent))
            self.open_project(Path(folder))

    def _on_log(self) -> None:
        from inspector.ui.window.log_viewer import show_log

        show_log(self)

    def _on_samples(self) -> None:
        from inspector.ui.window.demo_tour import start_demo

        start_demo(self)

    def _on_locate(self, path: str) -> None:
        folder = QFileDialog.getExistingDirectory(self, f"Where is {Path(path).name} now?")
        if folder and self.open_project(Path(folder)):
            from inspector.ui.state.recent_projects import relocate

            relocate(path, Path(folder))

    def _on_device_found(self, text: str) -> None:
        self._device = text
        if "start_page" in self.__dict__:
            self.start_page.set_device(text)
        if self.workbench is not None:
            self.workbench.side_bar.set_device(text)


def _dialogs() -> ModuleType:
    from inspector.ui.window import dialogs

    return dialogs


def _opened(path: Path) -> Project:
    from inspector.project import Project

    return Project.open(path)


def _made(path: Path) -> Project:
    from inspector.project import Project

    path.parent.mkdir(parents=True, exist_ok=True)
    return Project.create(path)
