"""Name and value in lines, such as the settings of a run."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from inspector.ui.run_words import Fact
from inspector.ui.widgets.controls import label

NAME_PX = 88


class FactsView(QWidget):
    """Facts below each other; values too long for their line wrap."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnMinimumWidth(0, NAME_PX)
        self._grid.setColumnStretch(1, 1)
        self._shown: list[Fact] = []

    @property
    def facts(self) -> list[Fact]:
        """What is shown."""
        return self._shown

    def set_facts(self, facts: Sequence[Fact]) -> None:
        """Show other facts."""
        if list(facts) == self._shown:
            return
        self._shown = list(facts)
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for at, fact in enumerate(facts):
            self._grid.addWidget(label(fact.name, tone="text2"), at, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(label(fact.value, wraps=True), at, 1)
