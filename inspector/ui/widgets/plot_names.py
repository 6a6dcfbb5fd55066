"""Names of curves beside their last points: where no curve runs through them, and no other name stands."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from inspector.ui.theme import font, theme
from inspector.ui.widgets.plot_series import Curve
from inspector.ui.widgets.plot_style import ABOVE_PX, RIGHT_PX, Scales

NAME_PX, GAP_PX = 16, 3
SHIFTS = (0.0, 0.2, 0.4, 0.6)  # of the width, to the left
BESIDE_PX = 7  # from the middle of a dot


def paint_names(painter: QPainter, scales: Scales, curves: Sequence[Curve]) -> None:
    """Write the names of the curves that have one; a reference is named by a key."""
    painter.setFont(font(11))
    painter.setPen(theme.colour("text2"))
    taken: list[QRectF] = []
    for shown in curves:
        if shown.label and shown.style != "reference" and shown.last() is not None:
            width = painter.fontMetrics().horizontalAdvance(shown.label) + 2
            place = name_place(scales, shown, curves, width=width, taken=taken)
            taken.append(place)
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown.label)


def name_place(
    scales: Scales, shown: Curve, curves: Sequence[Curve], *, width: float, taken: Sequence[QRectF] = ()
) -> QRectF:
    """Where a curve's name stands: beside its end, or along the curve where there is room, as far right as can be."""
    last = shown.last()
    assert last is not None
    x, y = scales.px_x(last[0]), scales.px_y(last[1])
    beside = QRectF(x + BESIDE_PX, y - NAME_PX / 2, width, NAME_PX)
    if beside.right() <= scales.area.right() + RIGHT_PX:
        return beside
    others = [curve for curve in curves if curve is not shown]
    for share in SHIFTS:
        left = scales.area.right() - share * scales.area.width() - width
        place = _along(scales, left, width, shown, others, taken)
        if place is not None:
            return place
    top = max(y - GAP_PX - NAME_PX, scales.area.top())
    return QRectF(scales.area.right() - width, top, width, NAME_PX)


def _along(
    scales: Scales, left: float, width: float, shown: Curve, others: Sequence[Curve], taken: Sequence[QRectF]
) -> QRectF | None:
    """Just above or just below a curve, on the side with more room; None where others are in the way on both."""
    own = _span(scales, shown, left, left + width)
    if own is None or left < scales.area.left():
        return None
    spans = [span for curve in others if (span := _span(scales, curve, left, left + width))]
    spans += [(place.top(), place.bottom()) for place in taken if place.left() < left + width and left < place.right()]
    room = {}
    for top in (own[0] - GAP_PX - NAME_PX, own[1] + GAP_PX):
        gaps = [max(high - (top + NAME_PX), top - low) for high, low in spans]
        if scales.area.top() - ABOVE_PX <= top <= scales.area.bottom() - NAME_PX and min(gaps, default=np.inf) >= 0:
            room[top] = min(gaps, default=np.inf)
    return QRectF(left, max(room, key=lambda top: room[top]), width, NAME_PX) if room else None


def _span(scales: Scales, curve: Curve, left: float, right: float) -> tuple[float, float] | None:
    """The highest and the lowest pixel of a curve between two others across; None where it does not come."""
    finite = np.isfinite(curve.y)
    x, y = curve.x[finite], curve.y[finite]
    low, high = scales.x_at(left), scales.x_at(right)
    if not len(x) or x[0] > high or x[-1] < low:
        return None
    ends = np.interp(np.clip([low, high], x[0], x[-1]), x, y)
    values = np.concatenate([ends, y[(x >= low) & (x <= high)]])
    return scales.px_y(values.max()), scales.px_y(values.min())
