"""The ring around the control that has the keyboard focus; a click alone draws none."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractItemView, QApplication, QMenu, QMenuBar, QWidget

from inspector.ui.theme import theme

GAP_PX, WIDTH_PX, RADIUS_PX = 1, 2, 6
KEYBOARD_REASONS = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
# These mark the current item within themselves.
OWN_MARK = (QAbstractItemView, QMenu, QMenuBar)


class FocusRing(QWidget):
    """One for the whole application: a mouse-transparent sibling of the focused widget that follows it.

    A control that a click disables hands the focus on as if by Tab: there is no ring then either.
    """

    def __init__(self, application: QApplication) -> None:
        super().__init__()
        self._target: QWidget | None = None
        self._is_mouse_in_use = False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        self._application = application
        application.installEventFilter(self)

    def remove(self) -> None:
        """Follow the focus no more."""
        self._application.removeEventFilter(self)
        self._follow(None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Follow the focus, and the focused widget's place."""
        kind = event.type()
        if kind in (QEvent.Type.MouseButtonPress, QEvent.Type.KeyPress):
            self._is_mouse_in_use = kind == QEvent.Type.MouseButtonPress
        elif kind == QEvent.Type.FocusIn and isinstance(watched, QWidget):
            by_keyboard = not self._is_mouse_in_use and event.reason() in KEYBOARD_REASONS  # type: ignore[attr-defined]
            self._follow(watched if by_keyboard and not isinstance(watched, OWN_MARK) else None)
        elif watched is self._target:
            if kind in (QEvent.Type.Move, QEvent.Type.Resize):
                self._place()
            elif kind in (QEvent.Type.FocusOut, QEvent.Type.Hide):
                self._follow(None)
            elif kind == QEvent.Type.Destroy:
                self._target = None
        return False

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw it."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.colour("accent"), WIDTH_PX))
            half = WIDTH_PX / 2
            painter.drawRoundedRect(self.rect().toRectF().adjusted(half, half, -half, -half), RADIUS_PX, RADIUS_PX)

    def _follow(self, widget: QWidget | None) -> None:
        self._target = widget
        if widget is None or widget.parentWidget() is None or widget.isWindow():
            self.hide()
            self.setParent(None)
            return
        self.setParent(widget.parentWidget())
        self._place()
        self.show()
        self.raise_()

    def _place(self) -> None:
        if self._target is not None:
            reach = GAP_PX + WIDTH_PX
            self.setGeometry(QRect(self._target.geometry()).adjusted(-reach, -reach, reach, reach))
