"""Contents that never settle on a height, as wrapped text between two widths does, must not overflow the stack."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from inspector.ui.widgets.controls import column, label
from inspector.ui.widgets.vertical_scroll_area import MOST_RESIZES, VerticalScrollArea


class NeverSettles(QWidget):
    """Wants to be a pixel higher than it is."""

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(10, self.height() + 1)


def test_resizing_ends(qtbot: QtBot) -> None:
    contents = NeverSettles()
    area = VerticalScrollArea(contents)
    qtbot.addWidget(area)
    area.resize(200, 100)
    area.show()
    qtbot.waitExposed(area)
    before = contents.height()
    area.resize(210, 90)
    assert before < contents.height() <= before + 4 * MOST_RESIZES


def test_wrapped_text_scrolls(qtbot: QtBot) -> None:
    """At every height around the one where its bar appears, the text is as wide as its place and whole."""
    text = label("Which of these images would a person label first? " * 6, wraps=True)
    contents = QWidget()
    contents.setLayout(column(text, None))
    area = VerticalScrollArea(contents)
    qtbot.addWidget(area)
    area.show()
    with_bar = set()
    for height in range(40, 400, 3):
        area.resize(240, height)
        QApplication.processEvents()
        assert contents.width() == area.viewport().width()
        assert text.height() >= text.heightForWidth(text.width())
        with_bar.add(area.verticalScrollBar().maximum() > 0)
    assert with_bar == {True, False}
