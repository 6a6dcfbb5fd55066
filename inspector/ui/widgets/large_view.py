"""One image as large as the page, to be zoomed to its pixels, with the way to the others of a list."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPixmap
from PySide6.QtWidgets import QWidget

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
from models.images.settings import Scaling

FOOT_PX = 28
STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class LargeView(QWidget):
    """`left` by Escape or the button, which leads back to `back_to`; `stepped(-1 or 1)` by the arrow keys.

    `head` is the column above the image, to which more can be added.
    """

    left = Signal()
    stepped = Signal(int)

    def __init__(self, back_to: str) -> None:
        super().__init__()
        self.view = ImageView()
        self.view.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.view.loaded.connect(self._on_loaded)
        self.view.zoom_changed.connect(lambda zoom: self._percent.setText(per_cent(zoom)))
        self.name, self._place = ElidedLabel(semibold=True, middle=True), label(tone="text2")
        self._zoom = Segmented([("fit", "Fit"), ("1:1", "1:1"), ("4:1", "4:1")], name="Zoom", small=True)
        self._zoom.chosen.connect(self.view.set_zoom)
        self._stretch = icon_button("contrast", "Stretch the contrast", checkable=True)
        self._stretch.toggled.connect(self.view.set_stretched)
        self.heat = HeatTool(self.view)
        self._percent = label(size_px=12, tone="text2")
        words = f"Back to {back_to}"
        self.back_button = button(words, self.left.emit, tooltip=f"{words} (Escape)", small=True)
        tools = (self._zoom, self.heat.button, self._stretch)
        head = row(self.back_button, self.name, self._place, *tools, margins=(12, 6, 12, 6))
        head.setStretchFactor(self.name, 1)
        self.head = column(head, spacing=0)
        layout = column(self.head, self.view, self._foot(), spacing=0)
        layout.setStretch(1, 1)
        self.setLayout(layout)

    def show_file(
        self, path: Path, *, place: int, total: int, scaling: Scaling | None, preview: QPixmap | None
    ) -> None:
        """Show an image, the one at `place` (from 0) of so many."""
        self.name.setText(path.name)
        self._place.setText(f"{place + 1:,} of {total:,}")
        self.view.show_image(path, scaling=scaling, preview=preview)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Escape goes back, arrows to the others, Z to whole pixels and back."""
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self.left.emit()
        elif key in STEPS:
            self.stepped.emit(STEPS[key])
        elif key == Qt.Key.Key_Z:
            wanted = "fit" if self._zoom.key == "1:1" else "1:1"
            self._zoom.choose(wanted)
            self.view.set_zoom(wanted)
        else:
            super().keyPressEvent(event)

    def _foot(self) -> QWidget:
        foot = QWidget()
        foot.setFixedHeight(FOOT_PX)  # with a caption or without: the image must not move when the map comes
        foot.setLayout(row(self.heat.caption, None, self._percent, margins=(12, 0, 12, 0)))
        foot.layout().setStretch(0, 1000)
        return foot

    def _on_loaded(self) -> None:
        set_enabled(self._stretch, "" if self.view.stretch_limits else "Only grey images can be stretched")
