"""A strip of figures over a page: each with its name, what it was measured on, and a small plot of its course."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QFrame, QLabel, QWidget

from inspector.ui.icons import pixmap
from inspector.ui.widgets.controls import ElidedLabel, column, follow_theme, label, line, row, set_tone
from inspector.ui.widgets.live_plot import LivePlot

PLOT_STRIP_PX, STRIP_PX = 168, 60
FIGURE_PX, PLAIN_FIGURE_PX = 18, 20
NOTHING = "–"


class Metric(QWidget):
    """A name, a figure, and a small text beside it: an interval, or what it was measured on."""

    def __init__(self, title: str, *, figure_px: int = PLAIN_FIGURE_PX) -> None:
        super().__init__()
        self._title = label(title, size_px=12, tone="text2")
        self._icon = QLabel()
        self._icon.hide()
        self._icon_name = ""
        self._figure = label(NOTHING, size_px=figure_px, semibold=True)
        self._small = ElidedLabel(size_px=12, tone="text3")
        figures = row(self._icon, self._figure, self._small, spacing=6)
        figures.setStretchFactor(self._small, 1)
        self._layout = column(self._title, figures, margins=(14, 8, 8, 4), spacing=2)
        self.setLayout(self._layout)
        self._shown = (NOTHING, "", "", "")
        self.setAccessibleName(title)
        follow_theme(self, self._draw_icon)

    def set_title(self, text: str) -> None:
        """Name what is shown."""
        self._title.setText(text)
        self.setAccessibleName(text)

    def set_value(self, text: str, small: str = "", *, tone: str = "", icon_name: str = "") -> None:
        """Show a figure; `tone` and an icon for a verdict ('ok', 'warn', 'bad')."""
        self._shown = (text, small, tone, icon_name)
        self._draw(text, small, tone, icon_name)

    def add(self, widget: QWidget) -> None:
        """Put a widget below the figure."""
        self._layout.addWidget(widget, 1)

    @property
    def text(self) -> str:
        """The figure and the small text, for tests and screen readers."""
        return f"{self._figure.text()} {self._small.full_text()}".strip()

    def _show_for_now(self, text: str, small: str) -> None:
        self._draw(text, small, "", "", small_tone="accent")

    def _show_current(self) -> None:
        self._draw(*self._shown)

    def _draw(self, text: str, small: str, tone: str, icon_name: str, *, small_tone: str = "text3") -> None:
        self._figure.setText(text)
        self._small.setText(small)
        set_tone(self._figure, tone)
        set_tone(self._small, small_tone)
        self.setAccessibleDescription(self.text)
        self._icon_name = icon_name
        self._icon.setVisible(bool(icon_name))
        self._draw_icon()

    def _draw_icon(self) -> None:
        if self._icon_name:
            self._icon.setPixmap(pixmap(self._icon_name, size_px=16, token=self._shown[2] or "text"))


class MetricPlot(Metric):
    """A metric with a small plot, whose figure gives way to the value under the pointer."""

    def __init__(self, title: str, *, write: Callable[[float], str], curve: str = "run") -> None:
        """`write` makes a text of a value; `curve` is the name of the curve whose values the pointer reads."""
        super().__init__(title, figure_px=FIGURE_PX)
        self._write, self._curve = write, curve
        self.plot = LivePlot(title, small=True)
        self._layout.setContentsMargins(14, 8, 0, 4)
        self.add(self.plot)

    def show_at(self, x: float | None) -> None:
        """Show the value at an epoch, None: the current one again."""
        self.plot.show_hover(x)
        value = None if x is None else self.plot.value_at(self._curve, x)
        if x is None or value is None:
            self._show_current()
        else:
            self._show_for_now(self._write(value), f"epoch {x:,.0f}")


class MetricStrip(QFrame):
    """Metrics side by side. A pointer over one plot reads all of them at the same epoch."""

    def __init__(self, metrics: Sequence[Metric]) -> None:
        super().__init__()
        self.metrics = list(metrics)
        self.setProperty("pane", "surface")
        layout = row(spacing=0)
        for position, metric in enumerate(self.metrics):
            if position:
                layout.addWidget(line(vertical=True))
            layout.addWidget(metric, 1)
            if isinstance(metric, MetricPlot):
                metric.plot.hovered.connect(self._on_hovered)
        self.setLayout(layout)
        has_plots = any(isinstance(metric, MetricPlot) for metric in self.metrics)
        self.setFixedHeight(PLOT_STRIP_PX if has_plots else STRIP_PX)

    def _on_hovered(self, x: float | None) -> None:
        for metric in self.metrics:
            if isinstance(metric, MetricPlot):
                metric.show_at(x)
