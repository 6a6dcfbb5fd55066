"""The image that is labelled, as large as it fits, with its tools upon it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QToolButton

from inspector.project import ImageRecord
from inspector.ui.pictures.thumbnails import Thumbnails
from inspector.ui.state.session import Session
from inspector.ui.widgets.controls import ElidedLabel, column, icon_button, label, row, set_enabled
from inspector.ui.widgets.heat_tool import HeatTool
from inspector.ui.widgets.image_view import ImageView
from inspector.ui.wording import per_cent

MARGIN_PX = 12
MINIMUM_PX = 320
PREVIEW_PX = 256


class ImageWell(QFrame):
    """Tools upper left, the name lower left, the zoom lower right."""

    def __init__(self, session: Session, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._session, self._thumbnails = session, thumbnails
        self._image_id: int | None = None
        self.setProperty("pane", "well")
        self.setMinimumSize(MINIMUM_PX, MINIMUM_PX)
        self.view = ImageView()
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.zoom_changed.connect(lambda zoom: self._zoom.setText(per_cent(zoom)))
        self.view.loaded.connect(self._on_loaded)
        self._stretch = icon_button("contrast", "Stretch the contrast", kind="icon", checkable=True)
        self._stretch.toggled.connect(self.view.set_stretched)
        self.heat = HeatTool(self.view, kind="icon")
        self.heat.follow_project(session)
        self._tools = [
            icon_button("zoom-in", "Closer", self.view.zoom_in, kind="icon"),
            icon_button("zoom-out", "Further away", self.view.zoom_out, kind="icon"),
            icon_button("fit", "Fit to the window", lambda: self.view.set_zoom("fit"), kind="icon"),
            self.heat.button,
            self._stretch,
        ]
        self._name = ElidedLabel(size_px=12, tone="text2", middle=True)
        self._zoom = label(size_px=12, tone="text2")
        foot = row(self._name, self.heat.caption, self._zoom, spacing=16)
        foot.setStretch(0, 1)
        foot.setStretch(1, 1)
        layout = column(self.view, foot, margins=(MARGIN_PX, MARGIN_PX, MARGIN_PX, 8), spacing=4)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        for tool in self._tools:
            tool.setParent(self)
            tool.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    @property
    def stretch_button(self) -> QToolButton:
        """Stretches the contrast of grey images."""
        return self._stretch

    def show_image(self, image_id: int | None, *, next_ids: list[int]) -> None:
        """Show an image, and decode those that come next; the same image again changes nothing."""
        if image_id is not None and image_id != self._image_id:
            image = self._session.image(image_id)
            scaling = self._session.scaling
            self.view.set_zoom("fit")
            self.view.show_image(image.path, scaling=scaling, preview=self._thumbnails.pixmap(image_id, PREVIEW_PX))
            self._name.setText(_described(image))
            self._zoom.setText("")
            for next_id in next_ids:
                self.view.preload(self._session.image(next_id).path, scaling=scaling)
                self._thumbnails.pixmap(next_id, PREVIEW_PX)
        elif image_id is None:
            self.view.clear()
        self._image_id = image_id

    def toggle_pixels(self) -> None:
        """From fit to whole pixels and back."""
        self.view.set_zoom("fit" if self.view.zoom == 1.0 else "1:1")

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """The tools stay in their corner."""
        super().resizeEvent(event)
        top = MARGIN_PX
        for tool in self._tools:
            tool.adjustSize()
            tool.move(MARGIN_PX, top)
            tool.raise_()
            top += tool.height() + 6

    def _on_loaded(self) -> None:
        limits = self.view.stretch_limits
        set_enabled(self._stretch, "" if limits else "Only grey images can be stretched")


def _described(image: ImageRecord) -> str:
    return f"{image.path.name}  {image.width} × {image.height} px"
