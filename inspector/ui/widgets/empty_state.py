"""What stands where there is nothing yet: an icon, one sentence, one button that leads on."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel, QWidget

from inspector.ui.icons import pixmap
from inspector.ui.widgets.controls import button, column, follow_theme, label, row

ICON_PX = 32
TEXT_WIDTH_PX, SPARE_PX = 320, 4


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
        self._sentence = label(tone="text2", wraps=True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.set_sentence(sentence)
        self.button = button(action, on_action, kind="primary" if primary else "", icon_name=action_icon)
        centre = Qt.AlignmentFlag.AlignHCenter
        layout = column(None, spacing=12)
        layout.addWidget(self._picture, 0, centre)
        layout.addLayout(row(None, self._sentence, None))  # in a row it gets the height that its lines need
        layout.addWidget(self.button, 0, centre)
        layout.addStretch(1)
        self.setLayout(layout)
        self.button.setVisible(bool(action))  # not before it has a parent: it would be a window for a moment
        follow_theme(self, self._draw)
        self._draw()

    @property
    def sentence(self) -> str:
        """What it says."""
        return self._sentence.text()

    def set_sentence(self, text: str) -> None:
        """Say something else, on lines of about the same length: none holds a last word alone."""
        self._sentence.setText(text)
        metrics = QFontMetrics(self._sentence.font())

        def height_px(width_px: int) -> int:
            return metrics.boundingRect(QRect(0, 0, width_px, 0), Qt.TextFlag.TextWordWrap, text).height()

        least = height_px(TEXT_WIDTH_PX)
        narrowest = bisect_left(range(TEXT_WIDTH_PX), -least, key=lambda width_px: -height_px(width_px))
        self._sentence.setFixedWidth(narrowest + SPARE_PX)

    def _draw(self) -> None:
        self._picture.setPixmap(pixmap(self._icon_name, size_px=ICON_PX, token="text3"))
