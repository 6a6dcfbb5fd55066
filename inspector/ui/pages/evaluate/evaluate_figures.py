"""The figures of a judgement: strip, per-class table beside the matrix, calibration, label curve, samples."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from inspector.ui.pages.evaluate.answer_pictures import AnswerPictures
from inspector.ui.pages.evaluate.answer_tiles import AnswerTiles
from inspector.ui.pages.evaluate.class_rows import class_rows
from inspector.ui.pages.evaluate.class_table import EXAMPLES_SHOWN, MAX_ROWS_WITHOUT_SCROLLING, ClassTable
from inspector.ui.pages.evaluate.judged import Judged
from inspector.ui.pages.evaluate.label_curve_section import LabelCurveSection
from inspector.ui.state.review_below import review_below
from inspector.ui.state.session import Session
from inspector.ui.widgets.calibration_plot import CalibrationPlot, calibration_points
from inspector.ui.widgets.confusion_view import BADGE_HEADER_PX, ConfusionView
from inspector.ui.widgets.controls import Segmented, column, label, line, pane, row
from inspector.ui.widgets.metric_strip import Metric, MetricStrip
from inspector.ui.widgets.section import Section
from inspector.ui.widgets.two_columns import TwoColumns
from inspector.ui.wording import DIGITS_FROM, interval, per_cent, share
from models.evaluation.evaluate import macro_f1_interval

WIDE_FROM_PX = 1_000  # of this middle: a window of 1,600 px with side bar and panel
GOOD_CALIBRATION_ERROR = 0.05
SAMPLE_COLUMNS, SAMPLE_ROWS = 4, 2
SAMPLES = SAMPLE_COLUMNS * SAMPLE_ROWS
MODES = (("counts", "Counts"), ("share", "%"))
CHOICES = (("random", "Random"), ("least", "Least sure"))


class EvaluateFigures(QWidget):
    """`cell_chosen(row, column)` of the matrix."""

    cell_chosen = Signal(int, int)

    def __init__(self, session: Session, pictures: AnswerPictures) -> None:
        super().__init__()
        self._session = session
        self._judged: Judged | None = None
        self.accuracy, self.mean_f1 = Metric("Accuracy"), Metric("Mean F1")
        self.error, self.review = Metric("Calibration error"), Metric("Needs review")
        self.strip = MetricStrip([self.accuracy, self.mean_f1, self.error, self.review])
        for at, stretch in ((0, 11), (2, 8), (4, 9), (6, 8)):
            self.strip.layout().setStretch(at, stretch)
        self.table = ClassTable(session, pictures)
        self.confusion = ConfusionView(session, with_names=False, most_rows=MAX_ROWS_WITHOUT_SCROLLING)
        self.calibration = CalibrationPlot()
        self.curve = LabelCurveSection()
        self.samples = AnswerTiles(
            session, pictures, columns=SAMPLE_COLUMNS, rows=SAMPLE_ROWS, name="Sample predictions"
        )
        self.choice = Segmented(CHOICES, name="Sample predictions", small=True)
        self.choice.chosen.connect(self._show_samples)
        self.confusion.cell_chosen.connect(self.cell_chosen)
        self.confusion.cell_px_changed.connect(self.table.set_row_px)
        self.table.follow_scrolling(self.confusion.verticalScrollBar())
        self._samples_section = Section("Sample predictions", column(self.samples, margins=(14, 0, 8, 4)), self.choice)
        self.upper = TwoColumns(Section("Per class", self.table), self._matrix_part(), stretches=(3, 2))
        layout = column(self.strip, line(), self.upper, line(), self._lower(), spacing=0)
        layout.setStretch(2, 3)
        layout.setStretch(4, 2)
        self.setLayout(layout)
        self._place(is_wide=False)

    def show_judged(self, judged: Judged) -> None:
        """Show another judgement, or the same one with other labels."""
        self._judged = judged
        evaluation = judged.evaluation
        self._show_strip(judged)
        self.confusion.set_confusion(evaluation.classes, evaluation.confusion)
        examples = EXAMPLES_SHOWN if self._is_wide else 0
        self.table.show_rows(class_rows(judged, examples=examples), row_px=self.confusion.cell_px)
        has_answers = bool(judged.answers)
        points = calibration_points(judged.confidence(), judged.correct()) if has_answers else None
        self.calibration.set_points(points)
        self._calibration_section.setVisible(has_answers)
        self._show_samples()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """From a width on there is room for images."""
        super().resizeEvent(event)
        is_wide = event.size().width() >= WIDE_FROM_PX
        if is_wide != self._is_wide:
            self._place(is_wide=is_wide)
            if self._judged is not None:
                self.show_judged(self._judged)

    def _place(self, *, is_wide: bool) -> None:
        self._is_wide = is_wide
        self.table.set_with_examples(is_wide)
        self._samples_section.setVisible(is_wide)

    def _show_strip(self, judged: Judged) -> None:
        evaluation, images = judged.evaluation, judged.evaluation.images
        correct = int(evaluation.confusion.trace())
        self.accuracy.set_value(
            share(evaluation.accuracy, images), f"{interval(evaluation.interval)}, {correct:,} of {images:,}"
        )
        self.mean_f1.set_value(share(evaluation.macro_f1, images), interval(macro_f1_interval(evaluation.confusion)))
        if evaluation.ece is None:
            self.error.set_value("–")
        else:
            self.error.set_value(f"{evaluation.ece:.3f}", f"good below {GOOD_CALIBRATION_ERROR:.2f}")
        self.show_review()

    def show_review(self) -> None:
        """How many a person would look at, by the project's threshold as it is now."""
        judged = self._judged
        if judged is None:
            return
        if judged.answers:
            threshold = review_below(self._session.project)
            waiting = judged.in_review(threshold)
            images = len(judged.answers)
            digits = 1 if images >= DIGITS_FROM else 0
            self.review.set_value(per_cent(waiting / images, digits), f"{waiting:,} below {threshold:.2f}")
        else:
            self.review.set_value("–", "not stored with this run")

    def _show_samples(self) -> None:
        if self._judged is not None and self._is_wide:
            self.samples.set_answers(self._judged.sample(SAMPLES, least_sure=self.choice.key == "least"))

    def _matrix_part(self) -> QWidget:
        mode = Segmented(MODES, name="Confusion in", small=True)
        mode.chosen.connect(self.confusion.set_mode)
        note = label("Rows: true class. Columns: answer.", size_px=11, tone="text3")
        matrix = column(self.confusion, row(BADGE_HEADER_PX, note), margins=(0, 0, 0, 6), spacing=2)
        matrix.setStretch(0, 1)
        return Section("Confusion", matrix, mode)

    def _lower(self) -> QWidget:
        self._calibration_section = Section("Calibration", self.calibration, caption="true share against confidence")
        layout = row(
            self._calibration_section, line(vertical=True), self.curve, line(vertical=True), self._samples_section,
            spacing=0,
        )  # fmt: skip
        for at, stretch in ((0, 2), (2, 2), (4, 3)):
            layout.setStretch(at, stretch)
        return pane(layout)
