"""What stands where there is nothing yet: an icon, one sentence, one button that leads on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from inspector.ui.icons import pixmap
from inspector.ui.widgets.controls import button, column, follow_theme, label, row

ICON_PX = 32
TEXT_WIDTH_PX = 320


class EmptyState(QWidget):
    """Centred in the area that would hold the content. Without `action` there is no button."""

    def __init__(
        self,
        icon_name: str,
        sentence: str,
        action: str = "",
        on_action: Callable[[], object] | None = None,
        *,
        action_icon: str = "",
        primary: bool = True,
    ) -> None:
        super().__init__()
        self._icon_name = icon_name
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.sentence = label(sentence, tone="text2", wraps=True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.sentence.setFixedWidth(TEXT_WIDTH_PX)
        self.button = button(action, on_action, kind="primary" if primary else "", icon_name=action_icon)
        centre = Qt.AlignmentFlag.AlignHCenter
        layout = column(None, spacing=12)
        layout.addWidget(self._picture, 0, centre)
        layout.addLayout(row(None, self.sentence, None))  # in a row it gets the height that its lines need
        layout.addWidget(self.button, 0, centre)
        layout.addStretch(1)
        self.setLayout(layout)
        self.button.setVisible(bool(action))  # not before it has a parent: it would be a window for a moment
        follow_theme(self, self._draw)
        self._draw()

    def _draw(self) -> None:
        self._picture.setPixmap(pixmap(self._icon_name, size_px=ICON_PX, token="text3"))
