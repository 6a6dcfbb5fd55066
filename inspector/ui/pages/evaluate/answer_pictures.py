"""Thumbnails of judged images: the project's own from its cache, those of a CSV from their files."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QPixmap

from inspector.ui.pages.evaluate.judged import Answer
from inspector.ui.pictures.path_thumbnails import PathThumbnails
from inspector.ui.pictures.thumbnails import Thumbnails
from inspector.ui.state.session import Session
from models.errors import KnownError
from models.images.settings import Scaling


class AnswerPictures(QObject):
    """`ready` carries the id of an image whose thumbnail is there now, None when it is some outside the project."""

    ready = Signal(object)

    def __init__(self, session: Session, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._of_project, self._outside = thumbnails, PathThumbnails(self)
        thumbnails.ready.connect(self._on_ready)
        self._outside.arrived.connect(self._on_ready)

    @property
    def scaling(self) -> Scaling | None:
        """How the project, and so its models, read deep images, wherever they lie."""
        try:
            return self._session.project.image_settings.scaling
        except KnownError:
            return None

    def pixmap(self, answer: Answer, size_px: int) -> QPixmap | None:
        """The image with a longer side of `size_px`; None while it is on its way."""
        if answer.image_id is None:
            return self._outside.pixmap(answer.path, size_px, scaling=self.scaling)
        return self._of_project.pixmap(answer.image_id, size_px)

    def stop(self) -> None:
        """End the threads that read files outside the project; they start again when they are needed."""
        self._outside.stop()

    def _on_ready(self, image_id: int | None = None) -> None:
        self.ready.emit(image_id)
