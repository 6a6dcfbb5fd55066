"""Accuracy with fewer labels, a random encoder beside it: what pretraining saves; measured when asked for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget

from inspector.jobs.events import CurvePoint
from inspector.ui.widgets.controls import button, column, label, pane, set_enabled
from inspector.ui.widgets.live_plot import LivePlot
from inspector.ui.widgets.section import Section

OFFER = "How many labels does the encoder save?"
OFFER_PX = 300  # room for the offer in one line
CLOSE = 0.12  # of the plot's height: less than two lines of text
STYLES = ("run", "compared", "reference")


class LabelCurveSection(Section):
    """`measured` when a user asks for the curve."""

    measured = Signal()

    def __init__(self) -> None:
        stack = QStackedWidget()
        again = button("Measure again", kind="link", small=True)
        super().__init__("Accuracy against labels", stack, again)
        self.again = again
        self.again.clicked.connect(self.measured)
        self.again.hide()
        self._stack = stack
        self.plot = LivePlot("Accuracy against labels")
        self.plot.set_y_range(0, 1, fixed=True)
        self.plot.set_unit("labels")
        self.button = button("Measure", self.measured.emit)
        self.sentence = label(OFFER, size_px=12, tone="text2", wraps=True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.sentence.setFixedWidth(OFFER_PX)
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
        labels = _end_labels(names, points)
        for name, style in zip(names, STYLES, strict=False):
            own = _of(name, points)
            x = [point.labels for point in own]
            self.plot.set_curve(
                name, x, [point.accuracy_mean for point in own], style=style, label=labels[name], dots=True
            )
            if style == "run":
                self.plot.set_band(name, x, [point.low for point in own], [point.high for point in own])
        fewest = min(point.images for point in points)
        self.set_caption("mean of 5 draws")
        self.plot.setToolTip(f"Each number of labels was drawn five times and judged on {fewest:,} images or more.")
        self.again.show()
        self._stack.setCurrentWidget(self.plot)

    def show_stage(self, text: str) -> None:
        """Say how far the measuring is; empty: it can be asked for again."""
        self.sentence.setText(text or OFFER)
        for widget in (self.button, self.again):
            set_enabled(widget, "It is being measured." if text else "")

    @property
    def has_curve(self) -> bool:
        """Whether a curve is shown."""
        return self._stack.currentWidget() is self.plot


def _of(name: str, points: Sequence[CurvePoint]) -> list[CurvePoint]:
    return sorted((point for point in points if point.which == name), key=lambda point: point.labels)


def _end_labels(names: Sequence[str], points: Sequence[CurvePoint]) -> dict[str, str]:
    """The curves' names at their ends; one label for both where the ends lie too close for two."""
    ends = [_of(name, points)[-1].accuracy_mean for name in names]
    if len(names) == 2 and abs(ends[0] - ends[1]) < CLOSE:
        return {names[0]: f"{names[0]}, dashed: {names[1]}", names[1]: ""}
    return {name: name for name in names}
