"""One class as a large key: badge, count, name; and the key that makes a new class."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton

from inspector.ui.icons import pixmap
from inspector.ui.state.session import ClassMark
from inspector.ui.theme import font, theme
from inspector.ui.widgets.class_badge import KEY_BADGE_PX, RADIUS_PX, paint_badge
from inspector.ui.widgets.controls import follow_theme

PADDING_PX, ICON_PX = 7, 16


class _Key(QAbstractButton):
    """The frame that both have. A click leaves the keyboard to the page; Tab reaches it all the same."""

    border = Qt.PenStyle.SolidLine

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        follow_theme(self, self.update)

    def _paint_frame(self, painter: QPainter, *, is_chosen: bool = False) -> QRectF:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        border = "border" if not self.isEnabled() else "accent" if is_chosen else "control"
        painter.setPen(QPen(theme.colour(border), 1, self.border))
        painter.setBrush(self._fill(is_chosen=is_chosen))
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(rect, RADIUS_PX, RADIUS_PX)
        return rect.adjusted(PADDING_PX, PADDING_PX, -PADDING_PX, -PADDING_PX)

    def _paint_name(self, painter: QPainter, inner: QRectF, text: str) -> None:
        painter.setFont(font(12))
        painter.setPen(theme.colour("text" if self.isEnabled() else "disabled"))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(inner.width()))
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, shown)

    def _fill(self, *, is_chosen: bool) -> QColor:
        if not self.isEnabled():
            return theme.colour("surface", 0)
        if self.isDown():
            return theme.colour("pressed")
        if is_chosen:
            return theme.colour("tint")
        return theme.colour("hover" if self.underMouse() else "surface")


class ClassKey(_Key):
    """A class. `show_class` says which, and whether the guess or the label is tinted."""

    def __init__(self, mark: ClassMark) -> None:
        super().__init__()
        self.mark = mark
        self._count, self._is_guessed = 0, False
        key = f" (key {mark.key})" if mark.key else ", no key"
        self.setToolTip(f"{mark.name}{key}. Right click or F2: rename, merge, remove, another key or colour.")
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._describe()

    @property
    def is_guessed(self) -> bool:
        """Whether it is the guess for the image in view, or its label."""
        return self._is_guessed

    def set_count(self, number: int) -> None:
        """How many images have this label."""
        self._count = number
        self._describe()

    def set_guessed(self, is_guessed: bool) -> None:
        """Tint it."""
        self._is_guessed = is_guessed
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """F2 opens its menu, as the menu key does."""
        if event.key() == Qt.Key.Key_F2:
            self.customContextMenuRequested.emit(self.rect().center())
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Badge upper left, count upper right, name below."""
        with QPainter(self) as painter:
            inner = self._paint_frame(painter, is_chosen=self._is_guessed)
            opacity = 1.0 if self.isEnabled() else 0.4
            badge = QRectF(inner.left(), inner.top(), KEY_BADGE_PX, KEY_BADGE_PX)
            paint_badge(painter, badge, self.mark, opacity=opacity)
            painter.setFont(font(12))
            painter.setPen(theme.colour("text2" if self.isEnabled() else "disabled"))
            painter.drawText(inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, f"{self._count:,}")
            self._paint_name(painter, inner, self.mark.name)

    def _describe(self) -> None:
        self.setAccessibleName(f"Label as {self.mark.name}, {self._count:,} so far")
        self.update()


class NewClassKey(_Key):
    """Makes a class."""

    border = Qt.PenStyle.DashLine

    def __init__(self) -> None:
        super().__init__()
        self.setToolTip("New class (key N)")
        self.setAccessibleName("New class")

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Its key, a plus, its word."""
        with QPainter(self) as painter:
            inner = self._paint_frame(painter)
            token = "text2" if self.isEnabled() else "disabled"
            painter.setPen(theme.colour("control" if self.isEnabled() else "border"))
            badge = QRectF(inner.left() + 0.5, inner.top() + 0.5, KEY_BADGE_PX - 1, KEY_BADGE_PX - 1)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(badge, RADIUS_PX, RADIUS_PX)
            painter.setPen(theme.colour(token))
            painter.setFont(font(11, semibold=True))
            painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, "N")
            plus = pixmap("plus", size_px=ICON_PX, token=token)
            painter.drawPixmap(int(inner.right() - ICON_PX), int(inner.top() + 3), plus)
            self._paint_name(painter, inner, "New")
