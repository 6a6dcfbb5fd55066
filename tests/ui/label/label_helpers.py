"""A label page as a user has it, and what he does to it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector.ui.background.jobs import JobQueue
from inspector.ui.background.label_forecasting import LabelForecasting
from inspector.ui.background.live_guesses import LiveGuesses
from inspector.ui.pages.label.label_page import LabelPage
from inspector.ui.pictures.thumbnails import Thumbnails
from inspector.ui.state.session import Session


def shown_page(
    qtbot: QtBot, session: Session, jobs: JobQueue, thumbnails: Thumbnails, shell, guesses: LiveGuesses
) -> LabelPage:
    """A label page in a window of its own, with the keyboard."""
    shell.session, shell.guesses, shell.side_jobs = session, guesses, jobs
    shell.forecasting = LabelForecasting(session, jobs, jobs)
    made = LabelPage(session, jobs, thumbnails, shell)
    qtbot.addWidget(made)
    made.resize(1080, 700)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: made.queue_mode.hasFocus() or not session.images)
    return made


def with_classes(session: Session, names: Iterable[str]) -> None:
    """Make classes, whose keys are 1, 2, 3 and so on."""
    for name in names:
        session.apply(session.project.add_class(name))


def press(qtbot: QtBot, page: LabelPage, key: str | Qt.Key, *, is_held: bool = False) -> None:
    """Press a key where the keyboard is; held, it repeats itself."""
    target = QApplication.focusWidget()
    assert target is not None
    assert page.isAncestorOf(target)
    if is_held:
        assert isinstance(key, str)
        event = QKeyEvent(QEvent.Type.KeyPress, ord(key), Qt.KeyboardModifier.NoModifier, key, True)
        QApplication.sendEvent(target, event)
    else:
        qtbot.keyClick(target, key)
