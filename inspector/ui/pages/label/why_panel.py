"""Why an image is in the queue, and the images it stands for."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from inspector.jobs.basis import Suggested
from inspector.ui.pages.label.label_words import why
from inspector.ui.session import Session
from inspector.ui.thumbnails import Thumbnails
from inspector.ui.widgets.controls import button, column, label, row, set_enabled
from inspector.ui.widgets.thumbnail_strip import ThumbnailStrip

SHOWN, COLUMNS = 8, 4


class WhyPanel(QWidget):
    """`group_requested` carries all images of the group, `similar_requested` the image, `image_requested` a click."""

    group_requested = Signal(list)
    similar_requested = Signal(int)
    image_requested = Signal(int)

    def __init__(self, session: Session, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._session = session
        self._suggested: Suggested | None = None
        self.reason = label(wraps=True)
        self.members = ThumbnailStrip(session, thumbnails, columns=COLUMNS)
        self.members.setAccessibleName("Images of the group")
        self.members.clicked_id.connect(self.image_requested)
        self.group_button = button("Label the group…", self._on_group, small=True)
        self.similar_button = button(
            "Find similar", self._on_similar, icon_name="similar", small=True, tooltip="Key S: images like this one"
        )
        buttons = row(self.group_button, self.similar_button, None)
        self.setLayout(column(label("Why this image", semibold=True), self.reason, self.members, buttons, spacing=6))

    def show_suggested(self, suggested: Suggested | None) -> None:
        """Say why this image is shown."""
        self._suggested = suggested
        self.reason.setText(why(suggested) if suggested else "")
        group = [] if suggested is None else self._listed(suggested)
        self.members.set_ids(group[:SHOWN])
        self.members.setVisible(bool(group))
        set_enabled(self.group_button, "" if group else "This image stands for no group")
        has_basis = suggested is not None and self._session.basis is not None
        set_enabled(self.similar_button, "" if has_basis else "Suggestions are not prepared yet")

    def _listed(self, suggested: Suggested) -> list[int]:
        others = (i for i in suggested.group if i != suggested.image_id)
        return [image_id for image_id in others if image_id in self._session.row_of]

    def _on_group(self) -> None:
        if self._suggested is not None:
            self.group_requested.emit([self._suggested.image_id, *self._listed(self._suggested)])

    def _on_similar(self) -> None:
        if self._suggested is not None:
            self.similar_requested.emit(self._suggested.image_id)
