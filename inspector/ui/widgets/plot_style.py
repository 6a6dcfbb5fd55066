"""How plots are drawn: pens of one pixel, no smoothing (wider pens are about 12 times slower), colours by token."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from inspector.ui.theme import font, theme
from inspector.ui.widgets.plot_series import Band, Curve, finite_stretches

AXIS_PX, BELOW_PX, ABOVE_PX, RIGHT_PX = 36, 18, 8, 14
DOT_PX = 3
KEY_PX, KEY_LINE_PX = 16, 22
BAND_OPACITY = 0.16
_LINES = {"run": ("accent", None), "compared": ("text2", (4, 2)), "reference": ("control", (1, 3))}


def line_pen(style: str) -> QPen:
    """The pen of a curve: the run in view solid, the compared one dashed, a reference dotted."""
    token, dashes = _LINES[style]
    pen = QPen(theme.colour(token), 1)
    pen.setCosmetic(True)
    if dashes is not None:
        pen.setDashPattern(list(dashes))
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def thin_pen(token: str) -> QPen:
    """A solid pen of a token's colour."""
    pen = QPen(theme.colour(token), 1)
    pen.setCosmetic(True)
    return pen


class Scales:
    """From values to pixels of one plot's area."""

    def __init__(self, area: QRectF, *, x: tuple[float, float], y: tuple[float, float]) -> None:
        self.area = area
        self._x_low, self._y_low = x[0], y[0]
        self._per_x = area.width() / max(x[1] - x[0], 1e-12)
        self._per_y = area.height() / max(y[1] - y[0], 1e-12)

    def px_x(self, x: float) -> float:
        """The horizontal place of a value."""
        return self.area.left() + (x - self._x_low) * self._per_x

    def px_y(self, y: float) -> float:
        """The vertical place of a value."""
        return self.area.bottom() - (y - self._y_low) * self._per_y

    def x_at(self, px: float) -> float:
        """The value at a horizontal place."""
        return self._x_low + (px - self.area.left()) / max(self._per_x, 1e-12)

    def polygon(self, x: np.ndarray, y: np.ndarray) -> QPolygonF:
        """A line's points in pixels."""
        across = self.area.left() + (x - self._x_low) * self._per_x
        down = self.area.bottom() - (y - self._y_low) * self._per_y
        return QPolygonF([QPointF(a, d) for a, d in zip(across.tolist(), down.tolist(), strict=True)])


def paint_band(painter: QPainter, scales: Scales, shown: Band) -> None:
    """Draw an interval; one of a single point as a bar of one pixel."""
    if len(shown.x) == 0:
        return
    if len(shown.x) == 1:
        painter.setPen(thin_pen("accent"))
        x = scales.px_x(shown.x[0])
        painter.drawLine(QPointF(x, scales.px_y(shown.low[0])), QPointF(x, scales.px_y(shown.high[0])))
        return
    outline = np.concatenate([shown.x, shown.x[::-1]]), np.concatenate([shown.low, shown.high[::-1]])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("accent", BAND_OPACITY))
    painter.drawPolygon(scales.polygon(*outline))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def paint_curve(painter: QPainter, scales: Scales, shown: Curve) -> None:
    """Draw a line with its last value as a dot; names come after all lines (see plot_names)."""
    painter.setPen(line_pen(shown.style))
    for stretch in finite_stretches(shown.y):
        points = scales.polygon(shown.x[stretch], shown.y[stretch])
        painter.drawPolyline(points)
        if shown.dots:
            for point in points:
                _paint_dot(painter, point, shown.style)
    last = shown.last()
    if last is None or shown.style == "reference":
        return
    _paint_dot(painter, QPointF(scales.px_x(last[0]), scales.px_y(last[1])), shown.style)


def _paint_dot(painter: QPainter, at: QPointF, style: str) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(_LINES[style][0]))
    painter.drawEllipse(at, DOT_PX - 0.5, DOT_PX - 0.5)
    painter.restore()


def paint_key(painter: QPainter, scales: Scales, shown: Curve, *, others: Sequence[Curve]) -> None:
    """Name a reference, a piece of its line before the name, in that corner at the right where no other curve is."""
    painter.setFont(font(11))
    width = painter.fontMetrics().horizontalAdvance(shown.label) + 2
    left = scales.area.right() - width - KEY_LINE_PX - 6
    is_right = [curve.x >= scales.x_at(left) for curve in others]
    highest = max((curve.y[at].max() for curve, at in zip(others, is_right, strict=True) if at.any()), default=-np.inf)
    is_free = scales.px_y(highest) > scales.area.top() + KEY_PX
    top = scales.area.top() - 2 if is_free else scales.area.bottom() - KEY_PX
    painter.setPen(line_pen(shown.style))
    painter.drawLine(QPointF(left, top + KEY_PX / 2), QPointF(left + KEY_LINE_PX, top + KEY_PX / 2))
    painter.setPen(theme.colour("text3"))
    place = QRectF(left + KEY_LINE_PX + 6, top, width, KEY_PX)
    painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown.label)
