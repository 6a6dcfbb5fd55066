"""A Classify page, results to feed it, and a project with a trained run."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMenu

from inspector.jobs.training.train import train
from inspector.jobs.training.training import TrainRequest
from inspector.project import Project
from inspector.ui.background.jobs import JobQueue
from inspector.ui.pages.classify.classification import Classification, remember
from inspector.ui.pages.classify.classify_page import ClassifyPage
from inspector.ui.pictures.thumbnails import Thumbnails
from inspector.ui.state.session import Session
from inspector.ui.window.workbench import Workbench
from models.prediction.results_csv import HEADER, Result, encode_rows


@pytest.fixture(scope="session")
def _trained_project(_filled_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = shutil.copytree(_filled_project, tmp_path_factory.mktemp("classify") / "trained")
    with Project.open(folder) as project:
        project.label_from_folders()
        for _ in train(project, TrainRequest(features="texture")):
            pass
    return folder


@pytest.fixture
def trained(_trained_project: Path, tmp_path: Path) -> Iterator[Project]:
    """A project with a classifier of texture alone."""
    with Project.open(shutil.copytree(_trained_project, tmp_path / "trained")) as opened:
        yield opened


@pytest.fixture
def read_only(_trained_project: Path, tmp_path: Path) -> Iterator[Project]:
    """The same, open for reading alone."""
    with Project.open(shutil.copytree(_trained_project, tmp_path / "read-only"), read_only=True) as opened:
        yield opened


@pytest.fixture
def strip(samples: Path, tmp_path: Path) -> Path:
    """A folder of twelve images that no project knows, and an empty file."""
    folder = tmp_path / "strip"
    folder.mkdir()
    for number, file in enumerate(sorted(samples.glob("*/*.png"))[::3]):
        (folder / f"{number:02}.png").write_bytes(file.read_bytes() + b"\0")  # another content, the same pixels
    (folder / "zz.png").touch()
    return folder


@pytest.fixture
def make_page(qtbot, jobs: JobQueue, shell) -> Callable[[Project], ClassifyPage]:
    """Shows the page of a project."""

    def make(project: Project) -> ClassifyPage:
        session = Session(project)
        shell.session = session
        thumbnails = Thumbnails(session)
        page = ClassifyPage(session, jobs, thumbnails, shell)
        page.resize(1100, 760)
        qtbot.addWidget(page, before_close_func=lambda _: thumbnails.stop())
        page.show()
        return page

    return make


@pytest.fixture
def bench(qtbot, trained: Project) -> Iterator[Workbench]:
    """The whole workbench of the trained project, on its Classify page."""
    menu = QMenu()
    made = Workbench(Session(trained), menu)
    qtbot.addWidget(made, before_close_func=lambda _: menu.deleteLater())
    made.resize(1280, 800)
    made.go_to("classify")
    made.show()
    yield made
    made.hide()
    made.jobs.stop_all()
    assert made.jobs.wait(20_000)
    made.shut_down()


def result(number: int, confidence: float, label: str = "crazing") -> Result:
    """A row of a classified image."""
    return Result(f"{number:05}.png", label, confidence, "patches", round(1 - confidence, 6), confidence < 0.6)


@pytest.fixture
def rows() -> list[Result]:
    """Ten rows: confidences 0.50, 0.55, ... 0.90 and a file that can't be read."""
    labels = ("crazing", "inclusion", "scratches")
    return [*(result(i, round(0.5 + 0.05 * i, 2), labels[i % 3]) for i in range(9)), Result("z.png", error="is empty")]


@pytest.fixture
def store() -> Callable[[Project, list[Result], Path], None]:
    """Makes rows of a folder the project's last classification."""

    def store_rows(project: Project, rows: list[Result], folder: Path) -> None:
        out = folder / "r.csv"
        out.write_bytes(HEADER + encode_rows(rows))
        known = Classification(folder, folder / "m.safetensors", None, out, 0.6, None, "finished", len(rows))
        remember(project, known)

    return store_rows


@pytest.fixture
def stored(filled: Project, rows: list[Result], store, tmp_path: Path) -> Project:
    """A project that remembers the rows as its last classification."""
    store(filled, rows, tmp_path)
    return filled


@pytest.fixture
def page(qtbot, stored: Project, make_page, rows) -> ClassifyPage:
    """The page, with the rows in view."""
    made = make_page(stored)
    qtbot.waitUntil(lambda: len(made.model.shown) == len(rows) and not made.classifying._read.is_busy)
    return made
