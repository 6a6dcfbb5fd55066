"""A push button whose text is cut with an ellipsis where the room ends: it never makes what holds it wider."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QHelpEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QToolTip

from inspector.ui.wording import without_mnemonic

NARROWEST_PX = 64
ELLIPSIS = "…"
ROUNDING_PX = 2  # widths of texts are rounded, one by one


class ElidedButton(QPushButton):
    """As wide as its text at most, and as narrow as there is room."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._full = self._shown = ""
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def full_text(self) -> str:
        """The text without ellipsis."""
        return self._full

    def setText(self, text: str) -> None:  # noqa: N802 (Qt's name)
        """Show a text, as much of it as fits."""
        self._full = text
        self.setAccessibleName(text)
        self.updateGeometry()
        self._elide()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Fit the text again."""
        super().resizeEvent(event)
        self._elide()

    def event(self, event: QEvent) -> bool:
        """A text that is cut is told whole, unless a tooltip has more to say, such as why the button is disabled."""
        if isinstance(event, QHelpEvent) and self._shown != self._full and not self.toolTip():
            QToolTip.showText(event.globalPos(), self._full, self)
            return True
        return super().event(event)

    def sizeHint(self) -> QSize:  # noqa: N802
        """With room for the whole text."""
        missing_px = self._width_of(self._full) - self._width_of(self._shown)
        return super().sizeHint() + QSize(missing_px + ROUNDING_PX, 0)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """With room for an icon and an ellipsis."""
        return QSize(min(NARROWEST_PX, self.sizeHint().width()), self.sizeHint().height())

    def _width_of(self, text: str) -> int:
        return self.fontMetrics().horizontalAdvance(text)

    def _elide(self) -> None:
        frame_px = super().sizeHint().width() - self._width_of(self._shown)
        room_px = max(self.width() - frame_px, 0)
        shown = self.fontMetrics().elidedText(self._full, Qt.TextElideMode.ElideRight, room_px)
        self._shown = shown or ELLIPSIS  # without any text Qt measures the button by a text of its own
        super().setText(without_mnemonic(self._shown))
