"""Starting the window, and drawing a page to a file without one."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from inspector.places import NAME
from inspector.ui.display import has_display
from inspector.ui.icons import pixmap
from inspector.ui.state.settings import settings
from inspector.ui.theme import prepare_application, theme
from inspector.ui.widgets.focus_ring import FocusRing
from inspector.ui.window.failure_hook import FailureHook
from inspector.ui.window.main_window import MainWindow

if TYPE_CHECKING:
    from inspector.ui.window.screenshot import Screenshot

INTERRUPT_LOOK_MS = 200


@dataclass(frozen=True)
class WindowRequest:
    """What the command line says of the window. `screenshot` draws the page and ends."""

    project: Path | None = None
    page: str | None = None
    theme: str | None = None
    size_px: tuple[int, int] | None = None
    screenshot: Path | None = None
    demo: bool = False
    demo_folder: Path | None = None


def run_window(request: WindowRequest) -> int:
    """Show the window until it is closed; returns the exit code.

    Raises:
        KnownError: the screenshot cannot be drawn or written.
    """
    if request.screenshot is not None and not has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    _claim_task_bar()
    application = QApplication.instance() or QApplication([sys.argv[0]])
    assert isinstance(application, QApplication)
    window = build_window(application, request)
    ring = FocusRing(application)
    picture = None if request.screenshot is None else _screenshot(window, request.screenshot)
    with ExitStack() as stack:
        stack.enter_context(_shown_failures(window))
        stack.enter_context(_closed_by_interrupt(window))
        window.show()
        QTimer.singleShot(0, window, lambda: _begin(window, request, picture, stack))
        code = application.exec()
    ring.remove()
    window.deleteLater()
    if picture is not None:
        picture.raise_error()
    return code


def build_window(application: QApplication, request: WindowRequest) -> MainWindow:
    """The window with its look and size, not shown yet."""
    application.setApplicationName(NAME)
    prepare_application(application)
    theme.apply(request.theme or _chosen_theme())
    application.setWindowIcon(pixmap("app", size_px=64, token="accent"))
    window = MainWindow()
    if request.size_px is not None:
        window.resize(*request.size_px)
    return window


def _claim_task_bar() -> None:
    """On Windows stand under our own icon and not with Python's windows; before the first one is made."""
    if sys.platform == "win32":
        ctypes.windll.shell32.SetCurrentProcessExplicitAppUserModelID(NAME)


def _begin(window: MainWindow, request: WindowRequest, picture: Screenshot | None, stack: ExitStack) -> None:
    """After the first paint: whatever takes longer."""
    from inspector.ui.window.log_viewer import writing_log

    stack.enter_context(writing_log())
    if request.project is not None:
        is_open = window.open_project(request.project, page=request.page)
        if not is_open and picture is not None:
            picture.fail(window.start_page.last_words())
            return
    elif request.demo:
        from inspector.ui.window.demo_tour import start_demo

        start_demo(window, request.demo_folder)
    else:
        window.show_start()
    if picture is not None:
        picture.start()
    else:
        window.probe.start()


def _screenshot(window: MainWindow, file: Path) -> Screenshot:
    from inspector.ui.window.screenshot import Screenshot

    return Screenshot(window, file)


def _chosen_theme() -> str:
    chosen = settings.text("theme", "system")
    return chosen if chosen in ("light", "dark") else "system"


@contextmanager
def _shown_failures(window: MainWindow) -> Iterator[None]:
    """An error that nobody foresaw is shown, and the window lives on."""
    hook = FailureHook()
    hook.failed.connect(window.show_failure)
    hook.install()
    try:
        yield
    finally:
        hook.remove()


@contextmanager
def _closed_by_interrupt(window: MainWindow) -> Iterator[None]:
    """Ctrl-C in the terminal closes the window; Python sees it only when it gets to run now and then."""
    before = signal.signal(signal.SIGINT, lambda *_: window.close())
    timer = QTimer(window, interval=INTERRUPT_LOOK_MS)
    timer.timeout.connect(lambda: None)
    timer.start()
    try:
        yield
    finally:
        timer.stop()
        signal.signal(signal.SIGINT, before)
