"""Did pretraining pay? The verdict, and accuracy with and without it, each with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from inspector.ui.widgets.controls import ElidedLabel, column, label, line
from inspector.ui.wording import at_start, interval, share
from models.forecasting.pretraining_gain import IMAGENET_FUSED, RANDOM_FUSED, points

if TYPE_CHECKING:
    from inspector.jobs.training.pretraining_gain import KnownGain
    from models.forecasting.pretraining_gain import FeatureScore, PretrainingGain

HEADING = "Did pretraining pay?"
SHORT = {RANDOM_FUSED: "random and texture", IMAGENET_FUSED: "ImageNet and texture"}  # what fits beside the figures
ROW_TOOLTIP = (
    "{name}: accuracy out of fold on {labels:,} labels, the same for all kinds, by fewer rules than the run tries. "
    "Mean F1 {f1}."
)
TOOLTIP = "The encoder alone against the same network with random weights: {points}."


class PretrainingGainCard(QWidget):
    """Verdict above, a row for each kind of features below: name, accuracy, interval; the user's own in semibold."""

    def __init__(self) -> None:
        super().__init__()
        self.verdict = label("", size_px=12, wraps=True)
        self._rows = QWidget()
        self._rows.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._grid = QGridLayout(self._rows)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(0, 1)
        self._shown: list[tuple[str, ...]] = []
        self.setLayout(column(line(), label(HEADING, semibold=True), self.verdict, self._rows))

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """What the rows say: name, accuracy, interval."""
        return list(self._shown)

    def show_gain(self, known: KnownGain) -> None:
        """Show what is known of a run: the figures, or why there are none."""
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._shown.clear()
        self.verdict.setText(known.sentence)
        self._rows.setVisible(known.gain is not None)
        self.verdict.setToolTip("")
        if known.gain is not None:
            self.verdict.setToolTip(TOOLTIP.format(points=points(known.gain.encoder_against_random)))
            for at, score in enumerate(known.gain.scores):
                self._add_row(at, score, known.gain)

    def _add_row(self, at: int, score: FeatureScore, gain: PretrainingGain) -> None:
        labels, is_own = gain.difference.images, score.name == gain.subject
        name = at_start(SHORT.get(score.name, score.name))
        texts = (name, share(score.accuracy, labels), interval(score.interval))
        self._shown.append(texts)
        self._grid.addWidget(ElidedLabel(name, size_px=12, semibold=is_own), at, 0)
        accuracy = label(texts[1], size_px=12, semibold=is_own)
        limits = label(texts[2], size_px=12, tone="text3")
        f1 = f"{share(score.macro_f1, labels)} {interval(score.macro_f1_interval)}"
        for part, cell in enumerate((accuracy, limits), start=1):
            cell.setToolTip(ROW_TOOLTIP.format(name=at_start(score.name), labels=labels, f1=f1))
            self._grid.addWidget(cell, at, part)
