"""What stands in the middle before the first run: the three methods, what each is for, costs and brings."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QGridLayout, QLabel, QSizePolicy, QWidget

from inspector.jobs.events import DurationEstimated
from inspector.ui.pages.pretrain.method_words import Brought, brought, cost_words
from inspector.ui.pages.pretrain.pretrain_words import METHODS, SENTENCES
from inspector.ui.theme import theme
from inspector.ui.widgets.controls import ElidedLabel, column, follow_theme, label, line, row

NARROWEST_PX, WIDEST_PX = 208, 320
MARGIN_PX = 12


class MethodCards(QWidget):
    """`chosen` carries the method of the card that was pressed."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self.cards = {key: _Card(title, SENTENCES[key]) for key, title in METHODS}
        for key, card in self.cards.items():
            card.clicked.connect(lambda _checked=False, key=key: self.chosen.emit(key))
            self._group.addButton(card)
        self._estimates: dict[str, DurationEstimated] = {}
        self._preset = ""
        self.words = label(tone="text3")
        self.words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        head = label("How should the encoder learn?", size_px=17, semibold=True)
        head.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        cards = row(None, *self.cards.values(), None, spacing=12)
        for card in self.cards.values():
            cards.setStretchFactor(card, 100)  # all alike; beyond their widest the room goes beside them
        self.setLayout(column(None, head, 8, cards, 8, self.words, None, margins=(16, 16, 16, 16)))

    def choose(self, method: str, preset: str) -> None:
        """Mark a method, without a signal, and show what each costs and brings with a preset."""
        self.cards[method].setChecked(True)
        if preset != self._preset:
            self._preset = preset
            for key, card in self.cards.items():
                card.show_cost(cost_words(preset, self._estimates.get(key)))
                card.show_brought(brought(key, preset))
            self._align()

    def take(self, estimated: DurationEstimated) -> None:
        """What was measured of this machine."""
        self._estimates[estimated.method] = estimated
        self.cards[estimated.method].show_cost(cost_words(self._preset, estimated))
        self._align()

    def forget(self) -> None:
        """What was measured does not hold any more."""
        self._estimates.clear()
        for card in self.cards.values():
            card.show_cost(cost_words(self._preset, None))
        self._align()

    def say(self, text: str) -> None:
        """What was measured of this machine, or that it is being measured."""
        self.words.setText(text)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Texts wrap otherwise now."""
        super().resizeEvent(event)
        self._align()

    def _align(self) -> None:
        """What stands side by side begins at the same height: each text gets the room of the longest of its kind."""
        layout = self.layout()
        assert layout is not None
        layout.activate()  # the cards are as wide as they will be
        room = min(card.width() for card in self.cards.values()) - 2 * MARGIN_PX
        for texts in zip(*(card.texts for card in self.cards.values()), strict=True):
            tallest = max(text.heightForWidth(room) for text in texts)
            for text in texts:
                text.setMinimumHeight(tallest)


class _Card(QAbstractButton):
    """A method: its name over its sentence, what it costs, what it brought."""

    def __init__(self, title: str, sentence: str) -> None:
        super().__init__()
        self.sentence = label(sentence, tone="text2", wraps=True)
        self.cost = label(size_px=12, wraps=True)
        self.where = label(size_px=12, tone="text3", wraps=True)
        self.verdict = label(size_px=12, semibold=True, wraps=True)
        self._rows: tuple[tuple[str, str, str], ...] = ()
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(6)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(0, 1)
        parts = (label(title, semibold=True), self.sentence, line(), _caption("Costs"), self.cost)
        brings = (_caption("Brought"), self.where, self._grid, self.verdict, None)
        self.setLayout(column(*parts, *brings, margins=(MARGIN_PX,) * 4, spacing=6))
        for text in self.texts:
            text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setCheckable(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(f"{title}: {sentence}")
        self.setMinimumWidth(NARROWEST_PX)
        self.setMaximumWidth(WIDEST_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._pass_clicks()
        follow_theme(self, self.update)

    @property
    def texts(self) -> tuple[QLabel, ...]:
        """Those that wrap, from top to bottom."""
        return self.sentence, self.cost, self.where

    @property
    def rows(self) -> tuple[tuple[str, str, str], ...]:
        """What was measured: kind of features, accuracy, interval."""
        return self._rows

    def show_cost(self, words: str) -> None:
        """Time and parameters."""
        self.cost.setText(words)
        self._describe()

    def show_brought(self, measured: Brought) -> None:
        """Figures of an experiment."""
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._rows = measured.rows
        self.where.setText(measured.where)
        self.verdict.setText(measured.verdict)
        self.verdict.setVisible(bool(measured.verdict))
        for at, (name, accuracy, limits) in enumerate(measured.rows):
            self._grid.addWidget(ElidedLabel(name, size_px=12), at, 0)
            self._grid.addWidget(label(accuracy, size_px=12, semibold=True), at, 1)
            self._grid.addWidget(label(limits, size_px=12, tone="text3"), at, 2)
        self._pass_clicks()
        self._describe()

    def _describe(self) -> None:
        figures = "; ".join(" ".join(cells) for cells in self._rows)
        self.setAccessibleDescription(f"{self.cost.text()}. {self.where.text()} {figures}. {self.verdict.text()}")

    def _pass_clicks(self) -> None:
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw its ground; the texts are labels."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            ground = "tint" if self.isChecked() else "hover" if self.underMouse() else "surface"
            painter.setBrush(theme.colour(ground))
            painter.setPen(theme.colour("accent" if self.isChecked() else "control"))
            painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)


def _caption(text: str) -> QWidget:
    return label(text, size_px=12, semibold=True, tone="text2")
