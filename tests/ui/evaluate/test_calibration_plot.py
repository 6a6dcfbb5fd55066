"""Groups of a calibration plot."""

from __future__ import annotations

import numpy as np

from inspector.ui.widgets.calibration_plot import CalibrationPlot, calibration_points
from models.evaluation.evaluate import wilson_interval


def test_points_have_the_interval_of_their_images():
    points = calibration_points(np.array([0.6] * 10 + [0.9] * 10), np.array([True, False] * 5 + [True] * 10))
    assert points.accuracy.tolist() == [0.5, 1.0]
    assert (points.low[0], points.high[0]) == wilson_interval(5, 10)
    assert points.histogram.sum() == 20


def test_the_plot_is_read_aloud_and_drawn(qtbot):
    plot = CalibrationPlot()
    qtbot.addWidget(plot)
    plot.set_points(calibration_points(np.array([0.9, 0.9]), np.array([True, False])))
    plot.show()
    assert plot.accessibleDescription() == "confidence 0.90: 0.50 right of 2"
    assert not plot.grab().isNull()
