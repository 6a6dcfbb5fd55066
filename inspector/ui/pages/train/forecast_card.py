"""How many more labels? The sentence, and mean F1 against labels: measured so far, and forecast with its interval."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from inspector.ui.widgets.controls import column, label, line
from inspector.ui.widgets.live_plot import LivePlot

if TYPE_CHECKING:
    from inspector.jobs.training.label_forecast import KnownForecast
    from models.forecasting.label_forecast import LabelForecast

HEADING = "How many more labels?"
MEASURED, FORECAST = "measured", "forecast"
PLOT_PX = 140
TOOLTIP = "Mean F1 on images without a label. Dashed: heads on fewer labels. Band: 90 % interval of the forecast."


class ForecastCard(QWidget):
    """`sentence` above, `plot` below; hidden while there is no run to tell of."""

    def __init__(self) -> None:
        super().__init__()
        self.sentence = label("", size_px=12, wraps=True)
        self.plot = LivePlot("Mean F1 against labels", small=True)
        self.plot.setFixedHeight(PLOT_PX)
        self.plot.set_unit("labels")
        self.plot.setToolTip(TOOLTIP)
        self.setLayout(column(line(), label(HEADING, semibold=True), self.sentence, self.plot))
        self.layout().setContentsMargins(0, 0, 0, 0)
        self.hide()

    def show_forecast(self, known: KnownForecast | None) -> None:
        """Show what is known of a run: the forecast, or why there is none; None: no run is over."""
        self.setVisible(known is not None)
        self.plot.clear()
        forecast = None if known is None else known.forecast
        self.sentence.setText("" if known is None else known.sentence)
        has_curve = forecast is not None and bool(forecast.points)
        self.plot.setVisible(has_curve)
        if forecast is not None and has_curve:
            self._draw(forecast)

    def _draw(self, forecast: LabelForecast) -> None:
        points = forecast.points
        labels = [point.labels for point in points]
        low, high = [point.macro_f1.low for point in points], [point.macro_f1.high for point in points]
        measured = [f1 for _, f1 in forecast.seen]
        self.plot.set_x_range(0, labels[-1])
        self.plot.set_y_range(math.floor(10 * min(low + measured)) / 10, 1, fixed=True)
        self.plot.set_curve(MEASURED, [x for x, _ in forecast.seen], measured, style="compared", dots=True)
        self.plot.set_band(FORECAST, labels, low, high)
        self.plot.set_curve(FORECAST, labels, [point.macro_f1.f1 for point in points], dots=True)
