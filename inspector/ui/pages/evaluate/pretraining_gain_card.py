"""Did pretraining pay? The verdict, and accuracy with and without it, each with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QGridLayout, QWidget

from inspector.ui.widgets.controls import column, label, line
from inspector.ui.wording import interval, share
from models.pretraining_gain import RANDOM_FUSED, points

if TYPE_CHECKING:
    from inspector.jobs.pretraining_gain import KnownGain
    from models.pretraining_gain import FeatureScore, PretrainingGain

HEADING = "Did pretraining pay?"
SHORT = {RANDOM_FUSED: "random and texture"}  # what fits beside the figures
ROW_TOOLTIP = "{name}: accuracy out of fold on {labels:,} labels, the same for all. Mean F1 {f1} {limits}."
TOOLTIP = "The encoder alone against the same network with random weights: {points}."


class PretrainingGainCard(QWidget):
    """Verdict above, a row for each kind of features below: name, accuracy, interval; the user's own in semibold."""

    def __init__(self) -> None:
        super().__init__()
        self.verdict = label("", size_px=12, wraps=True)
        self._rows = QWidget()
        self._grid = QGridLayout(self._rows)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(0, 1)
        self.setLayout(column(line(), label(HEADING, semibold=True), self.verdict, self._rows))

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """What the rows say: name, accuracy, interval."""
        return [
            tuple(self._grid.itemAtPosition(at, part).widget().text() for part in range(3))
            for at in range(self._grid.rowCount())
            if self._grid.itemAtPosition(at, 0) is not None
        ]

    def show_gain(self, known: KnownGain) -> None:
        """Show what is known of a run: the figures, or why there are none."""
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.verdict.setText(known.sentence)
        self._rows.setVisible(known.gain is not None)
        self.verdict.setToolTip("")
        if known.gain is not None:
            self.verdict.setToolTip(TOOLTIP.format(points=points(known.gain.encoder_against_random)))
            for at, score in enumerate(known.gain.scores):
                self._add_row(at, score, known.gain)

    def _add_row(self, at: int, score: FeatureScore, gain: PretrainingGain) -> None:
        labels = gain.difference.images
        name, is_own = score.name.capitalize(), score.name == gain.subject
        f1, limits = share(score.macro_f1, labels), interval(score.macro_f1_interval)
        tooltip = ROW_TOOLTIP.format(name=name, labels=labels, f1=f1, limits=limits)
        texts = (SHORT.get(score.name, score.name).capitalize(), share(score.accuracy, labels))
        cells = [label(text, size_px=12, semibold=is_own) for text in texts]
        for part, cell in enumerate([*cells, label(interval(score.interval), size_px=12, tone="text3")]):
            cell.setToolTip(tooltip)
            self._grid.addWidget(cell, at, part)
