"""The classes as buttons with their keys, for one decision at a time."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QPushButton, QScrollArea

from inspector.ui.session import ClassMark, Session
from inspector.ui.widgets.class_badge import KEY_BADGE_PX, paint_badge
from inspector.ui.widgets.controls import button, follow_theme, pane, row
from inspector.ui.wording import without_mnemonic

HEIGHT_PX = 52


class ClassKeysRow(QScrollArea):
    """A button a class; what does not fit scrolls. `chosen` carries the class's name."""

    chosen = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setWidgetResizable(True)
        self.setFixedHeight(HEIGHT_PX)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Classes")
        follow_theme(self, self.rebuild)
        self.rebuild()

    def rebuild(self) -> None:
        """The classes, their keys or their colours are others."""
        buttons = [self._button(record.name) for record in self._session.classes]
        self.setWidget(pane(row(*buttons, None, margins=(16, 4, 16, 4))))

    def _button(self, class_name: str) -> QPushButton:
        mark = self._session.mark(class_name)
        key = f" ({mark.key})" if mark.key else ""
        text, tooltip = without_mnemonic(class_name), f"Label as {class_name}{key}"
        made = button(text, lambda: self.chosen.emit(class_name), tooltip=tooltip)
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys to the review
        made.setIcon(badge_icon(mark, ratio=self.devicePixelRatioF()))
        made.setIconSize(QSize(KEY_BADGE_PX, KEY_BADGE_PX))
        made.setFixedHeight(36)
        return made


def badge_icon(mark: ClassMark, *, ratio: float) -> QIcon:
    """A class's badge as the icon of a button."""
    drawn = QPixmap(QSize(KEY_BADGE_PX, KEY_BADGE_PX) * ratio)
    drawn.setDevicePixelRatio(ratio)
    drawn.fill(Qt.GlobalColor.transparent)
    with QPainter(drawn) as painter:
        paint_badge(painter, QRectF(0, 0, KEY_BADGE_PX, KEY_BADGE_PX), mark)
    return QIcon(drawn)
