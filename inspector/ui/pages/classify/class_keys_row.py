"""The classes as buttons with their keys, for one decision at a time."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea

from inspector.ui.state.session import ClassMark, Session
from inspector.ui.widgets.class_badge import KEY_BADGE_PX, paint_badge
from inspector.ui.widgets.controls import ICON_GAP_PX, follow_theme
from inspector.ui.widgets.elided_button import ElidedButton

KEY_HEIGHT_PX, MAX_KEY_PX, GAP_PX = 36, 180, 8
MARGIN_PX = 16
SHOWN_ROWS = 2


class ClassKeysRow(QScrollArea):
    """A button a class, in as many rows as they need; from the third on they scroll. `chosen` carries the class."""

    chosen = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.buttons: list[ElidedButton] = []
        self._inside = QFrame()
        self._inside.setProperty("pane", "surface")
        self.setWidget(self._inside)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Classes")
        follow_theme(self, self.rebuild)
        self.rebuild()

    def rebuild(self) -> None:
        """The classes, their keys or their colours are others."""
        for made in self.buttons:
            made.hide()
            made.deleteLater()
        self.buttons = [self._button(record.name) for record in self._session.classes]
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Other rows."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        right = self.width() - MARGIN_PX - self.verticalScrollBar().sizeHint().width()
        x, y, rows = MARGIN_PX, GAP_PX, 1
        for made in self.buttons:
            width = min(made.sizeHint().width(), MAX_KEY_PX)
            if x > MARGIN_PX and x + width > right:
                x, y, rows = MARGIN_PX, y + KEY_HEIGHT_PX + GAP_PX, rows + 1
            made.setGeometry(x, y, width, KEY_HEIGHT_PX)
            x += width + GAP_PX
        self._inside.setFixedSize(self.width(), _height_px(rows))
        self.setFixedHeight(_height_px(min(rows, SHOWN_ROWS)))

    def _button(self, class_name: str) -> ElidedButton:
        mark = self._session.mark(class_name)
        key = f" ({mark.key})" if mark.key else ""
        made = ElidedButton(class_name)
        made.setParent(self._inside)
        made.setToolTip(f"Label as {class_name}{key}")
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys to the review
        made.setIcon(_badge_icon(mark, ratio=self.devicePixelRatioF()))
        made.setIconSize(QSize(KEY_BADGE_PX + ICON_GAP_PX, KEY_BADGE_PX))
        made.clicked.connect(partial(self.chosen.emit, class_name))
        made.show()
        return made


def _height_px(rows: int) -> int:
    return rows * (KEY_HEIGHT_PX + GAP_PX) + GAP_PX


def _badge_icon(mark: ClassMark, *, ratio: float) -> QIcon:
    """A class's badge as the icon of a button, with a gap before the button's text."""
    drawn = QPixmap(QSize(KEY_BADGE_PX + ICON_GAP_PX, KEY_BADGE_PX) * ratio)
    drawn.setDevicePixelRatio(ratio)
    drawn.fill(Qt.GlobalColor.transparent)
    with QPainter(drawn) as painter:
        paint_badge(painter, QRectF(0, 0, KEY_BADGE_PX, KEY_BADGE_PX), mark)
    return QIcon(drawn)
