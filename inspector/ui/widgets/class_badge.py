"""A class's badge: its key on a rounded square of its colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from inspector.ui.theme import font, theme
from inspector.ui.widgets.controls import follow_theme

if TYPE_CHECKING:
    from inspector.ui.state.session import ClassMark

BADGE_PX, KEY_BADGE_PX, DENSE_BADGE_PX = 18, 22, 15
RADIUS_PX = 4


def paint_badge(
    painter: QPainter, rect: QRectF, mark: ClassMark | None, *, ring: bool = False, opacity: float = 1.0
) -> None:
    """Draw a badge; without a mark an empty outline.

    `ring` sets it off from an image. `opacity` is that of the fill, for a guess: its key stays as readable as any.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if mark is None:
        painter.setPen(QPen(theme.colour("control"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_PX, RADIUS_PX)
    else:
        if ring:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("surface"))
            painter.drawRoundedRect(rect.adjusted(-1, -1, 1, 1), RADIUS_PX + 1, RADIUS_PX + 1)
        painter.setPen(Qt.PenStyle.NoPen)
        fill = _on_surface(mark.colour, opacity)
        painter.setBrush(fill)
        painter.drawRoundedRect(rect, RADIUS_PX, RADIUS_PX)
        painter.setPen(theme.readable_on(fill))
        painter.setFont(font(11, semibold=True))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, mark.key)
    painter.restore()


def _on_surface(colour: QColor, opacity: float) -> QColor:
    """What a colour looks like where the surface shines through it."""
    ground = theme.colour("surface")
    mixed = (
        opacity * above + (1 - opacity) * below
        for above, below in zip(colour.getRgbF()[:3], ground.getRgbF()[:3], strict=True)
    )
    return QColor.fromRgbF(*mixed)


class ClassBadge(QWidget):
    """A badge as a widget; the class's name beside it says the same, so it is not read aloud."""

    def __init__(self, mark: ClassMark | None = None, *, size_px: int = BADGE_PX) -> None:
        super().__init__()
        self._mark = mark
        self.setFixedSize(size_px, size_px)
        follow_theme(self, self.update)

    def set_mark(self, mark: ClassMark | None) -> None:
        """Show another class; None: no class yet."""
        self._mark = mark
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Its fixed size."""
        return self.size()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw it."""
        with QPainter(self) as painter:
            paint_badge(painter, QRectF(self.rect()), self._mark)


def paint_symbol(painter: QPainter, centre: QPointF, symbol: str, colour: QColor, *, size_px: float) -> None:
    """Draw the shape that a class's points have in the map, for keys and lists."""
    half = size_px / 2
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    x, y = centre.x(), centre.y()
    if symbol == "o":
        painter.drawEllipse(centre, half, half)
    elif symbol == "s":
        painter.drawRect(QRectF(x - half, y - half, size_px, size_px))
    elif symbol == "t1":
        painter.drawPolygon([QPointF(x, y - half), QPointF(x + half, y + half), QPointF(x - half, y + half)])
    else:
        painter.drawPolygon([QPointF(x, y - half), QPointF(x + half, y), QPointF(x, y + half), QPointF(x - half, y)])
    painter.restore()
