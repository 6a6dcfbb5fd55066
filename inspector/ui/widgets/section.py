"""A part of a page: a head with its title, what it shows, and its controls, above its content."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QLayout, QWidget

from inspector.ui.widgets.controls import ElidedLabel, column, label, row

HEAD_PX = 36


class Section(QFrame):
    """Title (13 px semibold), caption, controls at the right; the content fills the rest."""

    def __init__(
        self,
        title: str,
        content: QWidget | QLayout,
        *controls: QWidget,
        caption: str = "",
        margin_px: int = 16,
        ground: str = "surface",
    ) -> None:
        super().__init__()
        self.setProperty("pane", ground)
        self.heading = label(title, semibold=True)
        self.caption = ElidedLabel(caption, size_px=12, tone="text3")
        self.head = QFrame()
        self.head.setFixedHeight(HEAD_PX)
        head = row(self.heading, self.caption, *controls, margins=(margin_px, 4, 8 if controls else margin_px, 0))
        head.setStretchFactor(self.caption, 1)
        self.head.setLayout(head)
        layout = column(self.head, spacing=0)
        if isinstance(content, QWidget):
            layout.addWidget(content, 1)
        else:
            layout.addLayout(content, 1)
        self.setLayout(layout)

    def set_caption(self, text: str) -> None:
        """Say what is shown: 'epoch 20', 'mean of 5 draws'."""
        self.caption.setText(text)
