"""An Images page on the sample project, on an empty one, and on one with a bad file and a duplicate."""

from __future__ import annotations

import shutil

import pytest

from inspector.project import Project
from inspector.ui.pages.images.images_page import ImagesPage
from inspector.ui.session import Session
from inspector.ui.thumbnails import Thumbnails


@pytest.fixture
def make_page(qtbot, jobs, shell):
    """Makes a shown page of a session; its threads end with the test."""
    stopped = []

    def make(session: Session) -> ImagesPage:
        thumbnails = Thumbnails(session)
        stopped.append(thumbnails)
        shell.session = session
        page = ImagesPage(session, jobs, thumbnails, shell)
        qtbot.addWidget(page)
        page.resize(1076, 700)
        page.show()
        return page

    yield make
    for thumbnails in stopped:
        thumbnails.stop()


@pytest.fixture
def page(make_page, session):
    """The page of the sample project."""
    return make_page(session)


@pytest.fixture
def odd_folder(tmp_path, samples):
    """Two images, one of them twice, and a file that is none."""
    folder = tmp_path / "odd"
    folder.mkdir()
    first, second = sorted(samples.rglob("*.png"))[:2]
    shutil.copy(first, folder / "first.png")
    shutil.copy(first, folder / "again.png")
    shutil.copy(second, folder / "second.png")
    (folder / "bad.png").write_bytes(b"no image")
    return folder


@pytest.fixture
def odd_session(tmp_path, odd_folder):
    """The project of that folder."""
    with Project.create(tmp_path / "odd-project") as project:
        for _ in project.import_folders([odd_folder]):
            pass
        yield Session(project)
