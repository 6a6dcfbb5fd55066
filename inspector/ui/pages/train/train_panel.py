"""The panel of the Train page: settings of the next run, or the runs so far with two of them side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QStackedWidget, QWidget

from inspector.project import RunRecord
from inspector.ui.pages.page import PANEL_MARGIN_PX
from inspector.ui.pages.train.comparison_view import ComparisonView
from inspector.ui.pages.train.forecast_card import ForecastCard
from inspector.ui.pages.train.run_list import TrainRuns
from inspector.ui.pages.train.train_form import TrainForm
from inspector.ui.pictures.thumbnails import Thumbnails
from inspector.ui.run_words import Fact, protocol_of, settings_facts
from inspector.ui.state.session import Session
from inspector.ui.widgets.controls import ElidedLabel, Segmented, column, label, line, row
from inspector.ui.widgets.facts_view import FactsView
from inspector.ui.widgets.thumbnail_strip import ThumbnailStrip
from inspector.ui.widgets.vertical_scroll_area import VerticalScrollArea

SETTINGS, RUNS = "settings", "runs"
TILE_PX, TILE_COLUMNS = 80, 3


class TrainPanel(QWidget):
    """`form` for the next run; `runs`, `facts` and `forecast` of the run in view, `comparison` of the ticked ones."""

    def __init__(self, session: Session, thumbnails: Thumbnails) -> None:
        super().__init__()
        self.form, self.runs, self.facts = TrainForm(), TrainRuns(), FactsView()
        self.comparison, self.forecast = ComparisonView(), ForecastCard()
        self.strip = ThumbnailStrip(session, thumbnails, size_px=TILE_PX, columns=TILE_COLUMNS)
        self.validation = label("", size_px=12, tone="text2", wraps=True)
        self.heading = label("", semibold=True)
        self.state = ElidedLabel(size_px=12, tone="text3")
        self.protocol = label("", size_px=12, tone="text2", wraps=True)
        self.tabs = Segmented(((SETTINGS, "Next run"), (RUNS, "Runs")), name="Panel shows", small=True)
        self._stack = QStackedWidget()
        self._stack.addWidget(_scrolling(column(self.form, line(), self.validation, None, spacing=12)))
        self._stack.addWidget(_scrolling(self._runs_layout()))
        self.setLayout(column(row(self.tabs, None), self._stack, spacing=12))
        self.tabs.chosen.connect(self.open_tab)
        self.comparison.show_images.connect(self._on_show_images)
        self.strip.hide()

    def open_tab(self, key: str) -> None:
        """Show the settings of the next run, or the runs."""
        self.tabs.choose(key)
        self._stack.setCurrentIndex(0 if key == SETTINGS else 1)

    def show_run(
        self, run: RunRecord | None, runs: Sequence[RunRecord], *, state: str, chosen: Sequence[Fact] = ()
    ) -> None:
        """What a run was set to, what it chose itself, how it was judged; `state` stands beside its name."""
        config: dict[str, Any] = {} if run is None else run.config
        self.heading.setText("" if run is None else f"Run {run.id}")
        self.state.setText(state)
        self.facts.set_facts([] if run is None else [*settings_facts(config, runs, before=run.id), *chosen])
        self.protocol.setText("" if run is None else run.message or protocol_of(run))
        self.protocol.setVisible(bool(self.protocol.text()))

    def _runs_layout(self) -> Any:
        heading = row(self.heading, self.state)
        heading.setStretchFactor(self.state, 1)
        listed = label("Runs", semibold=True)
        of_run = (heading, self.facts, self.protocol, self.forecast)
        return column(*of_run, line(), listed, self.runs, line(), self.comparison, self.strip, None)

    def _on_show_images(self, image_ids: list[int]) -> None:
        self.strip.set_ids(image_ids)
        self.strip.show()


def _scrolling(layout: Any) -> VerticalScrollArea:
    """A layout that scrolls where the panel is too low for it."""
    inner = QWidget()
    layout.setContentsMargins(0, 0, PANEL_MARGIN_PX, 0)
    inner.setLayout(layout)
    area = VerticalScrollArea(inner)
    area.viewport().setAutoFillBackground(False)
    inner.setAutoFillBackground(False)
    return area
