"""One page in the side bar: icon, name, a line of state, a mark, and the line that joins it with the next."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from inspector.ui.icons import pixmap
from inspector.ui.state.page_states import PageState
from inspector.ui.theme import font, theme
from inspector.ui.widgets.controls import follow_theme
from inspector.ui.widgets.progress_ring import RING_PX, paint_ring

HEIGHT_PX = 52
ICON_PX, MARK_PX = 20, 14
ICON_LEFT_PX, TEXT_LEFT_PX = 14, 44
ICON_CENTRE_PX = ICON_LEFT_PX + ICON_PX // 2
MARKS = {"done": ("check", "ok"), "waits": ("lock", "text3"), "look": ("warning", "warn")}
MARK_WORDS = {"done": "done", "running": "running", "waits": "waits for an earlier step", "look": "look here"}


class SideBarButton(QAbstractButton):
    """Checked while its page is shown. Narrow it shows the icon alone, with the rest in its tooltip."""

    def __init__(self, icon_name: str, title: str, shortcut: str, *, is_last: bool) -> None:
        super().__init__()
        self._icon_name, self._title, self._shortcut, self._is_last = icon_name, title, shortcut, is_last
        self._state = PageState("")
        self._is_narrow = False
        self.setCheckable(True)
        self.setFixedHeight(HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        follow_theme(self, self.update)
        self.set_state(PageState(""))

    def set_state(self, state: PageState) -> None:
        """Show another line and mark."""
        self._state = state
        mark = MARK_WORDS.get(state.mark, "")
        self.setAccessibleName(self._title)
        self.setAccessibleDescription(", ".join(filter(None, [state.line, mark])))
        line = f"\n{state.line}" if state.line else ""  # which may be cut
        self.setToolTip(f"{self._title} ({self._shortcut}){line}")
        self.update()

    def set_narrow(self, is_narrow: bool) -> None:
        """The icon alone, or all."""
        self._is_narrow = is_narrow
        self.set_state(self._state)

    def sizeHint(self) -> QSize:  # noqa: N802
        """As wide as the side bar makes it."""
        return QSize(ICON_PX, HEIGHT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw it."""
        with QPainter(self) as painter:
            self._paint_ground(painter)
            token = "accent" if self.isChecked() else "text2"
            left = (self.width() - ICON_PX) // 2 if self._is_narrow else ICON_LEFT_PX
            painter.drawPixmap(QPoint(left, 8), pixmap(self._icon_name, size_px=ICON_PX, token=token))
            if not self._is_last:
                painter.fillRect(QRect(left + ICON_PX // 2, 36, 1, 12), theme.colour("control"))
            if not self._is_narrow:
                self._paint_text(painter)
            self._paint_mark(painter)

    def _paint_ground(self, painter: QPainter) -> None:
        if self.isChecked():
            painter.fillRect(self.rect(), theme.colour("surface"))
            painter.fillRect(QRect(0, 0, 3, self.height()), theme.colour("accent"))
        elif self.underMouse():
            painter.fillRect(self.rect(), theme.colour("hover"))

    def _paint_text(self, painter: QPainter) -> None:
        right = self.width() - 12
        painter.setPen(theme.colour("text"))
        painter.setFont(font(13, semibold=True))
        painter.drawText(QRect(TEXT_LEFT_PX, 8, right - TEXT_LEFT_PX - 18, 18), _left(), self._title)
        painter.setPen(theme.colour("text3"))
        painter.setFont(font(11))
        room = QRect(TEXT_LEFT_PX, 27, right - TEXT_LEFT_PX + 6, 15)
        text = painter.fontMetrics().elidedText(self._state.line, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, _left(), text)

    def _paint_mark(self, painter: QPainter) -> None:
        right = self.width() - (4 if self._is_narrow else 12)
        if self._state.mark == "running":
            paint_ring(painter, QRectF(right - RING_PX, 10, RING_PX, RING_PX), self._state.share)
        elif self._state.mark in MARKS:
            name, token = MARKS[self._state.mark]
            painter.drawPixmap(QPoint(right - MARK_PX, 10), pixmap(name, size_px=MARK_PX, token=token))


def _left() -> Qt.AlignmentFlag:
    return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
