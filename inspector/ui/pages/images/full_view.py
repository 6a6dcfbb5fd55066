"""One image of the gallery as large as the page."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal

from inspector.ui.pictures.thumbnails import Thumbnails
from inspector.ui.state.session import Session
from inspector.ui.widgets.large_view import LargeView

PREVIEW_PX = 256


class FullView(LargeView):
    """`image_changed` carries the id of another image shown."""

    image_changed = Signal(int)

    def __init__(self, session: Session, thumbnails: Thumbnails) -> None:
        super().__init__("the gallery")
        self._session, self._thumbnails = session, thumbnails
        self._ids: list[int] = []
        self._at = 0
        self.heat.follow_project(session)
        self.stepped.connect(self._step)

    @property
    def image_id(self) -> int | None:
        """The image that is shown."""
        return self._ids[self._at] if self._ids else None

    def show_image_id(self, image_id: int, ids: Sequence[int]) -> None:
        """Show an image; the arrow keys lead to the others of `ids`."""
        self._ids = list(ids)
        self._at = self._ids.index(image_id)
        self._show()

    def _step(self, by: int) -> None:
        at = min(max(0, self._at + by), len(self._ids) - 1)
        if self._ids and at != self._at:
            self._at = at
            self._show()
            self.image_changed.emit(self._ids[at])

    def _show(self) -> None:
        image = self._session.image(self._ids[self._at])
        preview = self._thumbnails.pixmap(image.id, PREVIEW_PX)
        scaling, total = self._session.scaling, len(self._ids)
        self.show_file(image.path, place=self._at, total=total, scaling=scaling, preview=preview)
        self.view.setFocus()
