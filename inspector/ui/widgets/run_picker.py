"""A choice among the trained runs of a project."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QSizePolicy

from inspector.project import RunRecord
from inspector.ui.run_words import run_title

MIN_PX = 190


class RunPicker(QComboBox):
    """`run_chosen` carries the run that a user chose."""

    run_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Run")
        self.setMinimumWidth(MIN_PX)
        self.setPlaceholderText("No run yet")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.activated.connect(lambda at: self.run_chosen.emit(self.itemData(at)))

    @property
    def run_id(self) -> int | None:
        """The chosen run, None without any."""
        return self.currentData()

    def set_runs(self, runs: Sequence[RunRecord]) -> None:
        """Offer these finished runs, the newest first; the choice stays where it can."""
        wanted = [(run_title(run), run.id) for run in runs]
        if wanted == [(self.itemText(at), self.itemData(at)) for at in range(self.count())]:
            return
        chosen = self.run_id
        self.clear()
        for title, run_id in wanted:
            self.addItem(title, run_id)
        self.setCurrentIndex(max(0, self.findData(chosen)))

    def choose(self, run_id: int) -> None:
        """Choose without a signal."""
        self.setCurrentIndex(max(0, self.findData(run_id)))
