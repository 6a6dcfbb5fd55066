"""What stands where there is nothing yet."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel

from inspector.ui.widgets.empty_state import EmptyState

SENTENCES = (
    "Nothing to judge yet. Train once, then the report appears here.",
    "Add images first; from about 200 on pretraining pays.",
    "Choose a folder.\nResults appear here while it works.",
)


@pytest.mark.parametrize("text", SENTENCES)
def test_no_line_is_much_shorter_than_the_longest(qtbot, text):
    state = EmptyState("evaluate", "")
    qtbot.addWidget(state)
    state.set_sentence(text)
    state.resize(800, 400)
    state.show()
    shown = next(made for made in state.findChildren(QLabel) if made.text())
    assert state.sentence == text
    lines = shown.height() / shown.fontMetrics().lineSpacing()
    advance = shown.fontMetrics().horizontalAdvance(text.replace("\n", " "))
    assert advance / (round(lines) * shown.width()) > 0.7
