"""Windows without a screen: what Qt complains of, an error in a slot and a thread left running fail their test."""

from __future__ import annotations

import os
import shutil
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QThread, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from inspector.project import Project
from inspector.samples import write_samples
from inspector.ui.background.jobs import JobQueue
from inspector.ui.pictures.thumbnails import Thumbnails
from inspector.ui.state.session import Session
from inspector.ui.theme import prepare_application, theme

IGNORED_MESSAGES = ("This plugin does not support", "propagateSizeHints")  # of the offscreen platform itself


class RecordingShell:
    """Stands for the window around a page and remembers what it was asked."""

    def __init__(self) -> None:
        self.visited: list[tuple[str, object]] = []
        self.notes: list[tuple[str, str]] = []
        self.actions: list[object] = []  # of the notes, in their order
        self.toasts: list[str] = []
        self.errors: list[str] = []
        self.session: Session | None = None
        self.prepared = 0
        self.groupings = 0

    def go_to(self, page: str, payload: object = None) -> None:
        self.visited.append((page, payload))

    def notify(self, text: str, *, kind: str = "info", action: str = "", on_action: object = None) -> None:
        self.notes.append((kind, text))
        self.actions.append(on_action)

    def toast(self, text: str, *, can_undo: bool = True) -> None:
        self.toasts.append(text)

    def show_error(self, error: BaseException) -> None:
        self.errors.append(str(error))

    def undo(self) -> None:
        assert self.session is not None
        self.session.undo()

    def group_images(self) -> None:
        self.groupings += 1

    def prepare(self) -> None:
        self.prepared += 1


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    return QApplication


@pytest.fixture(autouse=True)
def _light(qapp: QApplication) -> None:
    if not qapp.styleSheet():
        prepare_application(qapp)
        theme.apply("light")


@pytest.fixture(autouse=True)
def _silent_qt(qapp: QApplication) -> Iterator[None]:
    """What Qt prints is a complaint."""
    messages: list[str] = []

    def on_message(kind: QtMsgType, _context: object, text: str) -> None:
        if kind != QtMsgType.QtDebugMsg and not any(known in text for known in IGNORED_MESSAGES):
            messages.append(text)

    before = qInstallMessageHandler(on_message)
    yield
    qInstallMessageHandler(before)
    assert messages == []


@pytest.fixture(scope="session", autouse=True)
def _started_threads() -> Iterator[weakref.WeakSet[QThread]]:
    """Every Qt thread that is started: to look through all objects after each test would take longer than the tests."""
    started: weakref.WeakSet[QThread] = weakref.WeakSet()
    start = QThread.start

    def noting_start(thread: QThread, *arguments: object) -> None:
        started.add(thread)
        start(thread, *arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QThread, "start", noting_start)
        yield started


@pytest.fixture(autouse=True)
def _no_threads_left(qapp: QApplication, _started_threads: weakref.WeakSet[QThread]) -> Iterator[None]:
    """Whoever starts a thread ends it."""
    before = set(threading.enumerate())
    yield
    left = [t.name for t in threading.enumerate() if t not in before and t.is_alive() and not t.daemon]
    assert left == []
    assert [thread for thread in list(_started_threads) if _runs(thread)] == []


def _runs(thread: QThread) -> bool:
    try:
        return thread.isRunning() and thread is not QThread.currentThread()
    except RuntimeError:  # deleted
        return False


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """36 generated images in six folders, one a class."""
    folder = tmp_path_factory.mktemp("ui") / "samples"
    for _ in write_samples(folder, per_class=6, size=64, seed=3):
        pass
    return folder


@pytest.fixture(scope="session")
def _filled_project(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ui") / "filled"
    with Project.create(folder) as project:
        for _ in project.import_folders([samples]):
            pass
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """An empty project."""
    with Project.create(tmp_path / "empty") as made:
        yield made


@pytest.fixture
def filled(_filled_project: Path, tmp_path: Path) -> Iterator[Project]:
    """A project of the sample images, none of them labelled."""
    copy = tmp_path / "filled"
    shutil.copytree(_filled_project, copy)
    with Project.open(copy) as opened:
        yield opened


@pytest.fixture
def session(filled: Project) -> Session:
    """The filled project, open."""
    return Session(filled)


@pytest.fixture
def empty_session(project: Project) -> Session:
    """The empty project, open."""
    return Session(project)


@pytest.fixture
def jobs(qapp: QApplication) -> Iterator[JobQueue]:
    """A queue whose last job is stopped and waited for."""
    queue = JobQueue()
    yield queue
    queue.stop_all()
    assert queue.wait(20_000)


@pytest.fixture
def shell() -> RecordingShell:
    """A stand-in for the window."""
    return RecordingShell()


@pytest.fixture
def thumbnails(session: Session) -> Iterator[Thumbnails]:
    """Thumbnails of the filled project."""
    made = Thumbnails(session)
    yield made
    made.stop()


@pytest.fixture
def close_window(qtbot):
    """Closes a main window once its jobs have ended."""

    def close(window):
        window.workbench.stop_jobs()
        qtbot.waitUntil(lambda: not window.workbench.has_running_job, timeout=20_000)
        window.close()
        qtbot.waitUntil(lambda: window.workbench is None, timeout=20_000)
        window.deleteLater()

    return close
