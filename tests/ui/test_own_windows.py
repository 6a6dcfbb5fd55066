"""Nothing but the window is a window: what is shown before it has a parent flashes and takes the keyboard."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from inspector.project import Project
from inspector.ui.page_names import PAGES
from inspector.ui.state.settings import settings
from inspector.ui.window.main_window import MainWindow
from models.evaluation.evaluate import evaluate

CLASSES = ["crazing", "patches"]


class WindowWatch(QObject):
    """Counts what is shown as a window of its own, by class."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: Counter[str] = Counter()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.shown[type(watched).__name__] += not isinstance(watched, QMainWindow | QMenu)
        return False


@pytest.fixture
def judged(filled: Project) -> Project:
    """A project with a run that was wrong about two of its eight labelled images."""
    ids = [image.id for image in filled.images()[:8]]
    filled.label_images(dict.fromkeys(ids[:4], "crazing") | dict.fromkeys(ids[4:], "patches"), step="", source="test")
    true, predicted, confidence = [0] * 4 + [1] * 4, [0, 0, 0, 1, 1, 1, 1, 0], [0.9] * 8
    with filled.start_run("train", {"mode": "linear", "features": "texture"}) as run:
        run.record_images("train", ids)
        answers = {"image_ids": ids, "true": true, "predicted": predicted, "confidence": confidence}
        run.log("validation", {**answers, "classes": CLASSES})
        figures = evaluate(np.array(true), np.array(predicted), np.array(confidence), CLASSES)
        run.finish({"labels": 8, "evaluation": figures.to_json()})
    return filled


@pytest.fixture
def window(qtbot, tmp_path, judged, close_window):
    settings.set("projects_folder", str(tmp_path / "projects"))
    made = MainWindow()
    made.show()
    assert made.open_project(judged.folder, page="label")
    qtbot.waitUntil(made.workbench.is_settled, timeout=60_000)
    yield made
    close_window(made)


@pytest.fixture
def watch(qapp):
    made = WindowWatch()
    qapp.installEventFilter(made)
    yield made
    qapp.removeEventFilter(made)


def test_pages_and_what_is_redrawn_on_them_open_no_window(qtbot, window, watch):
    bench = window.workbench
    assert bench.session.basis.points is not None
    for page in PAGES:
        bench.go_to(page)
        bench.stop_jobs()  # measuring, where a page does
        qtbot.waitUntil(bench.is_settled, timeout=60_000)
    bench.go_to("evaluate")
    assert len(bench.page("evaluate").side.list.rows) == 2
    bench.session.label([bench.session.images[7].id], "crazing")
    bench.undo()
    assert len(bench.page("evaluate").side.list.rows) == 2
    assert +watch.shown == Counter()
