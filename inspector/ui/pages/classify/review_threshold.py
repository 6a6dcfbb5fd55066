"""The threshold below which a person must look: histogram, slider, field, and the share that it sends."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QSlider, QWidget

from inspector.jobs.evaluation.unfamiliar_words import CAUSES
from inspector.ui.pages.classify.review_histogram import ReviewHistogram
from inspector.ui.pages.classify.review_share import ReviewShare, Spread
from inspector.ui.widgets.controls import column, label, row, set_tone

STEPS = 100  # of the slider and the field, from 0 to 1
FIELD_PX = 64
HELP = "Results whose confidence is below need review until somebody labels them; files that cannot be read always do"

UNFAMILIAR_HELP = f"Unlike all images that the model learned from: {CAUSES}"


class ReviewThreshold(QWidget):
    """`changed` carries the threshold 0..1 while it is dragged, `settled` once it was let go or typed."""

    changed = Signal(float)
    settled = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self._lowest = 0.0
        self.share = label(semibold=True)
        self.histogram = ReviewHistogram()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setProperty("tone", "warn")
        self.slider.setAccessibleName("Send to a person below")
        self.slider.setRange(0, STEPS)
        self.field = QDoubleSpinBox(decimals=2, minimum=0.0, maximum=1.0, singleStep=1 / STEPS)
        self.field.setFixedWidth(FIELD_PX)
        self.field.lineEdit().setTextMargins(8, 0, 0, 0)
        self.field.setAccessibleName("Send to a person below")
        self.note = label(size_px=12)
        for widget in (self.slider, self.field):
            widget.setToolTip(HELP)
        head = row(label("Needs review", semibold=True), None, self.share)
        foot = row(label("Send to a person below", tone="text2"), self.field, None, self.note)
        self.setLayout(column(head, self.histogram, self.slider, foot, margins=(16, 8, 16, 8), spacing=6))
        self.layout().setStretch(1, 1)
        self.slider.valueChanged.connect(lambda step: self._on_moved(step / STEPS))
        self.slider.sliderReleased.connect(lambda: self.settled.emit(self.value))
        self.field.valueChanged.connect(self._on_moved)
        self.field.editingFinished.connect(lambda: self.settled.emit(self.value))

    @property
    def value(self) -> float:
        """The threshold."""
        return round(self.field.value(), 2)

    def set_value(self, review_below: float) -> None:
        """Show a threshold, without a signal."""
        for widget, value in ((self.field, review_below), (self.slider, round(review_below * STEPS))):
            widget.blockSignals(True)
            widget.setValue(value)
            widget.blockSignals(False)
        self.histogram.show_threshold(review_below)

    def show_share(self, share: ReviewShare) -> None:
        """How many the threshold sends to a person."""
        self.share.setText(share.text)
        self.note.setText(share.note or "calibrated confidence")
        self.note.setToolTip(UNFAMILIAR_HELP if share.unfamiliar else "")
        set_tone(self.note, "warn" if share.unfamiliar else "text3")

    def show_spread(self, spread: Spread) -> None:
        """Other confidences; the slider has the axis of the histogram."""
        self.histogram.show_spread(spread)
        if spread.lowest != self._lowest:
            self._lowest = spread.lowest
            self.slider.blockSignals(True)
            self.slider.setMinimum(round(spread.lowest * STEPS))
            self.slider.setValue(round(self.value * STEPS))
            self.slider.blockSignals(False)

    def _on_moved(self, value: float) -> None:
        rounded = round(value, 2)
        self.set_value(rounded)
        self.changed.emit(rounded)
