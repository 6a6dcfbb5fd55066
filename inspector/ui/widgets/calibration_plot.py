"""Is a confidence of 0.9 right nine times in ten? Share of right answers against confidence, each with its interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector.ui.theme import font, theme
from inspector.ui.widgets.controls import follow_theme
from inspector.ui.widgets.live_plot import PLOT_PX
from inspector.ui.widgets.plot_style import ABOVE_PX, AXIS_PX, BELOW_PX, RIGHT_PX, Scales, thin_pen
from models.evaluation.calibration import reliability
from models.evaluation.evaluate import calibration_bins, wilson_interval

TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
HISTOGRAM_BINS = 20
HISTOGRAM_SHARE = 0.22  # of the plot's height, for the fullest bin
DOT_PX = 3


@dataclass(frozen=True)
class CalibrationPoints:
    """Groups of answers by rising confidence, each (b,), and the counts (HISTOGRAM_BINS,) of all confidences."""

    confidence: np.ndarray
    accuracy: np.ndarray
    low: np.ndarray
    high: np.ndarray
    images: np.ndarray
    histogram: np.ndarray


def calibration_points(confidence: np.ndarray, correct: np.ndarray) -> CalibrationPoints:
    """Group the confidences (n,) of answers that were `correct` (n,), with 95 % limits of each group's share.

    Raises:
        ValueError: no answers, or a confidence outside 0..1.
    """
    diagram = reliability(confidence, correct, calibration_bins(len(confidence)))
    limits = [wilson_interval(round(a * n), int(n)) for a, n in zip(diagram.accuracy, diagram.images, strict=True)]
    low, high = np.array(limits).T
    histogram, _ = np.histogram(confidence, HISTOGRAM_BINS, (0, 1))
    return CalibrationPoints(diagram.confidence, diagram.accuracy, low, high, diagram.images, histogram)


class CalibrationPlot(QWidget):
    """Both axes run from 0 to 1; grey bars at the foot count the images, the dashed line is perfect calibration."""

    def __init__(self) -> None:
        super().__init__()
        self.points: CalibrationPoints | None = None
        self.setMinimumSize(PLOT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Calibration: share of right answers against confidence")
        follow_theme(self, self.update)

    def set_points(self, points: CalibrationPoints | None) -> None:
        """Show other groups, None: the axes alone."""
        self.points = points
        self.setAccessibleDescription("" if points is None else _read_aloud(points))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Axes, histogram, diagonal, points."""
        area = QRectF(AXIS_PX, ABOVE_PX, self.width() - AXIS_PX - RIGHT_PX, self.height() - ABOVE_PX - BELOW_PX)
        scales = Scales(area, x=(0, 1), y=(0, 1))
        with QPainter(self) as painter:
            painter.setFont(font(11))
            _paint_axes(painter, scales)
            if self.points is not None:
                _paint_histogram(painter, scales, self.points.histogram)
            pen = thin_pen("control")
            pen.setDashPattern([4, 3])
            painter.setPen(pen)
            painter.drawLine(QPointF(area.left(), area.bottom()), QPointF(area.right(), area.top()))
            if self.points is not None:
                _paint_points(painter, scales, self.points)


def _read_aloud(points: CalibrationPoints) -> str:
    groups = zip(points.confidence, points.accuracy, points.images, strict=True)
    return "; ".join(f"confidence {c:.2f}: {a:.2f} right of {int(n)}" for c, a, n in groups)


def _paint_axes(painter: QPainter, scales: Scales) -> None:
    area = scales.area
    for value in TICKS:
        y = round(scales.px_y(value))
        painter.setPen(thin_pen("control" if value == 0 else "grid"))
        painter.drawLine(round(area.left()), y, round(area.right()), y)
        painter.setPen(theme.colour("text3"))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, y - 8, AXIS_PX - 6, 16), right, f"{value:.2f}")
        below = QRectF(scales.px_x(value) - 20, area.bottom() + 3, 40, 14)
        below.moveRight(min(below.right(), area.right() + RIGHT_PX + 6))
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, f"{value:g}")


def _paint_histogram(painter: QPainter, scales: Scales, histogram: np.ndarray) -> None:
    area, fullest = scales.area, max(1, int(histogram.max()))
    for k, images in enumerate(histogram.tolist()):
        if images:
            height = area.height() * HISTOGRAM_SHARE * images / fullest
            left, right = scales.px_x(k / HISTOGRAM_BINS), scales.px_x((k + 1) / HISTOGRAM_BINS)
            bar = QRectF(left + 1, area.bottom() - height, right - left - 1, height)
            painter.fillRect(bar, theme.colour("track"))


def _paint_points(painter: QPainter, scales: Scales, points: CalibrationPoints) -> None:
    painter.setPen(thin_pen("accent"))
    for x, low, high in zip(points.confidence, points.low, points.high, strict=True):
        at = round(scales.px_x(x))
        painter.drawLine(at, round(scales.px_y(low)), at, round(scales.px_y(high)))
    line = scales.polygon(points.confidence, points.accuracy)
    painter.drawPolyline(line)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(theme.colour("accent"))
    for point in line:
        painter.drawEllipse(point, DOT_PX, DOT_PX)
