"""What the start page shows of a project is there as soon as the project has been open."""

from __future__ import annotations

from PySide6.QtGui import QPixmap

from inspector.ui.pictures.recent_pictures import RecentPictures
from inspector.ui.state.recent_projects import picture_files


def test_pictures_are_kept_though_no_page_has_shown_an_image(qtbot, session, thumbnails):
    files = picture_files(str(session.project.folder))
    assert not any(file.exists() for file in files)
    RecentPictures(session, thumbnails, thumbnails)
    qtbot.waitUntil(lambda: all(file.exists() for file in files), timeout=20_000)
    assert all(not QPixmap(str(file)).isNull() for file in files)


def test_an_import_brings_the_pictures_of_an_empty_project(qtbot, empty_session, samples):
    from inspector.ui.pictures.thumbnails import Thumbnails

    thumbnails = Thumbnails(empty_session)
    RecentPictures(empty_session, thumbnails, thumbnails)
    for _ in empty_session.project.import_folders([samples]):
        pass
    empty_session.refresh()
    files = picture_files(str(empty_session.project.folder))
    qtbot.waitUntil(lambda: all(file.exists() for file in files), timeout=20_000)
    thumbnails.stop()
