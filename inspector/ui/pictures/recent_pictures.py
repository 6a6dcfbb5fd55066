"""The pictures by which the start page shows the open project, kept as soon as their thumbnails are made."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from inspector.project import Change
from inspector.ui.pictures.thumbnails import Thumbnails
from inspector.ui.state.recent_projects import picture_files
from inspector.ui.state.session import Session

PICTURE_PX = 64


class RecentPictures(QObject):
    """Asks for a few thumbnails when a project is opened and when its images have changed, and writes them down.

    At closing it would be too late to make them: the window would have to wait for the files.
    """

    def __init__(self, session: Session, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._thumbnails = session, thumbnails
        self._awaited: dict[int, Path] = {}
        thumbnails.ready.connect(self._save)
        session.changed.connect(self._on_changed)
        self._ask()

    def _on_changed(self, change: Change) -> None:
        if change.images:
            self._ask()

    def _ask(self) -> None:
        files, images = picture_files(str(self._session.project.folder)), self._session.images
        step = max(1, len(images) // len(files))
        self._awaited = {image.id: file for image, file in zip(images[::step], files, strict=False)}
        for image_id in list(self._awaited):
            self._save(image_id)

    def _save(self, image_id: int) -> None:
        if image_id not in self._awaited:
            return
        picture = self._thumbnails.pixmap(image_id, PICTURE_PX)
        if picture is None:  # it is on its way
            return
        file = self._awaited.pop(image_id)
        if not self._thumbnails.has_failed(image_id):
            file.parent.mkdir(parents=True, exist_ok=True)
            picture.save(str(file))
