"""Accuracy against labels: what more labels would bring, with a random encoder beside it; measured when asked for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget

from inspector.jobs.events import CurvePoint
from inspector.ui.widgets.controls import button, column, label, pane, set_enabled
from inspector.ui.widgets.live_plot import LivePlot
from inspector.ui.widgets.section import Section

OFFER = "How much would more labels bring?"
STYLES = ("run", "compared", "reference")


class LabelCurveSection(Section):
    """`measured` when a user asks for the curve."""

    measured = Signal()

    def __init__(self) -> None:
        stack = QStackedWidget()
        super().__init__("Accuracy against labels", stack)
        self._stack = stack
        self.plot = LivePlot("Accuracy against labels")
        self.plot.set_y_range(0, 1, fixed=True)
        self.plot.set_unit("labels")
        self.button = button("Measure", self.measured.emit)
        self.sentence = label(OFFER, size_px=12, tone="text2", wraps=True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.sentence.setFixedWidth(240)
        centre = Qt.AlignmentFlag.AlignHCenter
        offer = column(None, spacing=8)
        for widget in (self.sentence, self.button):
            offer.addWidget(widget, 0, centre)
        offer.addStretch(1)
        stack.addWidget(pane(offer))
        stack.addWidget(self.plot)

    def show_points(self, points: Sequence[CurvePoint]) -> None:
        """Draw the curves, best first in what they look like."""
        names = list(dict.fromkeys(point.which for point in points))
        names.sort(key=lambda name: name == "random encoder")
        self.plot.clear()
        self.plot.set_x_range(0, max(point.labels for point in points))
        for name, style in zip(names, STYLES, strict=False):
            own = sorted((point for point in points if point.which == name), key=lambda point: point.labels)
            x = [point.labels for point in own]
            self.plot.set_curve(name, x, [point.accuracy_mean for point in own], style=style, label=name, dots=True)
            if style == "run":
                self.plot.set_band(name, x, [point.low for point in own], [point.high for point in own])
        fewest = min(point.images for point in points)
        self.set_caption(f"mean of 5 draws, on {fewest:,} images or more")
        self._stack.setCurrentWidget(self.plot)

    def show_stage(self, text: str) -> None:
        """Say how far the measuring is; empty: it can be asked for again."""
        self.sentence.setText(text or OFFER)
        set_enabled(self.button, "It is being measured." if text else "")

    def set_reason(self, reason: str) -> None:
        """Why it cannot be measured; empty if it can."""
        set_enabled(self.button, reason)

    @property
    def has_curve(self) -> bool:
        """Whether a curve is shown."""
        return self._stack.currentWidget() is self.plot
