"""A plot of curves that grow while something runs: axes stand still, and it is drawn at most four times a second."""

from __future__ import annotations

import time

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector.ui.theme import font, theme
from inspector.ui.widgets.controls import follow_theme
from inspector.ui.widgets.plot_axis import Span, exponent, power_text, tick_texts, ticks, widened
from inspector.ui.widgets.plot_names import paint_names
from inspector.ui.widgets.plot_series import Band, Curve, Values, band, curve
from inspector.ui.widgets.plot_style import (
    ABOVE_PX,
    AXIS_PX,
    BELOW_PX,
    RIGHT_PX,
    Scales,
    paint_band,
    paint_curve,
    paint_key,
    thin_pen,
)

INTERVAL_MS = 250
DOT_ROOM_PX = 4  # a dot on the edge of the area is drawn whole
WIDE_FROM_PX = 260
SMALL_PX, PLOT_PX = QSize(160, 100), QSize(260, 140)
_ORDER = {"reference": 0, "compared": 1, "run": 2}


class LivePlot(QWidget):
    """Curves by name over a fixed x. `hovered` carries the x under the pointer, None once it has left."""

    hovered = Signal(object)

    def __init__(self, name: str, *, small: bool = False) -> None:
        """`name` says what is plotted, for screen readers."""
        super().__init__()
        self.curves: dict[str, Curve] = {}
        self.bands: dict[str, Band] = {}
        self._x = Span(0.0, 1.0)
        self._y: Span | None = None
        self._fixed_y = False
        self._limit: tuple[float, str] | None = None
        self._mark: tuple[float, str] | None = None
        self._unit = ""
        self._hover_x: float | None = None
        self._tick = QTimer(self)
        self._tick.setSingleShot(True)
        self._tick.timeout.connect(self.update)
        self.setAccessibleName(name)
        self.setMinimumSize(SMALL_PX if small else PLOT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        follow_theme(self, self.update)

    # What it shows

    def set_x_range(self, low: float, high: float) -> None:
        """Where x begins and ends, usually 0 and the planned epochs."""
        self._x = Span(low, max(high, low + 1))
        self._schedule()

    def set_y_range(self, low: float, high: float, *, fixed: bool = False) -> None:
        """What y shows at least; `fixed`: exactly that, whatever comes."""
        self._y, self._fixed_y = Span(low, high), fixed
        self._schedule()

    @property
    def x_range(self) -> tuple[float, float]:
        """Where x begins and ends."""
        return self._x.low, self._x.high

    @property
    def y_range(self) -> tuple[float, float]:
        """Where y begins and ends."""
        span = self._y or Span(0.0, 1.0)
        return span.low, span.high

    def set_curve(
        self, name: str, x: Values, y: Values, *, style: str = "run", label: str = "", dots: bool = False
    ) -> None:
        """Draw a curve or replace the one of this name: the 'run' in view, a 'compared' one or a 'reference'.

        Args:
            y: (n,), a value that is no number leaves a gap.
            label: written beside the last point; a reference's in a free corner.
            dots: mark every point.
        """
        self.curves[name] = curve(x, y, style=style, label=label, dots=dots)
        self._widen(self.curves[name].y)

    def set_band(self, name: str, x: Values, low: Values, high: Values) -> None:
        """Draw an interval or replace the one of this name."""
        self.bands[name] = band(x, low, high)
        self._widen(np.concatenate([self.bands[name].low, self.bands[name].high]))

    def set_limit(self, y: float, text: str) -> None:
        """A line that should not be crossed, with what it means."""
        self._limit = (y, text)
        self._schedule()

    def set_mark(self, x: float | None, text: str = "") -> None:
        """An upright line at an x that matters, such as the best epoch; None takes it away."""
        self._mark = None if x is None else (x, text)
        self._schedule()

    def set_unit(self, text: str) -> None:
        """What x counts, written once at the end of the axis."""
        self._unit = text
        self._schedule()

    def remove(self, name: str) -> None:
        """Take a curve and its band away."""
        self.curves.pop(name, None)
        self.bands.pop(name, None)
        self._schedule()

    def clear(self) -> None:
        """Take all curves away and let y find its range anew."""
        self.curves.clear()
        self.bands.clear()
        self._mark = None
        if not self._fixed_y:
            self._y = None
        self._schedule()

    def show_hover(self, x: float | None) -> None:
        """Draw the upright line at x, None: nowhere."""
        self._hover_x = x
        self.update()

    def value_at(self, name: str, x: float) -> float | None:
        """The value of a curve nearest to x."""
        return self.curves[name].at(x) if name in self.curves else None

    # What Qt calls

    def sizeHint(self) -> QSize:  # noqa: N802
        """Its least size."""
        return self.minimumSize()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Tell which x is under the pointer: one at which the run in view has a value."""
        runs = [shown for shown in self.curves.values() if shown.style == "run" and len(shown.x)]
        if runs:
            x = self._scales().x_at(event.position().x())
            self.hovered.emit(float(runs[0].x[np.abs(runs[0].x - x).argmin()]))

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Nothing is under the pointer."""
        super().leaveEvent(event)
        self.hovered.emit(None)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw everything; a few thousand points take about a millisecond."""
        scales = self._scales()
        with QPainter(self) as painter:
            painter.setFont(font(11))
            self._paint_axes(painter, scales)
            painter.save()
            painter.setClipRect(scales.area.adjusted(0, -DOT_ROOM_PX, RIGHT_PX, DOT_ROOM_PX))
            for shown_band in self.bands.values():
                paint_band(painter, scales, shown_band)
            for shown in sorted(self.curves.values(), key=lambda c: _ORDER[c.style]):
                paint_curve(painter, scales, shown)
            paint_names(painter, scales, [*self.curves.values()])
            painter.restore()
            self._paint_key(painter, scales)
            self._paint_limit(painter, scales)
            self._paint_uprights(painter, scales)

    # Inside

    def _widen(self, values: np.ndarray) -> None:
        if not self._fixed_y:
            self._y = widened(self._y, values.tolist())
        self._schedule()

    def _schedule(self) -> None:
        """Draw at the next multiple of the interval on the clock, so that all plots are drawn in the same tick."""
        if not self._tick.isActive():
            self._tick.start(INTERVAL_MS - int(time.monotonic() * 1000) % INTERVAL_MS)

    def _scales(self) -> Scales:
        area = QRectF(AXIS_PX, ABOVE_PX, self.width() - AXIS_PX - RIGHT_PX, self.height() - ABOVE_PX - BELOW_PX)
        return Scales(area, x=self.x_range, y=self.y_range)

    def _paint_axes(self, painter: QPainter, scales: Scales) -> None:
        area, span = scales.area, Span(*self.y_range)
        power = exponent(span)
        values = ticks(span)
        for value, text in zip(values, tick_texts(values, power), strict=True):
            y = round(scales.px_y(value))
            painter.setPen(thin_pen("grid"))
            painter.drawLine(round(area.left()), y, round(area.right()), y)
            painter.setPen(theme.colour("text3"))
            place = QRectF(0, y - 8, AXIS_PX - 6, 16)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        if power:
            place = QRectF(area.right() - 60, area.top() - 2, 60, 14)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, power_text(power))
        painter.setPen(thin_pen("control"))
        base = round(area.bottom())
        painter.drawLine(round(area.left()), base, round(area.right()), base)
        painter.setPen(theme.colour("text3"))
        values = ticks(self._x, whole=self._x.length > 1.5, intervals=4 if self.width() >= WIDE_FROM_PX else 3)
        for value, text in zip(values, tick_texts(values), strict=True):
            place = QRectF(scales.px_x(value) - 30, base + 3, 60, 14)
            place.moveRight(min(place.right(), self.width() + 22.0))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
        if self._unit:
            place = QRectF(area.right() - 80, base - 16, 80, 14)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._unit)

    def _paint_key(self, painter: QPainter, scales: Scales) -> None:
        others = [shown for shown in self.curves.values() if shown.style != "reference"]
        for shown in self.curves.values():
            if shown.style == "reference" and shown.label:
                paint_key(painter, scales, shown, others=others)

    def _paint_limit(self, painter: QPainter, scales: Scales) -> None:
        if self._limit is None or not self.y_range[0] <= self._limit[0] <= self.y_range[1]:
            return
        y = round(scales.px_y(self._limit[0]))
        painter.setPen(_dashed("bad"))
        painter.drawLine(round(scales.area.left()), y, round(scales.area.right()), y)
        painter.setPen(theme.colour("text3"))
        place = QRectF(scales.area.left(), y - 15, scales.area.width(), 14)
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._limit[1])

    def _paint_uprights(self, painter: QPainter, scales: Scales) -> None:
        area = scales.area
        if self._mark is not None:
            x = round(scales.px_x(self._mark[0]))
            painter.setPen(_dashed("text3"))
            painter.drawLine(x, round(area.top()), x, round(area.bottom()))
            painter.setPen(theme.colour("text3"))
            painter.drawText(QPointF(x + 6, area.top() + 10), self._mark[1])
        if self._hover_x is not None:
            x = round(scales.px_x(self._hover_x))
            painter.setPen(thin_pen("text3"))
            painter.drawLine(x, round(area.top()), x, round(area.bottom()))


def _dashed(token: str) -> QPen:
    pen = thin_pen(token)
    pen.setDashPattern([4, 2])
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen
