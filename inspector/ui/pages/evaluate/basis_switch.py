"""What a run is judged on, side by side: cross-validation, labels that came since, a CSV; hidden while it is one."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QFrame

from inspector.ui.theme import font
from inspector.ui.widgets.controls import Segmented, row

HEIGHT_PX, PADDING_PX = 40, 14


class BasisSwitch(QFrame):
    """`chosen` carries the key of what a user wants the run to be judged on."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("pane", "window")
        self.setFixedHeight(HEIGHT_PX)
        self._texts: dict[str, str] = {}
        self.segments: Segmented | None = None
        self._row = row(None, margins=(16, 4, 16, 4))
        self.setLayout(self._row)
        self.hide()

    def show_bases(self, texts: Mapping[str, str], chosen: str) -> None:
        """Offer these by key, one of them chosen, without a signal."""
        if dict(texts) != self._texts:
            self._texts = dict(texts)
            self._replace()
        if self.segments is not None and chosen in texts:
            self.segments.choose(chosen)
        self.setVisible(len(texts) > 1)

    def _replace(self) -> None:
        had_focus = self.segments is not None and self.segments.isAncestorOf(self.focusWidget() or self)
        if self.segments is not None:
            self._row.removeWidget(self.segments)
            self.segments.hide()
            self.segments.deleteLater()
        self.segments = Segmented([*self._texts.items()], name="Judged on", small=True) if self._texts else None
        if self.segments is not None:
            self.segments.chosen.connect(self.chosen)
            metrics = QFontMetrics(font(13, semibold=True))  # a text grows when it is chosen
            for key, text in self._texts.items():
                self.segments.segment(key).setMinimumWidth(metrics.horizontalAdvance(text) + 2 * PADDING_PX)
            self._row.insertWidget(0, self.segments)
            if had_focus:
                self.segments.segment(self.segments.key).setFocus()
