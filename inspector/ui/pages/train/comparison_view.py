"""Two runs side by side: the counts, a plain verdict, and a way to the images that differ."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from inspector.ui.pages.train.comparison import Comparison
from inspector.ui.run_words import Fact
from inspector.ui.widgets.controls import button, column, label, row
from inspector.ui.widgets.facts_view import FactsView
from inspector.ui.wording import count


class ComparisonView(QWidget):
    """`show_images` carries the ids of the images that tell the runs apart."""

    show_images = Signal(list)

    def __init__(self) -> None:
        super().__init__()
        self.comparison: Comparison | None = None
        self.heading = label("", semibold=True)
        self.counts = FactsView()
        self.verdict = label("", size_px=12, tone="text2", wraps=True)
        self.button = button("", self._on_show_clicked, icon_name="images")
        self.setLayout(column(self.heading, self.counts, self.verdict, row(self.button, None)))
        self.hide()

    def show_comparison(self, comparison: Comparison | None) -> None:
        """Show it; None hides the view."""
        self.comparison = comparison
        self.setVisible(comparison is not None)
        if comparison is None:
            return
        self.heading.setText(f"Run {comparison.first} and run {comparison.second}, side by side")
        self.counts.set_facts(_counts(comparison))
        self.verdict.setText(comparison.verdict)
        differing = len(comparison.differing)
        self.button.setVisible(bool(differing))
        self.button.setText("Show the image" if differing == 1 else f"Show the {count(differing, 'image')}")

    def _on_show_clicked(self) -> None:
        assert self.comparison is not None
        self.show_images.emit(list(self.comparison.differing))


def _counts(comparison: Comparison) -> list[Fact]:
    return [
        Fact("Both right", f"{len(comparison.both_right):,}"),
        Fact(f"Only run {comparison.first}", f"{len(comparison.only_first):,}"),
        Fact(f"Only run {comparison.second}", f"{len(comparison.only_second):,}"),
        Fact("Both wrong", f"{len(comparison.both_wrong):,}"),
    ]
