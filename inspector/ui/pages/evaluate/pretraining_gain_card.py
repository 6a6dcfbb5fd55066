"""Did pretraining pay? The verdict, and accuracy with and without it, each with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QGridLayout, QWidget

from inspector.ui.widgets.controls import column, label, line
from inspector.ui.wording import interval, share

if TYPE_CHECKING:
    from inspector.jobs.pretraining_gain import KnownGain
    from models.pretraining_gain import FeatureScore

HEADING = "Did pretraining pay?"
TOOLTIP = "Accuracy out of fold on {labels:,} labels, the same for all; [95 % interval]. Mean F1 {f1} {limits}."


class PretrainingGainCard(QWidget):
    """Verdict above, a row for each kind of features below: name, accuracy, interval; the user's own in semibold."""

    def __init__(self) -> None:
        super().__init__()
        self.verdict = label("", size_px=12, tone="text2", wraps=True)
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
        if known.gain is None:
            return
        for at, score in enumerate(known.gain.scores):
            self._add_row(at, score, is_own=score.name == known.gain.subject, labels=known.gain.difference.images)

    def _add_row(self, at: int, score: FeatureScore, *, is_own: bool, labels: int) -> None:
        tooltip = TOOLTIP.format(
            labels=labels, f1=share(score.macro_f1, labels), limits=interval(score.macro_f1_interval)
        )
        texts = (score.name.capitalize(), share(score.accuracy, labels), interval(score.interval))
        for part, (text, tone) in enumerate(zip(texts, ("", "", "text3"), strict=True)):
            cell = label(text, size_px=12, semibold=is_own and part < 2, tone=tone)
            cell.setToolTip(tooltip)
            self._grid.addWidget(cell, at, part)
