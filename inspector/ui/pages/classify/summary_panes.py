"""Counts per class beside the needs-review threshold, both of the results in view."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QWidget

from inspector.ui.pages.classify.counts_view import CountsView, count_rows
from inspector.ui.pages.classify.results import Results
from inspector.ui.pages.classify.results_pane import UNREADABLE
from inspector.ui.pages.classify.review_share import ReviewShare, lowest_confidence, spread
from inspector.ui.pages.classify.review_threshold import ReviewThreshold
from inspector.ui.state.session import Session
from inspector.ui.widgets.controls import column, label, line, pane, row

HEIGHT_PX = 214
COUNTS_MIN_PX, COUNTS_MAX_PX = 280, 420


class SummaryPanes(QWidget):
    """Shows what it is given; its `counts` and `threshold` have the signals."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.counts = CountsView(session)
        self.threshold = ReviewThreshold()
        self._total = label(tone="text2", size_px=12)
        head = row(label("Counts", semibold=True), None, self._total, margins=(16, 8, 16, 0))
        left = pane(column(head, self.counts, spacing=4))
        left.setMinimumWidth(COUNTS_MIN_PX)
        left.setMaximumWidth(COUNTS_MAX_PX)
        both = row(left, line(vertical=True), self.threshold, spacing=0)
        both.setStretch(0, 4)
        both.setStretch(2, 5)
        self.setLayout(both)
        self.setFixedHeight(HEIGHT_PX)

    def show_results(self, results: Results, *, is_growing: bool) -> None:
        """Counts, spread and share of the results."""
        counts = self._counts(results)
        self.counts.show_rows(count_rows(counts, unreadable=len(results.errors), unreadable_key=UNREADABLE))
        self._total.setText(f"{len(results):,} so far" if is_growing else f"{len(results):,} in all")
        self.threshold.show_spread(spread(results.confidences, lowest=lowest_confidence(len(counts))))
        self.show_share(results)

    def show_share(self, results: Results) -> None:
        """The share that the threshold sends to a person."""
        review = int(np.count_nonzero(results.need_review(self.threshold.value)))
        unfamiliar = int(np.count_nonzero(results.unfamiliar() & ~results.is_decided))
        self.threshold.show_share(ReviewShare(review, len(results), len(results.errors), unfamiliar))

    def _counts(self, results: Results) -> dict[str, int]:
        """The project's classes first, in their order, so that no row changes its place while numbers grow."""
        found = results.counts()
        ours = {record.name: found.pop(record.name, 0) for record in self._session.classes}
        return ours | found
