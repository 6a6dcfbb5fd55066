"""A choice whose text is cut with an ellipsis where its field ends, and whole in its list."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter

PADDING_PX = 2  # around the text, by Qt


class ElidedComboBox(QComboBox):
    """The style alone cuts in the middle of a letter."""

    def shown_text(self) -> str:
        """As much of the current text as there is room for."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        part = QStyle.SubControl.SC_ComboBoxEditField
        field = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, self)
        return self.fontMetrics().elidedText(
            self.currentText(), Qt.TextElideMode.ElideRight, field.width() - PADDING_PX
        )

    def showPopup(self) -> None:  # noqa: N802
        """Open the list, as wide as its longest text."""
        view = self.view()
        view.setMinimumWidth(view.sizeHintForColumn(0) + 2 * PADDING_PX + view.verticalScrollBar().sizeHint().width())
        super().showPopup()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw it with the text that fits."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = self.shown_text()
        with QStylePainter(self) as painter:
            painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
            painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
