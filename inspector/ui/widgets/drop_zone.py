"""The place of the start page on which folders are dropped."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QLabel

from inspector.ui.dropped import dropped_folders
from inspector.ui.icons import pixmap
from inspector.ui.state.settings import settings
from inspector.ui.widgets.controls import button, column, follow_theme, label

HEIGHT_PX, MARGIN_PX = 214, 16
FORMATS = "PNG, JPEG, BMP, TIFF, WebP\n8 or 16 bit · labels not needed"


class DropZone(QFrame):
    """`dropped` carries the folders (list of str), dropped here or chosen by the button."""

    dropped = Signal(list)

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self.setFixedHeight(HEIGHT_PX)
        self.setProperty("drop", "true")
        self._picture = QLabel()
        self.button = button("Choose folders…", self._on_choose, kind="primary", icon_name="folder-add")
        layout = column(None, margins=(MARGIN_PX, 0, MARGIN_PX, 0), spacing=10)
        centre = Qt.AlignmentFlag.AlignHCenter
        layout.addWidget(self._picture, 0, centre)
        layout.addWidget(label("Drop image folders here", semibold=True), 0, centre)
        formats = label(FORMATS, size_px=12, tone="text3", wraps=True)
        formats.setAlignment(centre)
        layout.addWidget(formats)
        layout.addSpacing(4)
        layout.addWidget(self.button, 0, centre)
        layout.addStretch(1)
        self.setLayout(layout)
        follow_theme(self, self._draw)
        self._draw()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Take folders and files."""
        if dropped_folders(event.mimeData()):
            event.acceptProposedAction()
            self._mark("over")

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802
        """Look as before."""
        self._mark("true")

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Hand on what was dropped."""
        self._mark("true")
        event.acceptProposedAction()
        self.dropped.emit(dropped_folders(event.mimeData()))

    def _mark(self, state: str) -> None:
        self.setProperty("drop", state)
        self.style().unpolish(self)
        self.style().polish(self)

    def _on_choose(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Choose a folder of images", settings.text("last_folder"))
        if folder:
            settings.set("last_folder", folder)
            self.dropped.emit([folder])

    def _draw(self) -> None:
        self._picture.setPixmap(pixmap("folder-add", size_px=32, token="text2"))
