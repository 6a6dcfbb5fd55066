"""One image as large as the page, to be zoomed to its pixels, with the way to its neighbours in the gallery."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from inspector.ui.session import Session
from inspector.ui.thumbnails import Thumbnails
from inspector.ui.widgets.controls import (
    ElidedLabel,
    Segmented,
    button,
    column,
    icon_button,
    label,
    row,
    set_enabled,
)
from inspector.ui.widgets.heat_tool import HeatTool
from inspector.ui.widgets.image_view import ImageView
from inspector.ui.wording import per_cent

PREVIEW_PX, FOOT_PX = 256, 28
STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class FullView(QWidget):
    """`closed` when the gallery is to be shown again; `image_changed` carries the id of another image shown."""

    closed = Signal()
    image_changed = Signal(int)

    def __init__(self, session: Session, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._session, self._thumbnails = session, thumbnails
        self._ids: list[int] = []
        self._at = 0
        self.view = ImageView()
        self.view.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._name, self._place = ElidedLabel(semibold=True, middle=True), label(tone="text2")
        self._zoom = Segmented([("fit", "Fit"), ("1:1", "1:1"), ("4:1", "4:1")], name="Zoom", small=True)
        self._zoom.chosen.connect(self.view.set_zoom)
        self._stretch = icon_button("contrast", "Stretch the contrast", checkable=True)
        self._stretch.toggled.connect(self.view.set_stretched)
        self.heat = HeatTool(self.view)
        self.heat.follow_project(session)
        self._percent = label(size_px=12, tone="text2")
        self.view.zoom_changed.connect(lambda zoom: self._percent.setText(per_cent(zoom)))
        self.view.loaded.connect(self._on_loaded)
        self.back_button = button(
            "Back to the gallery", self.closed.emit, tooltip="Back to the gallery (Escape)", small=True
        )
        tools = (self._zoom, self.heat.button, self._stretch)
        head = row(self.back_button, self._name, self._place, *tools, margins=(12, 6, 12, 6))
        head.setStretchFactor(self._name, 1)
        foot = QWidget()
        foot.setFixedHeight(FOOT_PX)  # with a caption or without: the image must not move when the map comes
        foot.setLayout(row(self.heat.caption, None, self._percent, margins=(12, 0, 12, 0)))
        foot.layout().setStretch(0, 1000)
        layout = column(head, self.view, foot, spacing=0)
        layout.setStretch(1, 1)
        self.setLayout(layout)

    @property
    def image_id(self) -> int | None:
        """The image that is shown."""
        return self._ids[self._at] if self._ids else None

    def show_image_id(self, image_id: int, ids: Sequence[int]) -> None:
        """Show an image; the arrow keys lead to the others of `ids`."""
        self._ids = list(ids)
        self._at = self._ids.index(image_id)
        self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Escape goes back, arrows to the neighbours, Z to whole pixels and back."""
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self.closed.emit()
        elif key in STEPS and self._ids:
            self._step(STEPS[key])
        elif key == Qt.Key.Key_Z:
            wanted = "fit" if self._zoom.key == "1:1" else "1:1"
            self._zoom.choose(wanted)
            self.view.set_zoom(wanted)
        else:
            super().keyPressEvent(event)

    def _step(self, by: int) -> None:
        at = min(max(0, self._at + by), len(self._ids) - 1)
        if at != self._at:
            self._at = at
            self._show()
            self.image_changed.emit(self._ids[at])

    def _show(self) -> None:
        image = self._session.image(self._ids[self._at])
        self._name.setText(image.path.name)
        self._place.setText(f"{self._at + 1:,} of {len(self._ids):,}")
        preview = self._thumbnails.pixmap(image.id, PREVIEW_PX)
        self.view.show_image(image.path, scaling=self._session.scaling, preview=preview)
        self.view.setFocus()

    def _on_loaded(self) -> None:
        limits = self.view.stretch_limits
        set_enabled(self._stretch, "" if limits else "Only grey images can be stretched")
