"""The figures of one run: as they come, or as they were stored. Only what there is takes room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from inspector.ui.pages.train.epoch_history import EpochHistory
from inspector.ui.pages.train.epochs_without_gain import GainMetric
from inspector.ui.pictures.thumbnails import Thumbnails
from inspector.ui.state.session import Session
from inspector.ui.widgets.calibration_plot import CalibrationPlot, calibration_points
from inspector.ui.widgets.confusion_view import ConfusionView
from inspector.ui.widgets.controls import Segmented, column, label, line, pane
from inspector.ui.widgets.f1_rows import INTERVAL_PX, MARGIN_PX, SUPPORT_PX, F1Rows
from inspector.ui.widgets.live_plot import LivePlot
from inspector.ui.widgets.map_section import MapSection
from inspector.ui.widgets.metric_strip import Metric, MetricStrip
from inspector.ui.widgets.section import Section
from inspector.ui.widgets.two_columns import TwoColumns
from inspector.ui.wording import count, interval, share
from models.evaluation.evaluate import f1_intervals, macro_f1_interval

if TYPE_CHECKING:
    from models.evaluation.evaluate import Evaluation

LEFT_PX = 396
STRETCHES = {0: 11, 2: 8, 4: 10, 6: 8}  # of the metrics, between which lines stand
CAPTION_OVERHANG_PX = 6  # captions are wider than the figures below them
MODES = (("counts", "Counts"), ("share", "%"))
GOOD_CALIBRATION_ERROR = 0.05


class TrainFigures(QWidget):
    """A strip of four figures; left loss, accuracy or calibration, and F1; right confusion and map."""

    def __init__(self, session: Session, thumbnails: Thumbnails) -> None:
        super().__init__()
        self.accuracy, self.mean_f1, self.third = Metric("Accuracy"), Metric("Mean F1"), Metric("Validation loss")
        self.gain = GainMetric()
        strip = MetricStrip([self.accuracy, self.mean_f1, self.third, self.gain])
        for at, stretch in STRETCHES.items():
            strip.layout().setStretch(at, stretch)
        self.loss_plot, self.accuracy_plot = LivePlot("Loss by epoch"), LivePlot("Accuracy by epoch")
        self.calibration, self.f1 = CalibrationPlot(), F1Rows(session)
        self.confusion = ConfusionView(session)
        self.map = MapSection(session, thumbnails)
        self._prepare_plots()
        self._loss_section = Section("Loss", self.loss_plot)
        self._accuracy_section = Section("Accuracy", self.accuracy_plot)
        self._calibration_section = Section("Calibration", self.calibration, caption="true share against confidence")
        self.columns = TwoColumns(self._left(), self._right(), left_px=LEFT_PX)
        self._sections = (
            *(self._loss_section, self._accuracy_section, self._calibration_section),
            *(self._f1_section, self._matrix_section, self._matrix_line),
        )
        self.setLayout(column(strip, line(), self.columns, spacing=0))
        self.clear()

    def clear(self) -> None:
        """Nothing is known yet."""
        for metric in (self.accuracy, self.mean_f1, self.third):
            metric.set_value("–")
        for section in self._sections:
            section.hide()
        for plot in (self.loss_plot, self.accuracy_plot):
            plot.clear()
        self.f1.set_scores((), ())
        self.map.show_project()

    def show_history(self, history: EpochHistory, *, patience: int) -> None:
        """Draw the epochs so far; more `patience` than epochs without gain is not had."""
        self._loss_section.show()
        self._accuracy_section.show()
        for plot in (self.loss_plot, self.accuracy_plot):
            plot.set_x_range(0, history.planned)
        self._draw_losses(history)
        accuracy = history.values("validation_accuracy")
        self.accuracy_plot.set_curve("accuracy", history.epochs, accuracy, label="validation")
        low, high = history.accuracy_limits()
        self._accuracy_section.set_caption("band: 95 % interval" if low else "")
        if low:
            self.accuracy_plot.set_band("accuracy", history.epochs, low, high)
        self.third.set_title("Validation loss")
        latest, best = history.values("validation_loss")[-1], history.best_loss
        self.third.set_value(f"{latest:.2f}", f"best {best:.2f}, epoch {history.best_epoch}")
        self.gain.show_count(history.without_gain, patience)

    def show_evaluation(self, evaluation: Evaluation) -> None:
        """Figures, F1 rows and the matrix."""
        self._f1_section.show()
        self._matrix_section.show()
        self._matrix_line.show()
        images = evaluation.images
        self.accuracy.set_value(share(evaluation.accuracy, images), f"{interval(evaluation.interval)}, n = {images:,}")
        self.mean_f1.set_value(share(evaluation.macro_f1, images), interval(macro_f1_interval(evaluation.confusion)))
        self.f1.set_scores(evaluation.classes, evaluation.per_class, f1_intervals(evaluation.confusion).tolist())
        self.confusion.set_confusion(evaluation.classes, evaluation.confusion)

    def show_calibration(self, confidence: np.ndarray, correct: np.ndarray) -> None:
        """Confidences (n,) of answers that were `correct` (n,), in place of the curves that a head does not have."""
        self.calibration.set_points(calibration_points(confidence, correct))
        self._calibration_section.show()

    def show_head(self, evaluation: Evaluation | None, labels: int) -> None:
        """The figures that a head without epochs has in place of those of a network."""
        error = None if evaluation is None else evaluation.ece
        self.third.set_title("Calibration error")
        self.third.set_value(
            "–" if error is None else f"{error:.3f}", f"good below {GOOD_CALIBRATION_ERROR:.2f}" if error else ""
        )
        classes = 0 if evaluation is None else len(evaluation.classes)
        self.gain.show_figure("Labels", f"{labels:,}", count(classes, "class", "classes") if classes else "")

    def _prepare_plots(self) -> None:
        for plot in (self.loss_plot, self.accuracy_plot):
            plot.set_unit("epoch")
        self.accuracy_plot.set_y_range(0, 1, fixed=True)

    def _draw_losses(self, history: EpochHistory) -> None:
        self.loss_plot.set_curve("training", history.epochs, history.values("loss"), style="compared", label="training")
        self.loss_plot.set_curve("loss", history.epochs, history.values("validation_loss"), label="validation")
        best = history.best_epoch
        self.loss_plot.set_mark(best or None, f"best, epoch {best}")

    def _left(self) -> QWidget:
        captions = [label("95 % interval", size_px=12, tone="text3"), label("labels", size_px=12, tone="text3")]
        for caption, width in zip(captions, (INTERVAL_PX, SUPPORT_PX), strict=True):
            caption.setFixedWidth(width + CAPTION_OVERHANG_PX)
            caption.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._f1_section = Section("F1 per class", self.f1, *captions)
        self._f1_section.head.layout().setContentsMargins(MARGIN_PX, 4, MARGIN_PX, 0)
        self._f1_section.head.layout().setSpacing(0)
        layout = column(spacing=0)
        for section in (self._loss_section, self._accuracy_section, self._calibration_section):
            layout.addWidget(section, 1)
        layout.addWidget(self._f1_section)
        layout.addStretch(0)
        return pane(layout)

    def _right(self) -> QWidget:
        mode = Segmented(MODES, name="Confusion in", small=True)
        mode.chosen.connect(self.confusion.set_mode)
        matrix = column(self.confusion, margins=(8, 0, 8, 8))
        self._matrix_section = Section("Confusion", matrix, mode, caption="rows: true class")
        self._matrix_line = line()
        layout = column(self._matrix_section, self._matrix_line, self.map, spacing=0)
        layout.setStretch(0, 2)
        layout.setStretch(2, 3)
        return pane(layout)
