"""What stands in the middle before the first run: the three methods, each with a sentence on when to use it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy, QWidget

from inspector.ui.pages.pretrain.pretrain_words import METHODS, SENTENCES
from inspector.ui.theme import font, theme
from inspector.ui.widgets.controls import column, follow_theme, label, row

CARD_PX = QSize(220, 176)


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
        self.words = label(tone="text3")
        self.words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        head = label("How should the encoder learn?", size_px=17, semibold=True)
        head.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        cards = row(None, *self.cards.values(), None, spacing=12)
        self.setLayout(column(None, head, 8, cards, 8, self.words, None, margins=(16, 16, 16, 16)))

    def choose(self, method: str) -> None:
        """Mark a method without a signal."""
        self.cards[method].setChecked(True)

    def say(self, text: str) -> None:
        """What was measured of this machine, or that it is being measured."""
        self.words.setText(text)


class _Card(QAbstractButton):
    """A method: its name over its sentence."""

    def __init__(self, title: str, sentence: str) -> None:
        super().__init__()
        self._title, self._sentence = title, sentence
        self.setCheckable(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(f"{title}: {sentence}")
        self.setMinimumSize(CARD_PX)
        self.setMaximumSize(CARD_PX.width() + 60, CARD_PX.height())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        follow_theme(self, self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Its usual size."""
        return CARD_PX

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw it."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            ground = "tint" if self.isChecked() else "hover" if self.underMouse() else "surface"
            painter.setBrush(theme.colour(ground))
            painter.setPen(theme.colour("accent" if self.isChecked() else "control"))
            painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
            inner = self.rect().adjusted(16, 14, -16, -12)
            painter.setPen(theme.colour("text"))
            painter.setFont(font(13, semibold=True))
            painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, self._title)
            painter.setPen(theme.colour("text2"))
            painter.setFont(font(13))
            words = inner.adjusted(0, 26, 0, 0)
            painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap, self._sentence)
