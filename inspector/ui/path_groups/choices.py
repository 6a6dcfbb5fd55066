"""By what images are grouped: nothing, what the paths suggest, or a pattern of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLineEdit, QRadioButton, QVBoxLayout, QWidget

from inspector.jobs.grouping.pattern_offers import Offer
from inspector.ui.path_groups.words import example, sizes
from inspector.ui.widgets.controls import ElidedLabel, column, label, row

LOOKING = "Looking through the paths…"
NO_OFFERS = "The paths suggest nothing: neither folders nor words and numbers in them repeat."
INDENT_PX = 24


class PatternChoices(QWidget):
    """`chosen` when another pattern is wanted at once, `edited` while one is being typed."""

    chosen = Signal()
    edited = Signal()

    def __init__(self, pattern: str | None) -> None:
        """`pattern` is the one that the project has."""
        super().__init__()
        self._patterns: dict[QRadioButton, str | None] = {}
        self._group = QButtonGroup(self)
        self.none = self._radio("No grouping by path")
        self._patterns[self.none] = None
        self.own = self._radio("A pattern of your own")
        self.field = QLineEdit(pattern or "")
        self.field.setPlaceholderText(r"A regular expression such as coil(\d+)")
        self.field.setAccessibleName("Pattern")
        self.offers: list[QRadioButton] = []
        self._offered: QVBoxLayout = column(label(LOOKING, size_px=12, tone="text3"), margins=(INDENT_PX, 0, 0, 0))
        field_row = row(self.field, margins=(INDENT_PX, 0, 4, 0))
        self.setLayout(column(self.none, self._offered, self.own, field_row, margins=(4, 4, 4, 4), spacing=8))
        self._checked_at_first = self.none if pattern is None else self.own
        self._checked_at_first.setChecked(True)
        self.setFocusProxy(self._checked_at_first)
        self._group.buttonToggled.connect(self._on_toggled)
        self.field.textEdited.connect(self._on_edited)

    @property
    def pattern(self) -> str | None:
        """The pattern that is wanted; '' while none of one's own is written."""
        checked = self._group.checkedButton()
        return self.field.text() if checked is self.own else self._patterns[checked]

    def set_offers(self, offers: Sequence[Offer]) -> None:
        """Show what the paths suggest; a project's pattern that is among it is shown there."""
        waiting = self._offered.takeAt(0).widget()
        waiting.hide()
        waiting.deleteLater()
        self._offered.setContentsMargins(0, 0, 0, 0)
        if not offers:
            self._offered.addWidget(label(NO_OFFERS, size_px=12, tone="text3"))
            self._offered.setContentsMargins(INDENT_PX, 0, 0, 0)
            return
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for place, offer in enumerate(offers):
            radio = self._radio(offer.title)
            radio.setAccessibleDescription(example(offer))
            radio.setToolTip(example(offer))
            shown = f"such as {offer.preview.examples[0].key}"
            self._patterns[radio] = offer.pattern
            self.offers.append(radio)
            grid.addWidget(radio, place, 0)
            grid.addWidget(ElidedLabel(shown, size_px=12, tone="text2", middle=True), place, 1)
            grid.addWidget(label(sizes(offer.preview), size_px=12, tone="text2"), place, 2)
        self._offered.addLayout(grid)
        self._order_tabs()
        self._show_among_offers()

    def _show_among_offers(self) -> None:
        same = next((radio for radio in self.offers if self._patterns[radio] == self.pattern), None)
        if same is None or self.field.isModified():
            return
        had_focus = self.window().focusWidget() is self.own  # also while the window is not active yet
        same.setChecked(True)
        self.setFocusProxy(same)
        if had_focus:
            same.show()  # the layout would show it later, and what is hidden gets no focus
            same.setFocus()

    def _radio(self, text: str) -> QRadioButton:
        made = QRadioButton(text)
        self._group.addButton(made)
        return made

    def _order_tabs(self) -> None:
        order: list[QWidget] = [self.none, *self.offers, self.own, self.field]
        for first, second in pairwise(order):
            QWidget.setTabOrder(first, second)

    def _on_toggled(self, radio: QRadioButton, is_checked: bool) -> None:
        """The field shows the pattern that is chosen, to be changed, until one's own stands in it."""
        if not is_checked:
            return
        if radio is not self.own and not self.field.isModified():
            self.field.setText(self._patterns[radio] or "")
        self.chosen.emit()

    def _on_edited(self) -> None:
        self.own.setChecked(True)
        self.edited.emit()
