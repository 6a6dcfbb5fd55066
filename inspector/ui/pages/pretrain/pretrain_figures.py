"""A run in view: four small plots, what the network sees, the map."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QSplitter, QWidget

from inspector.jobs.events import MapMoved
from inspector.ui.pages.pretrain.epoch_series import EpochSeries
from inspector.ui.pages.pretrain.network_view import NetworkView
from inspector.ui.pages.pretrain.pretrain_words import health_words, rate_text
from inspector.ui.pictures.thumbnails import Thumbnails
from inspector.ui.state.session import Session
from inspector.ui.widgets.controls import column, line
from inspector.ui.widgets.map_section import MapSection
from inspector.ui.widgets.metric_strip import MetricPlot, MetricStrip
from inspector.ui.widgets.section import Section
from inspector.ui.wording import interval
from models.events import Reconstruction, Views

START = "before training"  # the kNN score that a run is held against
NOT_MEASURED, TOO_FEW_CLASSES = "not measured yet", "needs labels of two classes"
WAS_TOO_FEW, NEXT_RUN = "had too few labels", "measured by the next run"  # of a run that was looked at without
ICONS = {"ok": "check", "warn": "warning", "bad": "error", "": ""}
COLLAPSE_RANK = 1.5  # models.features.health.COLLAPSED_RANK, without importing torch
LOSS_NAMES = {"simclr": "Contrastive loss", "mae": "Reconstruction loss", "hybrid": "Loss, both parts"}


class PretrainFigures(QWidget):
    """Shows one EpochSeries, and others beside it for comparison."""

    def __init__(self, session: Session, thumbnails: Thumbnails) -> None:
        super().__init__()
        self.loss = MetricPlot("Loss", write=lambda value: f"{value:.2f}")
        self.knn = MetricPlot("kNN score", write=lambda value: f"{value:.2f}")
        self.health = MetricPlot("Embedding health", write=lambda value: f"rank {value:.1f}")
        self.rate = MetricPlot("Learning rate", write=rate_text)
        self.knn.setToolTip(
            "Share of the labelled images whose nearest labelled neighbours agree, each left out in turn. Dotted: "
            "that of the same encoder before the run's first step"
        )
        self.health.setToolTip(
            "Effective rank of the embeddings: in how many directions they differ. Good: and the kNN score is above "
            "that before training by more than chance"
        )
        self.knn.plot.set_y_range(0.0, 1.0, fixed=True)
        self.health.plot.set_limit(COLLAPSE_RANK, f"collapse below {COLLAPSE_RANK:g}")
        self.strip = MetricStrip([self.loss, self.knn, self.health, self.rate])
        self._session = session
        self._run_id: int | None = None
        self.network = NetworkView()
        self.map = MapSection(session, thumbnails)
        self._views = Section("What the network sees", self.network)
        lower = QSplitter()
        lower.setHandleWidth(1)
        lower.setChildrenCollapsible(False)
        lower.addWidget(self._views)
        lower.addWidget(self.map)
        lower.setStretchFactor(1, 1)
        lower.setSizes([312, 600])
        layout = column(self.strip, line(), lower, spacing=0)
        layout.setStretch(2, 1)
        self.setLayout(layout)

    def begin(self, run_id: int, method: str) -> None:
        """Show a run; if it is another one than before, nothing of that stays."""
        if run_id == self._run_id:
            return
        self._run_id = run_id
        self.loss.set_title(LOSS_NAMES.get(method, "Loss"))
        for metric in (self.loss, self.knn, self.health, self.rate):
            metric.plot.clear()
            metric.set_value("–")
        self.health.plot.set_limit(COLLAPSE_RANK, f"collapse below {COLLAPSE_RANK:g}")
        self.network.clear()
        self._views.set_caption("")

    def show_series(self, series: EpochSeries) -> None:
        """Draw a run."""
        for metric in (self.loss, self.knn, self.health, self.rate):
            metric.plot.set_x_range(0, max(series.epochs, 1))
        self._show_loss(series)
        self._show_knn(series)
        self._show_health(series)
        if series.rate:
            self.rate.plot.set_curve("run", [*series.rate], [*series.rate.values()])
            self.rate.set_value(rate_text([*series.rate.values()][-1]), f"peak {max(series.rate.values()):.4g}")

    def compare(self, others: Mapping[str, EpochSeries]) -> None:
        """Draw other runs behind the one in view, in place of those that were compared before."""
        for metric in (self.loss, self.knn, self.health):
            for name in [name for name in metric.plot.curves if name not in ("run", START)]:
                metric.plot.remove(name)
        for name, series in others.items():
            for metric, values in ((self.loss, series.loss), (self.knn, series.knn), (self.health, series.rank)):
                metric.plot.set_curve(name, [*values], [*values.values()], style="compared", label=name)

    def show_pictures(self, event: Views | Reconstruction) -> None:
        """What the network sees."""
        self.network.show_event(event)
        self._views.set_caption(f"epoch {event.epoch}")

    def show_kept_pictures(self, kept: Views | Reconstruction | None, *, more_will_come: bool) -> None:
        """What the run's network saw last; where that was not kept and no more will come the map gets the room."""
        self._views.setVisible(kept is not None or more_will_come)
        if kept is not None:
            self.show_pictures(kept)

    def show_map(self, event: MapMoved) -> None:
        """The embeddings as they lie now."""
        self.map.show_run(event.image_ids, event.points, event.epoch)

    def _show_loss(self, series: EpochSeries) -> None:
        if series.loss:
            epochs, values = [*series.loss], [*series.loss.values()]
            self.loss.plot.set_curve("run", epochs, values)
            before = f"{values[-2]:.2f} at epoch {epochs[-2]:.0f}" if len(values) > 1 else ""
            self.loss.set_value(f"{values[-1]:.2f}", before)

    def _show_knn(self, series: EpochSeries) -> None:
        if not series.knn:
            is_missed = series.is_complete() or bool(series.rank)  # a run measures by the labels there are at its start
            lacking, there = (WAS_TOO_FEW, NEXT_RUN) if is_missed else (TOO_FEW_CLASSES, NOT_MEASURED)
            self.knn.set_value("–", there if self._has_two_classes() else lacking)
            return
        from models.evaluation.evaluate import wilson_interval

        epochs, values = [*series.knn], [*series.knn.values()]
        images = series.knn_images.get(epochs[-1], 0)
        if series.knn_start is not None:
            start = [series.knn_start, series.knn_start]
            self.knn.plot.set_curve(START, [0, series.epochs], start, style="reference", label=START)
        self.knn.plot.set_curve("run", epochs, values, dots=True)
        if images:
            limits = [wilson_interval(round(value * images), images) for value in values]
            self.knn.plot.set_band("run", epochs, [low for low, _ in limits], [high for _, high in limits])
            self.knn.set_value(f"{values[-1]:.2f}", f"{interval(limits[-1])}, {images} labels")
        else:
            self.knn.set_value(f"{values[-1]:.2f}")

    def _has_two_classes(self) -> bool:
        """Whether there are labels to measure by; those of the test set are none."""
        labels, held_out = self._session.labels, self._session.held_out
        return len({name for image_id, name in labels.items() if image_id not in held_out}) > 1

    def _show_health(self, series: EpochSeries) -> None:
        if series.rank:
            epochs, values = [*series.rank], [*series.rank.values()]
            self.health.plot.set_curve("run", epochs, values, dots=True)
            word, tone = health_words(values[-1], COLLAPSE_RANK, is_above_start=series.is_above_start())
            self.health.set_value(word, f"rank {values[-1]:.1f}", tone=tone, icon_name=ICONS[tone])
