"""The per-class table where it is as narrow as in a window of 1280 pixels."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics

from inspector.ui.pages.evaluate.answer_pictures import AnswerPictures
from inspector.ui.pages.evaluate.class_rows import ClassRow
from inspector.ui.pages.evaluate.class_table import COLUMNS, EXAMPLES, NAME, ClassTable
from inspector.ui.theme import font
from inspector.ui.widgets.class_badge import BADGE_PX

NARROW_PX = 464
HEADING_PADDING_PX, NAME_MARGINS_PX = 2 * 8, 16 + 8


@pytest.fixture
def table(qtbot, session, thumbnails):
    made = ClassTable(session, AnswerPictures(session, thumbnails))
    qtbot.addWidget(made)
    names = ("crazing", "rolled_in_scale")
    made.show_rows([ClassRow(name, "0.84", "0.89", "0.86", 18, 0.7, 0.86, 0.9, ()) for name in names], row_px=32)
    made.resize(NARROW_PX, 300)
    made.show()
    return made


def test_no_heading_and_no_name_is_cut(table):
    headings = QFontMetrics(
        table.model().headerData(1, table.horizontalHeader().orientation(), Qt.ItemDataRole.FontRole)
    )
    for at in range(EXAMPLES):
        assert table.columnWidth(at) >= headings.horizontalAdvance(COLUMNS[at]) + HEADING_PADDING_PX
    name_px = QFontMetrics(font(13)).horizontalAdvance("rolled_in_scale")
    assert table.columnWidth(NAME) >= NAME_MARGINS_PX + BADGE_PX + name_px


def test_the_columns_fill_the_table(table):
    assert sum(table.columnWidth(at) for at in range(EXAMPLES)) == table.viewport().width()
